package main

import (
	"cmp"
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// insertOps puts statements between others: ones that this function or its neighbours in the file contain, and
// ones made from the variables in reach.
func insertOps(o *operators, n ast.Node) {
	o.fillBlock(n)
	s, ok := n.(ast.Stmt)
	if !ok || !isListOwner(o.parent(1)) || isClause(s) || o.passOver(s) {
		return
	}
	list := stmtList(o.parent(1))
	last := len(list) > 0 && list[len(list)-1] == s
	o.insertAt(s, false)
	if last && !leaves(s) {
		o.insertAt(s, true)
	}
}

// fillBlock emits the statements worth putting into an empty block or case.
func (o *operators) fillBlock(n ast.Node) {
	var at int
	var indent string
	var pos token.Pos
	switch n := n.(type) {
	case *ast.BlockStmt:
		if len(n.List) > 0 || n == o.fn.Body {
			return
		}
		pos, at, indent = n.Rbrace, o.off(n.Lbrace)+1, o.indent(o.off(n.Rbrace))
	case *ast.CaseClause:
		if len(n.Body) > 0 {
			return
		}
		pos, at, indent = n.End(), o.off(n.Colon)+1, o.indent(o.off(n.Pos()))
	default:
		return
	}
	if line := o.src[at:]; len(line) == 0 || line[0] != '\n' {
		return
	}
	o.factor = emptyFactor
	defer func() { o.factor = 1 }()
	put := func(t template) {
		o.emitImporting(t.imports, t.op, t.rule, n, t.weight, Edit{at, at, "\n" + indent + "\t" + strings.ReplaceAll(t.text, "\n", "\n"+indent+"\t")})
	}
	for _, exit := range o.exitsAt(pos) {
		put(template{op: exitClass(exit), rule: "insert-exit", text: exit, weight: 3})
	}
	count := 0
	for _, t := range append(slices.Clone(o.templates()), o.varied()...) {
		if count < 40 && o.namesResolve(t, pos) {
			count++
			put(t)
		}
	}
	for _, t := range o.madeUp(pos, nil, true) {
		put(t)
	}
}

// exitClass returns the class of an inserted exit.
func exitClass(exit string) string {
	if strings.HasPrefix(exit, "return") {
		return "RETURN"
	}
	if exit == "break" || exit == "continue" {
		return "CTRL"
	}
	return "INSERT"
}

// leaves tells whether control never passes behind a statement.
func leaves(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.ReturnStmt, *ast.BranchStmt:
		return true
	case *ast.ExprStmt:
		call, ok := s.X.(*ast.CallExpr)
		return ok && isBuiltin(call.Fun, "panic")
	}
	return false
}

// insertAt emits the statements worth inserting in front of s, or behind it.
func (o *operators) insertAt(s ast.Stmt, behind bool) {
	pos := s.Pos()
	before := o.previous(s)
	if behind {
		pos, before = s.End(), s
	}
	var shape string
	if before != nil {
		shape = o.shape(before)
	}
	put := func(t template, weight float64) {
		lines := strings.Split(t.text, "\n")
		if e, ok := o.linesBehind(s, lines...); ok && behind {
			o.emitImporting(t.imports, t.op, t.rule, s, weight, e)
		} else if e, ok := o.linesBefore(s, lines...); ok && !behind && !t.ends {
			o.emitImporting(t.imports, t.op, t.rule, s, weight, e)
		}
	}
	type ranked struct {
		template
		score float64
	}
	var choices []ranked
	near := o.namesNear(s, before)
	for _, t := range o.templates() {
		if t.stmt != nil && (t.stmt == s || t.stmt == before) || !o.namesResolve(t, pos) {
			continue
		}
		score := t.weight
		if t.after == shape {
			score *= 4
		}
		if near[firstName(t.text)] {
			score *= 1.3
		}
		choices = append(choices, ranked{t, score})
	}
	for _, t := range o.varied() {
		if !o.namesResolve(t, pos) {
			continue
		}
		if t.stmt == before || t.stmt == s {
			t.weight *= 4
		}
		choices = append(choices, ranked{t, t.weight})
	}
	for _, t := range o.madeUp(pos, before, behind) {
		score := t.weight
		if near[firstName(strings.TrimPrefix(t.text, "if "))] {
			score *= 1.7
		}
		choices = append(choices, ranked{t, score})
	}
	slices.SortStableFunc(choices, func(a, b ranked) int { return cmp.Compare(b.score, a.score) })
	for i, c := range choices {
		if i == o.budget(320, 10, 50) {
			break
		}
		put(c.template, c.score)
	}
}

// varied returns the variants of the function's statements, none when the operators are thin.
func (o *operators) varied() []template {
	if o.thin {
		return nil
	}
	return o.variants()
}

// namesNear returns the names that a statement and the one in front of it mention.
func (o *operators) namesNear(s, before ast.Stmt) map[string]bool {
	near := map[string]bool{}
	for _, stmt := range []ast.Stmt{s, before} {
		if stmt != nil {
			ast.Inspect(stmt, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					near[id.Name] = true
				}
				return true
			})
		}
	}
	return near
}

// firstName returns the identifier that a text starts with.
func firstName(text string) string {
	end := 0
	for wordByte(text, end) {
		end++
	}
	return text[:end]
}

// shape returns what kind of statement s is: its head and the function or operator that tells it from others.
func (o *operators) shape(s ast.Stmt) string {
	switch s := s.(type) {
	case *ast.ExprStmt:
		if call, ok := s.X.(*ast.CallExpr); ok {
			return "call " + calledName(call)
		}
	case *ast.DeferStmt:
		return "defer " + calledName(s.Call)
	case *ast.AssignStmt:
		out := "assign " + s.Tok.String()
		if call, ok := s.Rhs[0].(*ast.CallExpr); ok {
			out += " " + calledName(call)
		}
		return out
	case *ast.IncDecStmt:
		return s.Tok.String()
	case *ast.IfStmt:
		return "if"
	case *ast.ForStmt, *ast.RangeStmt:
		return "for"
	case *ast.ReturnStmt:
		return "return"
	}
	return ""
}

// calledName returns the last name of a called function.
func calledName(call *ast.CallExpr) string {
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		return fun.Name
	case *ast.SelectorExpr:
		return fun.Sel.Name
	}
	return ""
}
