package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// fixGeneric repairs instantiations: type arguments that are missing, too many, or do not satisfy their constraint.
func fixGeneric(c *fixContext) {
	call, path := c.call()
	if call != nil {
		c.instantiate(call, path)
		c.unifyArguments(call)
	}
	for _, n := range c.path {
		if x, ok := n.(*ast.IndexExpr); ok {
			c.add(0.7, "TYPE", "drop-type-argument", c.span(x.Lbrack, x.Rbrack+1, ""))
		}
		if x, ok := n.(*ast.IndexListExpr); ok {
			c.add(0.7, "TYPE", "drop-type-arguments", c.span(x.Lbrack, x.Rbrack+1, ""))
			for i := range x.Indices {
				c.add(0.8, "TYPE", "drop-type-argument", c.dropElement(x.Indices, i))
			}
		}
	}
	if id, ok := c.expr().(*ast.Ident); ok {
		c.instantiateType(id)
	}
	if e := c.expr(); e != nil {
		c.constraintOf(e)
	}
}

// instantiate gives a generic call explicit type arguments.
func (c *fixContext) instantiate(call *ast.CallExpr, path []ast.Node) {
	if _, already := call.Fun.(*ast.IndexExpr); already {
		return
	}
	obj := calleeObject(c, call)
	f, ok := obj.(*types.Func)
	if !ok {
		return
	}
	sig := f.Type().(*types.Signature)
	if sig.TypeParams().Len() == 0 {
		return
	}
	var seen []types.Type
	if w := c.wanted(path); w.typ != nil {
		seen = append(seen, w.typ)
	}
	for _, arg := range call.Args {
		if t := c.typeOf(arg); t != nil {
			seen = append(seen, types.Default(t))
		}
	}
	for _, name := range []string{"int", "string", "float64"} {
		seen = append(seen, types.Universe.Lookup(name).Type())
	}
	for i, t := range seen {
		text, need := c.typeText(t)
		c.addWithImports(0.9/float64(i+1), "TYPE", "type-argument", need, c.insert(call.Fun.End(), "["+strings.Join(copies(text, sig.TypeParams().Len()), ", ")+"]"))
	}
}

// unifyArguments converts one argument to the type of another.
func (c *fixContext) unifyArguments(call *ast.CallExpr) {
	for i, a := range call.Args {
		for k, b := range call.Args {
			ta, tb := c.typeOf(a), c.typeOf(b)
			if i != k && ta != nil && tb != nil && !types.Identical(ta, tb) && !isUntyped(tb) {
				scale := 0.6
				if width(ta) < width(tb) {
					scale = 1
				}
				c.convertOperand(a, ta, tb, scale)
			}
		}
	}
}

// instantiateType gives a generic type the type parameters in scope, or common types.
func (c *fixContext) instantiateType(id *ast.Ident) {
	tn, ok := c.lookup(id.Name, id.Pos()).(*types.TypeName)
	if !ok {
		return
	}
	named, ok := tn.Type().(*types.Named)
	if !ok || named.TypeParams().Len() == 0 {
		return
	}
	var inScope []string
	for _, v := range c.names(id.Pos()) {
		if t, is := v.obj.(*types.TypeName); is {
			if _, param := t.Type().(*types.TypeParam); param {
				inScope = append([]string{v.name}, inScope...)
			}
		}
	}
	n := named.TypeParams().Len()
	if len(inScope) == n {
		c.add(1.6, "TYPE", "type-parameters", c.insert(id.End(), "["+strings.Join(inScope, ", ")+"]"))
	}
	if fd, is := enclosing[*ast.FuncDecl](c.path); is && fd.Recv != nil && fd.Recv.Pos() <= id.Pos() && id.Pos() < fd.Recv.End() {
		var names []string
		for i := range n {
			names = append(names, named.TypeParams().At(i).Obj().Name())
		}
		c.add(2, "TYPE", "receiver-parameters", c.insert(id.End(), "["+strings.Join(names, ", ")+"]"))
	}
	for i, name := range []string{"int", "string", "any", "float64"} {
		c.add(0.4/float64(i+1), "TYPE", "type-argument", c.insert(id.End(), "["+strings.Join(copies(name, n), ", ")+"]"))
	}
}

// constraintOf weakens the constraint that a type argument misses: any, comparable, or a union with it.
func (c *fixContext) constraintOf(e ast.Expr) {
	call, _ := c.call()
	if call == nil {
		return
	}
	obj := calleeObject(c, call)
	f, fd := c.declaration(obj)
	if fd == nil || fd.Type.TypeParams == nil {
		return
	}
	t := c.typeOf(e)
	for _, field := range fd.Type.TypeParams.List {
		start, end := c.off(field.Type.Pos()), c.off(field.Type.End())
		old := string(f.Src[start:end])
		c.addIn(f, 0.3, "TYPE", "weaker-constraint", Edit{start, end, "any"})
		if t != nil && strings.Contains(old, "|") {
			if text, need := c.typeTextIn(f, types.Default(t)); len(need) == 0 {
				c.addIn(f, 0.7, "TYPE", "wider-constraint", Edit{start, end, old + " | " + text})
			}
		}
	}
}

// strengthenConstraint gives a type parameter the constraint an operator needs.
func (c *fixContext) strengthenConstraint(t types.Type, op token.Token) {
	tp, ok := t.(*types.TypeParam)
	if !ok {
		return
	}
	f, id := c.declaredIn(tp.Obj())
	if id == nil {
		return
	}
	field, is := enclosing[*ast.Field](pathTo(f, id))
	if !is {
		return
	}
	start, end := c.off(field.Type.Pos()), c.off(field.Type.End())
	if op == token.EQL || op == token.NEQ {
		c.addIn(f, 1.8, "TYPE", "comparable", Edit{start, end, "comparable"})
	}
	numbers := "~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~float32 | ~float64"
	edits := []Edit{{start, end, "cmp.Ordered"}}
	if e, add := c.importEdit(f, "cmp"); add {
		edits = append(edits, e)
	}
	weight := 1.0
	if isComparison(op) && op != token.EQL && op != token.NEQ {
		weight = 1.8
	}
	c.addIn(f, weight, "TYPE", "ordered", edits...)
	c.addIn(f, 0.8, "TYPE", "numbers", Edit{start, end, numbers})
}
