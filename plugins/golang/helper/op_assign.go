package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// targetOps changes where an assignment goes: := against =, another target, an exchange of two variables.
func targetOps(o *operators, n ast.Node) {
	switch n := n.(type) {
	case *ast.AssignStmt:
		switch n.Tok {
		case token.DEFINE:
			o.unshadow(n)
		case token.ASSIGN:
			o.shadow(n)
			o.retarget(n)
			o.swapPair(n)
		default:
			o.retarget(n)
		}
		o.appendTarget(n)
	case *ast.IncDecStmt:
		o.otherTarget(n, n.X)
	}
}

// unshadow turns := into = where every name on the left exists outside with a fitting type.
func (o *operators) unshadow(n *ast.AssignStmt) {
	scope := o.pkg.Scope(o.file, n.Pos())
	for _, e := range n.Lhs {
		id, ok := e.(*ast.Ident)
		if !ok {
			return
		}
		if id.Name == "_" {
			continue
		}
		_, outer := scope.LookupParent(id.Name, n.Pos())
		v, ok := outer.(*types.Var)
		if obj := o.info.Defs[id]; obj != nil {
			if !ok || !types.Identical(obj.Type(), v.Type()) {
				return
			}
		}
	}
	o.replaceAt("ASSIGN", "scope-assign", n, n.TokPos, 2, "=", 2)
}

// shadow turns = into := in an inner block, where the new variable is read.
func (o *operators) shadow(n *ast.AssignStmt) {
	block := o.parent(1)
	if !isListOwner(block) || block == o.fn.Body || len(n.Lhs) != 1 && len(n.Rhs) != 1 {
		return
	}
	for _, e := range n.Lhs {
		id, ok := e.(*ast.Ident)
		if !ok {
			return
		}
		v, ok := o.info.Uses[id].(*types.Var)
		if !ok || id.Name == "_" || v.Pos() >= block.Pos() || !o.readBehind(v, n, block) {
			return
		}
	}
	o.replaceAt("ASSIGN", "scope-define", n, n.TokPos, 1, ":=", 0.5)
}

// readBehind tells whether a variable is read in a block behind a statement.
func (o *operators) readBehind(v *types.Var, s ast.Stmt, block ast.Node) bool {
	read := false
	targets := assignTargets(block)
	ast.Inspect(block, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Pos() > s.End() && o.info.Uses[id] == v && !targets[id] {
			read = true
		}
		return !read
	})
	return read
}

// retarget replaces the target of an assignment by other variables and fields of its type.
func (o *operators) retarget(n *ast.AssignStmt) {
	for _, e := range n.Lhs {
		o.otherTarget(n, e)
	}
}

// otherTarget replaces one assigned variable or field.
func (o *operators) otherTarget(n ast.Node, e ast.Expr) {
	t := o.typeOf(e)
	id, ok := e.(*ast.Ident)
	if ok && id.Name == "_" || t == nil {
		return
	}
	var without types.Object
	if ok {
		without = o.info.Uses[id]
	}
	left := 8
	for _, obj := range o.visible(e.Pos()) {
		v, isVar := obj.(*types.Var)
		if !isVar || v == without || !types.Identical(v.Type(), t) || left == 0 {
			continue
		}
		left--
		o.replace("ASSIGN", "assign-target", e, v.Name(), 1)
	}
	for _, field := range o.fieldsFor(e.Pos(), t, 6) {
		o.replace("ASSIGN", "assign-to-field", e, field, 0.6)
	}
	if sel, ok := e.(*ast.SelectorExpr); ok {
		for _, f := range structFields(o.typeOf(sel.X)) {
			if f.Name() != sel.Sel.Name && f.Name() != "_" && types.Identical(f.Type(), t) && (f.Exported() || f.Pkg() == o.pkg.Types) {
				o.replace("ASSIGN", "assign-field", sel.Sel, f.Name(), 1)
			}
		}
	}
}

// swapPair turns "a = b; b = a" into an exchange, and flips the two sides of an assignment.
func (o *operators) swapPair(n *ast.AssignStmt) {
	if len(n.Lhs) == 2 && len(n.Rhs) == 2 {
		if fits(o.typeOf(n.Rhs[0]), o.typeOf(n.Rhs[1])) {
			o.emit("ASSIGN", "swap-assigned", n, 1, Edit{o.off(n.Rhs[0].Pos()), o.off(n.Rhs[0].End()), o.text(n.Rhs[1])},
				Edit{o.off(n.Rhs[1].Pos()), o.off(n.Rhs[1].End()), o.text(n.Rhs[0])})
		}
		if o.text(n.Lhs[0]) == o.text(n.Rhs[1]) && o.text(n.Lhs[1]) == o.text(n.Rhs[0]) {
			for i := range n.Lhs {
				o.replace("ASSIGN", "swap-undo", n, o.text(n.Lhs[i])+" = "+o.text(n.Rhs[i]), 0.5)
			}
		}
		return
	}
	if len(n.Lhs) != 1 || len(n.Rhs) != 1 || !o.assignable(n.Rhs[0]) || !types.Identical(o.typeOf(n.Lhs[0]), o.typeOf(n.Rhs[0])) {
		return
	}
	left, right := o.text(n.Lhs[0]), o.text(n.Rhs[0])
	o.emit("ASSIGN", "swap-sides", n, 0.7, Edit{o.off(n.Lhs[0].Pos()), o.off(n.Lhs[0].End()), right},
		Edit{o.off(n.Rhs[0].Pos()), o.off(n.Rhs[0].End()), left})
	o.replace("ASSIGN", "swap-statement", n, left+", "+right+" = "+right+", "+left, 0.7)
	if next, ok := o.next(n).(*ast.AssignStmt); ok && next.Tok == token.ASSIGN && len(next.Lhs) == 1 && len(next.Rhs) == 1 &&
		o.text(next.Lhs[0]) == right && o.text(next.Rhs[0]) == left {
		o.emit("ASSIGN", "swap-statement", n, 3, Edit{o.off(n.Pos()), o.off(next.End()), left + ", " + right + " = " + right + ", " + left})
	}
}

// assignable tells whether an expression can stand left of =.
func (o *operators) assignable(e ast.Expr) bool {
	tv := o.info.Types[e]
	if index, ok := e.(*ast.IndexExpr); ok {
		if _, isMap := under(o.typeOf(index.X)).(*types.Map); isMap {
			return true
		}
	}
	return tv.Addressable() && tv.Value == nil && o.typeOf(e) != nil
}

// appendTarget makes the target and the first argument of append the same, either way.
func (o *operators) appendTarget(n *ast.AssignStmt) {
	if len(n.Lhs) != 1 || len(n.Rhs) != 1 {
		return
	}
	call, ok := n.Rhs[0].(*ast.CallExpr)
	if !ok || !isBuiltin(call.Fun, "append") || len(call.Args) == 0 {
		return
	}
	left, first := o.text(n.Lhs[0]), o.text(call.Args[0])
	if left == first || strings.ContainsAny(left+first, "(") || n.Tok != token.ASSIGN {
		return
	}
	if !o.readsLast(call.Args[0]) {
		o.replace("NAME", "assign-append", call.Args[0], left, 3)
	}
	if o.assignable(call.Args[0]) {
		o.replace("ASSIGN", "assign-append", n.Lhs[0], first, 3)
	}
}
