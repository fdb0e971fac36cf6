package main

import (
	"go/ast"
	"go/token"
)

// elseOps gives an if without an else one that does the counterpart of what the if does.
func elseOps(o *operators, n ast.Node) {
	s, ok := n.(*ast.IfStmt)
	if !ok || s.Else != nil || len(s.Body.List) == 0 || exits(s.Body) {
		return
	}
	at := o.off(s.Body.End())
	indent := o.indent(o.off(s.Pos()))
	left := o.budget(80, 4, 12)
	put := func(text string, weight float64) {
		if left--; left >= 0 {
			o.emit(elseClass, "else-add", s, weight, Edit{at, at, " else {\n" + indent + "\t" + text + "\n" + indent + "}"})
		}
	}
	for _, inner := range s.Body.List {
		o.counterparts(inner, s, put)
	}
	for i, exit := range o.exitsAt(s.Pos()) {
		if i < 3 {
			put(exit, 0.3/float64(i+1))
		}
	}
}

// elseClass is the class of an else that comes.
const elseClass = "CTRL"

// counterparts calls put for what may have to happen when a statement of the if does not.
func (o *operators) counterparts(s ast.Stmt, outer *ast.IfStmt, put func(text string, weight float64)) {
	switch s := s.(type) {
	case *ast.IncDecStmt:
		x := o.text(s.X)
		put(x+map[token.Token]string{token.INC: "--", token.DEC: "++"}[s.Tok], 1)
		put(x+" = 0", 1)
		put(x+" = 1", 0.5)
		for i, name := range o.namesFor(outer.Pos(), o.typeOf(s.X), nil) {
			if i < 4 && name != x && o.isAssigned(name, outer) {
				put(name+s.Tok.String(), 0.7)
			}
		}
	case *ast.AssignStmt:
		if s.Tok == token.DEFINE || len(s.Lhs) != 1 || len(s.Rhs) != 1 || !o.resolves(s, outer.Pos()) {
			return
		}
		o.otherAssignments(s, outer, put)
	}
}

// isAssigned tells whether a name means a variable that is in reach at a statement.
func (o *operators) isAssigned(name string, outer ast.Stmt) bool {
	_, obj := o.pkg.Scope(o.file, outer.Pos()).LookupParent(name, outer.Pos())
	return isVariable(obj)
}

// otherAssignments calls put for the assignments that stand against one.
func (o *operators) otherAssignments(s *ast.AssignStmt, outer *ast.IfStmt, put func(text string, weight float64)) {
	left, right, t := o.text(s.Lhs[0]), o.text(s.Rhs[0]), o.typeOf(s.Lhs[0])
	if call, ok := s.Rhs[0].(*ast.CallExpr); ok && isBuiltin(call.Fun, "append") && len(call.Args) == 2 && o.text(call.Args[0]) == left {
		for i, name := range o.namesFor(outer.Pos(), t, nil) {
			if i < 3 && name != left && o.isAssigned(name, outer) {
				put(name+" = append("+name+string(o.src[o.off(call.Args[0].End()):o.off(call.End())]), 1)
			}
		}
		return
	}
	switch {
	case isBoolean(t):
		if other := map[string]string{"true": "false", "false": "true"}[right]; other != "" {
			put(left+" = "+other, 1)
		}
	case isNumeric(t):
		if other := map[token.Token]string{token.ADD_ASSIGN: " -= ", token.SUB_ASSIGN: " += "}[s.Tok]; other != "" {
			put(left+other+right, 1)
			put(left+" = "+right, 0.7)
		}
		if right != "0" {
			put(left+" = 0", 0.7)
		}
	case isString(t) && s.Tok == token.ADD_ASSIGN:
		put(left+" = "+right, 0.7)
		put(left+` = ""`, 0.7)
	}
	for i, name := range o.namesFor(outer.Pos(), t, nil) {
		if i < 3 && name != left && name != right {
			put(left+" "+s.Tok.String()+" "+name, 0.5)
		}
		if i < 3 && name != left && name != right && o.isAssigned(name, outer) {
			put(name+" "+s.Tok.String()+" "+right, 0.4)
		}
	}
}
