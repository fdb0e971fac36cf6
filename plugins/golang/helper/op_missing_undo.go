package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// markSeen notes a key behind the check, or within the check, of whether it has been seen.
func (o *operators) markSeen(s ast.Stmt, behind []ast.Stmt) {
	check, ok := s.(*ast.IfStmt)
	if !ok || check.Else != nil {
		return
	}
	place, negated := o.lookedUp(check)
	if place == nil {
		return
	}
	seen, _ := tableOf(o.typeOf(place.X))
	value, text := markValue(seen.elem), o.text(place)
	inside := negated && !exits(check.Body)
	for _, other := range append([]ast.Stmt{check.Body}, behind...) {
		if strings.Contains(o.text(other), text+" = ") {
			return
		}
	}
	switch {
	case value == "":
	case inside && len(check.Body.List) > 0:
		o.insertLines("INSERT", "insert-marked", check.Body.List[0], 1, text+" = "+value)
	case !negated && exits(check.Body):
		o.putBehind("insert-marked", s, 1, text+" = "+value)
	}
}

// lookedUp returns the element of a table that a check asks for, and whether it asks for none.
func (o *operators) lookedUp(check *ast.IfStmt) (place *ast.IndexExpr, negated bool) {
	cond := ast.Unparen(check.Cond)
	if b, ok := cond.(*ast.BinaryExpr); ok && (b.Op == token.LOR || b.Op == token.LAND) {
		cond = ast.Unparen(b.Y)
	}
	if not, ok := cond.(*ast.UnaryExpr); ok && not.Op == token.NOT {
		cond, negated = ast.Unparen(not.X), true
	}
	if init, ok := check.Init.(*ast.AssignStmt); ok && len(init.Lhs) == 2 && len(init.Rhs) == 1 {
		if o.text(init.Lhs[1]) == o.text(cond) && o.text(init.Lhs[0]) == "_" {
			place, _ = init.Rhs[0].(*ast.IndexExpr)
		}
		return place, negated
	}
	if isBoolean(o.typeOf(cond)) && check.Init == nil {
		place, _ = cond.(*ast.IndexExpr)
	}
	return place, negated
}

// markValue returns what notes a key in a table with elements of type t, "" for other tables.
func markValue(t types.Type) string {
	switch {
	case isBoolean(t):
		return "true"
	case isNumeric(t):
		return "1"
	}
	if s, ok := t.(*types.Struct); ok && s.NumFields() == 0 {
		return "struct{}{}"
	}
	return ""
}

// undo takes back behind a recursive call what the statements in front of it have done for it.
func (o *operators) undo(list []ast.Stmt, at int) {
	if !o.recurses(list[at]) {
		return
	}
	for _, s := range list[:at] {
		back := o.inverse(s)
		if back == "" {
			continue
		}
		done := false
		for _, other := range list[at+1:] {
			done = done || o.text(other) == back
		}
		if !done {
			o.putBehind("insert-undo", list[at], 1, back)
		}
	}
}

// recurses tells whether a plain statement, or a check, calls the function that it stands in.
func (o *operators) recurses(s ast.Stmt) bool {
	found := false
	ast.Inspect(s, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		_, lit := n.(*ast.FuncLit)
		found = found || ok && o.recursive(call) != nil
		return !found && !lit
	})
	return found
}

// inverse returns the statement that takes back what another has done to a variable, "" when none does.
func (o *operators) inverse(s ast.Stmt) string {
	switch s := s.(type) {
	case *ast.IncDecStmt:
		return o.text(s.X) + oppositeStep[s.Tok]
	case *ast.AssignStmt:
		if len(s.Lhs) != 1 || len(s.Rhs) != 1 {
			return ""
		}
		left, right := o.text(s.Lhs[0]), o.text(s.Rhs[0])
		_, element := s.Lhs[0].(*ast.IndexExpr)
		switch {
		case s.Tok == token.ADD_ASSIGN && isNumeric(o.typeOf(s.Lhs[0])):
			return left + " -= " + right
		case s.Tok == token.SUB_ASSIGN:
			return left + " += " + right
		case s.Tok == token.ASSIGN && strings.HasPrefix(right, "append("+left+", "):
			return left + " = " + left + "[:len(" + left + ")-1]"
		case s.Tok == token.ASSIGN && element && (right == "true" || right == "false"):
			return left + " = " + map[string]string{"true": "false", "false": "true"}[right]
		}
	}
	return ""
}
