package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// fixUnusedVar repairs a variable that is declared and not used: it may shadow the one meant, be misspelt where it is
// used, or be of no use.
func fixUnusedVar(c *fixContext) {
	id, ok := c.node().(*ast.Ident)
	if !ok {
		return
	}
	c.shadowed(id)
	c.misspeltUses(id)
	stmt, _ := c.statement()
	switch p := c.parent(1).(type) {
	case *ast.AssignStmt:
		c.unusedAssign(id, p, stmt)
	case *ast.RangeStmt:
		c.unusedRange(id, p)
	case *ast.ValueSpec:
		c.unusedSpec(id, p)
	}
	if sw, is := enclosing[*ast.TypeSwitchStmt](c.path); is {
		if a, assigned := sw.Assign.(*ast.AssignStmt); assigned && len(a.Lhs) == 1 && a.Lhs[0] == ast.Expr(id) {
			c.add(1.2, "DECL", "drop-switch-variable", c.span(a.Pos(), a.Rhs[0].Pos(), ""))
		}
	}
	c.returnUnused(id)
	if stmt != nil && !strings.HasPrefix(c.text(stmt), "for") {
		c.add(0.06, "INSERT", "use-blank", c.after(stmt, "_ = "+id.Name))
	}
}

// returnUnused returns a variable that an if looks up and whose body does nothing with it.
func (c *fixContext) returnUnused(id *ast.Ident) {
	s, ok := enclosing[*ast.IfStmt](c.path)
	_, _, sig := c.function()
	obj := c.pkg.Info.Defs[id]
	if !ok || sig == nil || obj == nil || s.Init == nil || len(s.Body.List) > 0 || s.Else != nil || sig.Results().Len() != 1 {
		return
	}
	if id.Pos() < s.Init.Pos() || id.End() > s.Init.End() || !types.AssignableTo(obj.Type(), sig.Results().At(0).Type()) {
		return
	}
	indent := indentOf(c.file.Src, c.off(s.Pos()))
	c.add(1.4, "RETURN", "return-unused", c.span(s.Body.Lbrace+1, s.Body.Rbrace, "\n"+indent+"\treturn "+id.Name+"\n"+indent))
}

// shadowed turns := into = where the variable hides an outer one of the same type that is used later.
func (c *fixContext) shadowed(id *ast.Ident) {
	a, ok := c.parent(1).(*ast.AssignStmt)
	if !ok || a.Tok != token.DEFINE {
		return
	}
	outer := c.outer(id)
	if outer == nil {
		return
	}
	for _, l := range a.Lhs {
		other, is := l.(*ast.Ident)
		if !is || other.Name == "_" || other == id {
			continue
		}
		if c.pkg.Info.Defs[other] != nil && c.outer(other) == nil {
			c.shadowedMixed(a, other, id)
			return
		}
	}
	c.add(2.2, "ASSIGN", "assign-outer", c.span(a.TokPos, a.TokPos+2, "="))
}

// shadowedMixed declares the one new name of a := in front, so that the other can be assigned.
func (c *fixContext) shadowedMixed(a *ast.AssignStmt, fresh, id *ast.Ident) {
	obj := c.pkg.Info.Defs[fresh]
	stmt, _ := c.statement()
	if obj == nil || known(obj.Type()) == nil || stmt != ast.Stmt(a) {
		return
	}
	text, need := c.typeText(obj.Type())
	c.addWithImports(1.6, "ASSIGN", "assign-outer", need, c.span(a.TokPos, a.TokPos+2, "="), c.before(a, "var "+fresh.Name+" "+text))
}

// outer returns the variable of an enclosing function scope that id hides and could assign to, nil for none.
func (c *fixContext) outer(id *ast.Ident) types.Object {
	obj := c.pkg.Info.Defs[id]
	if obj == nil || obj.Parent() == nil || obj.Parent().Parent() == nil {
		return nil
	}
	_, found := obj.Parent().Parent().LookupParent(id.Name, id.Pos())
	v, ok := found.(*types.Var)
	if !ok || v.Parent() == c.pkg.Types.Scope() && !v.IsField() && obj.Pkg() != v.Pkg() {
		return nil
	}
	if known(obj.Type()) == nil || !types.AssignableTo(obj.Type(), v.Type()) && !c.constantFor(id, v.Type()) {
		return nil
	}
	return v
}

