package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// secondValue declares an undeclared ok or err where the statement before its use could have given it: as the second
// value of a map index, assertion or receive, or as the result of a call.
func (c *fixContext) secondValue(id *ast.Ident) {
	path := c.path
	for {
		s, rest := statementOf(path)
		if s == nil {
			return
		}
		list := stmtList(rest[0])
		for i, other := range list {
			if other == s && i > 0 {
				c.secondValueOf(id, list[i-1])
			}
		}
		if init := initOf(s); init != nil && init.End() < id.Pos() {
			c.secondValueOf(id, init)
		}
		path = rest
	}
}

// initOf returns the init statement of an if, switch or for, nil for none.
func initOf(s ast.Stmt) ast.Stmt {
	switch s := s.(type) {
	case *ast.IfStmt:
		return s.Init
	case *ast.SwitchStmt:
		return s.Init
	}
	return nil
}

// secondValueOf adds the name to the values a statement takes.
func (c *fixContext) secondValueOf(id *ast.Ident, s ast.Stmt) {
	switch s := s.(type) {
	case *ast.AssignStmt:
		if len(s.Lhs) != 1 || len(s.Rhs) != 1 || !c.givesTwo(s.Rhs[0]) {
			return
		}
		weight := 0.5
		if saysWhether(id.Name) {
			weight = 2
		} else if first, ok := s.Lhs[0].(*ast.Ident); ok && saysWhether(first.Name) {
			c.add(2, "ASSIGN", "first-value", c.insert(first.Pos(), id.Name+", "))
		}
		edits := []Edit{c.insert(s.Lhs[0].End(), ", "+id.Name)}
		if s.Tok == token.ASSIGN {
			edits = append(edits, c.span(s.TokPos, s.TokPos+1, ":="))
			weight *= 0.5
		}
		c.add(weight, "ASSIGN", "second-value", edits...)
	case *ast.ExprStmt:
		call, ok := s.X.(*ast.CallExpr)
		if !ok {
			return
		}
		c.resultAs(id, call)
	}
}

// saysWhether tells whether a name is one that people give to the second value of an index or assertion.
func saysWhether(name string) bool {
	switch strings.ToLower(name) {
	case "ok", "found", "exists", "has", "present", "seen":
		return true
	}
	return false
}

// givesTwo tells whether an expression may give a second, boolean value.
func (c *fixContext) givesTwo(e ast.Expr) bool {
	switch e := bare(e).(type) {
	case *ast.IndexExpr:
		t := c.typeOf(e.X)
		return t != nil && isMap(t)
	case *ast.TypeAssertExpr:
		return true
	case *ast.UnaryExpr:
		return e.Op == token.ARROW
	}
	return false
}

// resultAs binds the result of a call that stands alone to the name.
func (c *fixContext) resultAs(id *ast.Ident, call *ast.CallExpr) {
	sig := c.signatureOf(call)
	if sig == nil || sig.Results().Len() == 0 {
		return
	}
	n := sig.Results().Len()
	last := sig.Results().At(n - 1).Type()
	names := append(copies("_", n-1), id.Name)
	weight := 0.4
	if isError(last) && strings.Contains(strings.ToLower(id.Name), "err") {
		weight = 2
	} else if n == 1 && wantOf(last).fit(c.useType(id)) >= 1 {
		weight = 0.9
	}
	c.add(weight, "ASSIGN", "bind-result", c.insert(call.Pos(), strings.Join(names, ", ")+" := "))
}

// useType returns the type that the place of an identifier asks for, nil when it asks for none.
func (c *fixContext) useType(id *ast.Ident) types.Type {
	return c.wanted(pathTo(c.file, id)).typ
}
