package main

import (
	"go/ast"
	"go/token"
	"go/types"
)

// fixConstant brings a constant into the range of its type, or gives the variable a wider one.
func fixConstant(c *fixContext) {
	e, path := c.operand()
	if e == nil {
		return
	}
	w := c.wanted(path)
	t := w.typ
	if call, ok := bare(e).(*ast.CallExpr); ok && c.pkg.Info.Types[call.Fun].IsType() {
		t = c.typeOf(call.Fun)
	} else if len(path) > 1 {
		if outer, is := path[1].(*ast.CallExpr); is && c.pkg.Info.Types[outer.Fun].IsType() {
			t = c.typeOf(outer.Fun)
			for _, wider := range widerTypes(t) {
				c.add(0.7, "TYPE", "wider-type", c.replace(outer.Fun, wider))
			}
		}
	}
	if t != nil {
		c.convertOperand(e, nil, t, 1)
		for i, wider := range widerTypes(t) {
			c.widenTarget(path, wider, 0.9/float64(i+1))
		}
		if from := c.typeOf(e); from != nil && isInteger(t) && basicInfo(from)&types.IsFloat != 0 {
			c.changeTarget(e, path, types.Typ[types.Float64], t)
		}
	}
	if b, ok := bare(e).(*ast.BinaryExpr); ok && b.Op == token.XOR {
		c.addWithImports(0.6, "CALL", "power", []string{"math"}, c.replace(e, "math.Pow("+c.text(b.X)+", "+c.text(b.Y)+")"))
	}
	if u, ok := bare(e).(*ast.UnaryExpr); ok && u.Op == token.SUB {
		c.add(0.4, "LIT", "drop-sign", c.replace(e, c.text(u.X)))
	}
	if bin, _, op, binPath := c.binary(); bin != nil && op != token.ASSIGN && len(binPath) > 0 {
		c.floatOperand(e, binPath)
	}
}

// floatOperand converts the integer side of an operation with a fractional constant.
func (c *fixContext) floatOperand(e ast.Expr, path []ast.Node) {
	b, ok := path[0].(*ast.BinaryExpr)
	if !ok {
		return
	}
	other := b.X
	if other == e {
		other = b.Y
	}
	t := c.typeOf(other)
	if t == nil || !isInteger(t) || isUntyped(t) {
		return
	}
	c.add(0.9, "CONV", "convert", c.replace(other, "float64("+c.text(other)+")"))
	name, need := c.typeText(t)
	c.addWithImports(1.4, "CONV", "convert-through-float", need, c.replace(b, name+"(float64("+c.text(b.X)+") "+b.Op.String()+" "+c.text(b.Y)+")"))
}

// widerTypes lists basic types that hold more than t, nearest first.
func widerTypes(t types.Type) []string {
	b, ok := t.(*types.Basic)
	if !ok {
		return nil
	}
	switch b.Kind() {
	case types.Int8, types.Uint8:
		return []string{"int", "uint16", "int16"}
	case types.Int16, types.Uint16:
		return []string{"int", "int32", "uint32"}
	case types.Int32, types.Uint32:
		return []string{"int", "int64", "uint64"}
	case types.Uint, types.Uint64:
		return []string{"int", "int64"}
	case types.Int, types.Int64:
		return []string{"uint64", "float64"}
	case types.Float32:
		return []string{"float64"}
	}
	return nil
}

// widenTarget gives the variable a constant is stored in a wider type.
func (c *fixContext) widenTarget(path []ast.Node, wider string, weight float64) {
	obj, ok := types.Universe.Lookup(wider).(*types.TypeName)
	if !ok || len(path) < 2 {
		return
	}
	switch p := path[1].(type) {
	case *ast.ValueSpec:
		if p.Type != nil {
			c.add(weight, "TYPE", "wider-type", c.replace(p.Type, wider))
		}
	case *ast.AssignStmt:
		for i := range p.Rhs {
			if p.Rhs[i] == path[0] && len(p.Lhs) == len(p.Rhs) {
				c.changeDeclaredType(p.Lhs[i], obj.Type(), weight)
			}
		}
	case *ast.ReturnStmt:
		c.changeResult(path[0].(ast.Expr), p, path, obj.Type())
	case *ast.BinaryExpr:
		other := p.X
		if path[0] == ast.Node(p.X) {
			other = p.Y
		}
		c.add(weight, "CONV", "convert", c.replace(other, wider+"("+c.text(other)+")"))
		c.changeDeclaredType(other, obj.Type(), weight*0.6)
	}
}

// fixDivision repairs a constant division by zero.
func fixDivision(c *fixContext) {
	_, y, _, _ := c.binary()
	if y == nil {
		return
	}
	for _, text := range []string{"2", "1", "10", "100"} {
		c.add(0.3, "LIT", "divisor", c.replace(y, text))
	}
	for _, v := range c.variables(y.Pos(), isNumeric) {
		if v.depth < 4 {
			c.add(0.4/float64(v.depth+1), "NAME", "divisor", c.replace(y, v.name))
		}
	}
}