// constantFor tells whether a name is defined by an untyped constant that a variable of type t can take.
func (c *fixContext) constantFor(id *ast.Ident, t types.Type) bool {
	a, ok := c.parent(1).(*ast.AssignStmt)
	if !ok || len(a.Lhs) != len(a.Rhs) {
		return false
	}
	for i, l := range a.Lhs {
		if l == ast.Expr(id) && c.pkg.Info.Types[a.Rhs[i]].Value != nil {
			own := c.pkg.Info.Defs[id].Type()
			return isNumeric(own) && isNumeric(t) || isString(own) && isString(t) || isBoolean(own) && isBoolean(t)
		}
	}
	return false
}

// misspeltUses proposes the variable where a name like it is used after its declaration.
func (c *fixContext) misspeltUses(id *ast.Ident) {
	_, body, _ := c.function()
	obj := c.pkg.Info.Defs[id]
	if body == nil || obj == nil {
		return
	}
	t := known(obj.Type())
	ast.Inspect(body, func(n ast.Node) bool {
		use, ok := n.(*ast.Ident)
		if !ok || use.Pos() <= id.End() || use.Name == id.Name {
			return true
		}
		o := c.pkg.Info.Uses[use]
		if o == nil && c.lookup(use.Name, use.Pos()) != nil {
			return true
		}
		if v, is := o.(*types.Var); o != nil && (!is || v.IsField() || t == nil || !types.Identical(v.Type(), t)) {
			return true
		}
		like := likeness(use.Name, id.Name)
		weight := 0.0
		switch {
		case o == nil:
			weight = 2 * like
		case like >= 0.3:
			weight = 0.8 * like
		}
		c.add(weight, "NAME", "use-variable", c.replace(use, id.Name))
		return true
	})
	c.usesInstead(id, obj, body)
}

// usesInstead proposes the variable in place of the expression it was made from, or of a variable that went into it,
// in the statements that follow.
func (c *fixContext) usesInstead(id *ast.Ident, obj types.Object, body *ast.BlockStmt) {
	a, ok := c.parent(1).(*ast.AssignStmt)
	if !ok || len(a.Lhs) != len(a.Rhs) {
		return
	}
	for i, l := range a.Lhs {
		if l != ast.Expr(id) {
			continue
		}
		text := c.text(a.Rhs[i])
		scale := 1.0
		if _, alias := bare(a.Rhs[i]).(*ast.Ident); alias {
			scale = 0.5
		}
		var operands []*ast.Ident
		again := false
		ast.Inspect(body, func(n ast.Node) bool {
			e, is := n.(ast.Expr)
			if !is || e.Pos() <= a.End() {
				return true
			}
			if c.text(e) == text && len(text) > 2 {
				c.add(1.1*scale, "NAME", "use-instead", c.replace(e, id.Name))
				again = true // the value is computed again: its operands are not what is wrong
				return false
			}
			if use, named := e.(*ast.Ident); named && c.wentInto(use, a.Rhs[i], obj) {
				operands = append(operands, use)
			}
			return true
		})
		for _, use := range operands {
			weight := 1.3 / float64(len(operands))
			if again {
				weight *= 0.1
			}
			if ret, is := enclosing[*ast.ReturnStmt](pathTo(c.file, use)); is && ret != nil {
				weight *= 1.2
			}
			c.add(weight, "NAME", "use-instead", c.replace(use, id.Name))
		}
	}
}

// wentInto tells whether a variable of the same type as obj is an operand of the value that obj was defined by.
func (c *fixContext) wentInto(use *ast.Ident, value ast.Expr, obj types.Object) bool {
	o := c.pkg.Info.Uses[use]
	if o == nil || known(o.Type()) == nil || !types.Identical(o.Type(), orInvalid(known(obj.Type()))) {
		return false
	}
	for _, operand := range operandsOf(value) {
		if x, ok := bare(operand).(*ast.Ident); ok && c.pkg.Info.Uses[x] == o {
			return true
		}
	}
	return false
}

// operandsOf returns the arguments or operands of an expression.
func operandsOf(e ast.Expr) []ast.Expr {
	switch e := bare(e).(type) {
	case *ast.CallExpr:
		return e.Args
	case *ast.BinaryExpr:
		return []ast.Expr{e.X, e.Y}
	}
	return nil
}

