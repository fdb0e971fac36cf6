package main

import (
	"go/ast"
	"go/token"
	"strings"
)

// list compares two statement lists: it cuts the common head and tail, and looks at what is left.
func (d *differ) list(a, b []ast.Stmt) {
	for len(a) > 0 && len(b) > 0 && d.same(a[0], b[0]) {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && d.same(a[len(a)-1], b[len(b)-1]) {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	switch {
	case len(a) == 0 && len(b) == 0:
	case len(a) == 0:
		d.found(insertClass(b[0]))
	case len(b) == 0:
		d.found(deleteClass(a[0]))
	case d.reordered(a, b):
		d.found("MOVE")
	case len(b) == 1 && d.wraps(b[0], d.b, a, d.a) || len(a) == 1 && d.wraps(a[0], d.a, b, d.b):
		d.found("GUARD")
	case len(a) == len(b):
		inside := differ{a: d.a, b: d.b}
		for i := range a {
			if !d.same(a[i], b[i]) {
				inside.stmt(a[i], b[i])
			}
		}
		if op := inside.verdict(); op == "REWRITE" && d.regrouped(a, b) {
			d.found("MOVE")
		} else {
			d.found(op)
		}
	case d.regrouped(a, b):
		d.found("MOVE")
	default:
		d.uneven(a, b)
	}
}

// uneven compares lists of different length: pieces put in or taken out keep their class, anything else is a rewrite.
func (d *differ) uneven(a, b []ast.Stmt) {
	matched, firstNew := 0, -1
	for i, s := range b {
		if matched < len(a) && d.same(a[matched], s) {
			matched++
		} else if firstNew < 0 {
			firstNew = i
		}
	}
	if matched == len(a) {
		d.found(insertClass(b[firstNew]))
		return
	}
	matched = 0
	for _, s := range a {
		if matched < len(b) && d.same(s, b[matched]) {
			matched++
		}
	}
	switch {
	case matched == len(b):
		d.found("DELETE")
	case allAssign(a) && allAssign(b):
		d.found("ASSIGN")
	default:
		d.found("REWRITE")
	}
}

// allAssign tells whether every statement assigns without declaring.
func allAssign(list []ast.Stmt) bool {
	for _, s := range list {
		switch s := s.(type) {
		case *ast.IncDecStmt:
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// insertClass returns the class of a statement that comes.
func insertClass(s ast.Stmt) string {
	switch s := s.(type) {
	case *ast.IfStmt:
		if exits(s.Body) {
			return "GUARD"
		}
	case *ast.ReturnStmt:
		return "RETURN"
	case *ast.BranchStmt, *ast.CaseClause, *ast.CommClause:
		return "CTRL"
	case *ast.DeclStmt:
		return "DECL"
	case *ast.AssignStmt:
		if s.Tok == token.DEFINE {
			return "DECL"
		}
	}
	return "INSERT"
}

// deleteClass returns the class of a statement that goes.
func deleteClass(ast.Stmt) string { return "DELETE" }

// reordered tells whether b holds a's statements in another order.
func (d *differ) reordered(a, b []ast.Stmt) bool {
	if len(a) != len(b) {
		return false
	}
	count := map[string]int{}
	for i := range a {
		count[strings.Join(d.a.part(a[i]), " ")]++
		count[strings.Join(d.b.part(b[i]), " ")]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}

// regrouped tells whether both lists hold the same simple statements and heads in other blocks or another order.
func (d *differ) regrouped(a, b []ast.Stmt) bool {
	count := map[string]int{}
	total := d.flatten(d.a, a, count, 1) + d.flatten(d.b, b, count, -1)
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return total > 0
}

// flatten counts the tokens of every simple statement and of every head of a block, and returns their number.
func (d *differ) flatten(s *side, list []ast.Stmt, count map[string]int, step int) int {
	total := 0
	for _, stmt := range list {
		ast.Inspect(stmt, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BlockStmt:
				return true
			case *ast.IfStmt, *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt, *ast.CaseClause, *ast.CommClause:
				count[strings.Join(headTokens(s, n), " ")] += step
				total++
				return true
			case ast.Stmt:
				count[strings.Join(s.part(n), " ")] += step
				total++
				return false
			}
			return false
		})
	}
	return total
}

// headTokens returns the tokens of a block statement up to its body.
func headTokens(s *side, n ast.Node) []string {
	all := s.part(n)
	depth := 0
	for i, t := range all {
		switch t {
		case "(", "[":
			depth++
		case ")", "]":
			depth--
		case "{", ":":
			if depth == 0 {
				return all[:i]
			}
		}
	}
	return all
}

// wraps tells whether the body of an if, for or block statement is the given list.
func (d *differ) wraps(outer ast.Stmt, outerSide *side, list []ast.Stmt, listSide *side) bool {
	var body *ast.BlockStmt
	switch s := outer.(type) {
	case *ast.IfStmt:
		body = s.Body
	case *ast.BlockStmt:
		body = s
	case *ast.ForStmt:
		body = s.Body
	case *ast.RangeStmt:
		body = s.Body
	}
	if body == nil || len(body.List) != len(list) {
		return false
	}
	for i := range list {
		if !equalTokens(outerSide.part(body.List[i]), listSide.part(list[i])) {
			return false
		}
	}
	return true
}

// stmt compares two statements in the same place.
func (d *differ) stmt(a, b ast.Stmt) {
	if a == nil || b == nil {
		if a != b {
			d.found("CTRL")
		}
		return
	}
	if d.same(a, b) {
		return
	}
	switch a := a.(type) {
	case *ast.AssignStmt:
		d.assign(a, b)
	case *ast.IncDecStmt:
		if b, ok := b.(*ast.IncDecStmt); ok && a.Tok == b.Tok {
			d.expr(a.X, b.X, roleTarget)
			return
		}
		d.found("ASSIGN")
	case *ast.ExprStmt:
		d.call0(a, b)
	case *ast.ReturnStmt:
		if b, ok := b.(*ast.ReturnStmt); ok {
			d.exprs(a.Results, b.Results, roleResult, "RETURN")
			return
		}
		d.found("RETURN")
	case *ast.IfStmt:
		d.ifStmt(a, b)
	case *ast.ForStmt:
		d.forStmt(a, b)
	case *ast.RangeStmt:
		d.rangeStmt(a, b)
	case *ast.SwitchStmt:
		if b, ok := b.(*ast.SwitchStmt); ok {
			d.stmt(a.Init, b.Init)
			d.optional(a.Tag, b.Tag)
			d.list(a.Body.List, b.Body.List)
			return
		}
		d.found("REWRITE")
	case *ast.TypeSwitchStmt:
		if b, ok := b.(*ast.TypeSwitchStmt); ok {
			d.stmt(a.Init, b.Init)
			d.stmt(a.Assign, b.Assign)
			d.list(a.Body.List, b.Body.List)
			return
		}
		d.found("REWRITE")
	case *ast.SelectStmt:
		if b, ok := b.(*ast.SelectStmt); ok {
			d.list(a.Body.List, b.Body.List)
			return
		}
		d.found("REWRITE")
	case *ast.CaseClause:
		if b, ok := b.(*ast.CaseClause); ok {
			d.exprs(a.List, b.List, roleNone, "CTRL")
			d.list(a.Body, b.Body)
			return
		}
		d.found("CTRL")
	case *ast.CommClause:
		if b, ok := b.(*ast.CommClause); ok {
			d.stmt(a.Comm, b.Comm)
			d.list(a.Body, b.Body)
			return
		}
		d.found("CTRL")
	case *ast.BlockStmt:
		if b, ok := b.(*ast.BlockStmt); ok {
			d.list(a.List, b.List)
			return
		}
		d.found("REWRITE")
	case *ast.LabeledStmt:
		if b, ok := b.(*ast.LabeledStmt); ok && a.Label.Name == b.Label.Name {
			d.stmt(a.Stmt, b.Stmt)
			return
		}
		d.found("CTRL")
	case *ast.DeclStmt:
		if b, ok := b.(*ast.DeclStmt); ok {
			d.decls([]ast.Decl{a.Decl}, []ast.Decl{b.Decl})
			return
		}
		d.found("DECL")
	case *ast.DeferStmt:
		if b, ok := b.(*ast.DeferStmt); ok {
			d.expr(a.Call, b.Call, roleNone)
			return
		}
		d.found("CTRL")
	case *ast.GoStmt:
		if b, ok := b.(*ast.GoStmt); ok {
			d.expr(a.Call, b.Call, roleNone)
			return
		}
		d.found("CTRL")
	case *ast.SendStmt:
		if b, ok := b.(*ast.SendStmt); ok {
			d.expr(a.Chan, b.Chan, roleNone)
			d.expr(a.Value, b.Value, roleNone)
			return
		}
		d.found("REWRITE")
	default:
		d.found("CTRL")
	}
}

// optional compares two expressions either of which may be absent; coming or going is a change of control flow.
func (d *differ) optional(a, b ast.Expr) {
	if (a == nil) != (b == nil) {
		d.found("CTRL")
		return
	}
	d.expr(a, b, roleNone)
}

// call0 compares a bare expression with what stands in its place.
func (d *differ) call0(a *ast.ExprStmt, b ast.Stmt) {
	switch b := b.(type) {
	case *ast.ExprStmt:
		d.expr(a.X, b.X, roleNone)
	case *ast.AssignStmt:
		d.found("ASSIGN")
	case *ast.DeferStmt, *ast.GoStmt, *ast.BranchStmt:
		d.found("CTRL")
	case *ast.ReturnStmt:
		d.found("RETURN")
	default:
		d.found("REWRITE")
	}
}

// assign compares an assignment with what stands in its place.
func (d *differ) assign(a *ast.AssignStmt, stmt ast.Stmt) {
	b, ok := stmt.(*ast.AssignStmt)
	if !ok {
		switch stmt.(type) {
		case *ast.DeclStmt:
			d.found("DECL")
		case *ast.ReturnStmt:
			d.found("RETURN")
		case *ast.IncDecStmt, *ast.ExprStmt:
			d.found("ASSIGN")
		default:
			d.found("REWRITE")
		}
		return
	}
	if a.Tok != b.Tok || len(a.Lhs) != len(b.Lhs) {
		d.found("ASSIGN")
		if len(a.Lhs) == len(b.Lhs) && len(a.Rhs) == len(b.Rhs) {
			d.exprs(a.Rhs, b.Rhs, roleNone, "ASSIGN")
		}
		return
	}
	if len(a.Lhs) == 1 && len(a.Rhs) == 1 && len(b.Rhs) == 1 && d.same(a.Lhs[0], b.Rhs[0]) && d.same(a.Rhs[0], b.Lhs[0]) {
		d.found("ASSIGN")
		return
	}
	d.exprs(a.Lhs, b.Lhs, roleTarget, "ASSIGN")
	d.exprs(a.Rhs, b.Rhs, roleNone, "ASSIGN")
}

// ifStmt compares an if statement with what stands in its place.
func (d *differ) ifStmt(a *ast.IfStmt, stmt ast.Stmt) {
	b, ok := stmt.(*ast.IfStmt)
	if !ok {
		d.found("CTRL")
		return
	}
	if (a.Init == nil) != (b.Init == nil) {
		d.found("DECL")
	} else if a.Init != nil {
		d.stmt(a.Init, b.Init)
	}
	d.expr(a.Cond, b.Cond, roleNone)
	d.list(a.Body.List, b.Body.List)
	d.stmt(a.Else, b.Else)
}

// forStmt compares a for statement with what stands in its place.
func (d *differ) forStmt(a *ast.ForStmt, stmt ast.Stmt) {
	b, ok := stmt.(*ast.ForStmt)
	if !ok {
		d.found("CTRL")
		return
	}
	d.stmt(a.Init, b.Init)
	d.optional(a.Cond, b.Cond)
	d.stmt(a.Post, b.Post)
	d.list(a.Body.List, b.Body.List)
}

// rangeStmt compares a range statement with what stands in its place.
func (d *differ) rangeStmt(a *ast.RangeStmt, stmt ast.Stmt) {
	b, ok := stmt.(*ast.RangeStmt)
	if !ok {
		d.found("CTRL")
		return
	}
	switch {
	case (a.Key == nil) != (b.Key == nil) || (a.Value == nil) != (b.Value == nil):
		d.found("CTRL")
	case a.Tok != b.Tok:
		d.found("ASSIGN")
	case a.Key != nil && !d.same(a.Key, b.Key) || a.Value != nil && !d.same(a.Value, b.Value):
		d.found("CTRL")
	}
	d.expr(a.X, b.X, roleNone)
	d.list(a.Body.List, b.Body.List)
}