// unusedAssign removes a definition without effect, or leaves its effect and drops the name.
func (c *fixContext) unusedAssign(id *ast.Ident, a *ast.AssignStmt, stmt ast.Stmt) {
	others := 0
	for _, l := range a.Lhs {
		if other, ok := l.(*ast.Ident); !ok || other != id && other.Name != "_" {
			others++
		}
	}
	if others > 0 {
		edits := []Edit{c.replace(id, "_")}
		fresh := false
		for _, l := range a.Lhs {
			if other, ok := l.(*ast.Ident); ok && other != id && c.pkg.Info.Defs[other] != nil {
				fresh = true
			}
		}
		if !fresh && a.Tok == token.DEFINE {
			edits = append(edits, c.span(a.TokPos, a.TokPos+2, "="))
		}
		c.add(0.8, "NAME", "blank", edits...)
		if id.Name == "err" {
			c.checkError(a, stmt)
		}
		c.dropPair(id, a)
		return
	}
	pure := true
	for _, r := range a.Rhs {
		pure = pure && c.pure(r)
	}
	if stmt == ast.Stmt(a) {
		if pure {
			c.add(1, "DELETE", "delete-definition", c.removeUses(id, a)...)
		} else {
			if call, ok := bare(a.Rhs[0]).(*ast.CallExpr); ok && len(a.Rhs) == 1 {
				c.add(0.6, "ASSIGN", "drop-names", c.span(a.Pos(), call.Pos(), ""))
			}
			c.add(0.35, "DELETE", "delete-definition", c.removeUses(id, a)...)
		}
		if id.Name == "err" {
			c.checkError(a, stmt)
		}
	} else if _, ok := c.parent(2).(*ast.IfStmt); ok && isInit(c.parent(2), a) {
		c.add(0.7, "DELETE", "delete-init", Edit{Start: c.off(a.Pos()), End: initEnd(c.file.Src, c.off(a.End()))})
	}
	c.add(0.5, "ASSIGN", "blank", c.replace(id, "_"), c.span(a.TokPos, a.TokPos+token.Pos(len(a.Tok.String())), "="))
}

// checkError handles an error that is bound and not looked at.
func (c *fixContext) checkError(a *ast.AssignStmt, stmt ast.Stmt) {
	if stmt != ast.Stmt(a) {
		return
	}
	if handling := c.returnError(); handling != nil {
		c.add(1.8, "GUARD", "return-error", c.after(a, append(append([]string{"if err != nil {"}, handling...), "}")...))
		return
	}
	if _, _, sig := c.function(); sig != nil && sig.Results().Len() == 0 {
		c.add(0.3, "GUARD", "leave-on-error", c.after(a, "if err != nil {", "\treturn", "}"))
	}
}

// againStatement removes a statement that says the same as the one in front of it.
func (c *fixContext) againStatement(s ast.Stmt) {
	_, path := statementOf(pathTo(c.file, s))
	if len(path) == 0 {
		return
	}
	list := stmtList(path[0])
	for i := 1; i < len(list); i++ {
		if list[i] == s && c.text(list[i-1]) == c.text(s) {
			c.add(4, "DELETE", "delete-again", c.remove(s))
		}
	}
}

// fixNoNewVar turns := into = where every name is declared already.
func fixNoNewVar(c *fixContext) {
	for _, n := range c.path {
		switch s := n.(type) {
		case *ast.AssignStmt:
			c.add(2, "ASSIGN", "assign", c.span(s.TokPos, s.TokPos+2, "="))
			c.againStatement(s)
			if id, ok := s.Lhs[0].(*ast.Ident); ok && len(s.Lhs) == 1 {
				c.add(0.08, "NAME", "new-name", c.replace(id, c.freshName(id.Name+"2")))
			}
			return
		case *ast.RangeStmt:
			c.add(1, "ASSIGN", "range-without-names", c.span(s.Key.Pos(), s.Range, ""))
			c.add(0.6, "ASSIGN", "assign", c.span(s.TokPos, s.TokPos+2, "="))
			return
		case *ast.TypeSwitchStmt:
			if a, ok := s.Assign.(*ast.AssignStmt); ok {
				c.add(1, "DECL", "drop-switch-variable", c.span(a.Pos(), a.Rhs[0].Pos(), ""))
			}
			return
		}
	}
}
