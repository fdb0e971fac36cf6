package main

import (
	"go/ast"
	"go/token"
	"go/types"
)

// binary returns the binary expression or compound assignment the diagnostic is about: its operands and operator.
func (c *fixContext) binary() (x, y ast.Expr, op token.Token, path []ast.Node) {
	for i, n := range c.path {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			return n.X, n.Y, n.Op, c.path[i:]
		case *ast.AssignStmt:
			if len(n.Lhs) == 1 && len(n.Rhs) == 1 {
				return n.Lhs[0], n.Rhs[0], n.Tok, c.path[i:]
			}
		case *ast.CaseClause:
			if s, ok := enclosing[*ast.SwitchStmt](c.path[i:]); ok {
				for _, value := range n.List {
					if value.Pos() <= c.pos && c.pos < value.End() {
						return s.Tag, value, token.EQL, c.path[i:]
					}
				}
			}
		}
	}
	return nil, nil, 0, nil
}

// fixMismatched repairs a binary operation on operands of different types.
func fixMismatched(c *fixContext) {
	x, y, op, path := c.binary()
	if x == nil || y == nil {
		fixIncompatible(c)
		return
	}
	tx, ty := c.typeOf(x), c.typeOf(y)
	if tx == nil || ty == nil {
		return
	}
	outer := want{}
	if len(path) > 0 {
		if b, ok := path[0].(*ast.BinaryExpr); ok && !isComparison(b.Op) {
			outer = c.wanted(path)
		}
	}
	wx, wy := c.sides(tx, ty, outer.typ)
	_, assigning := path[0].(*ast.AssignStmt)
	if assigning {
		wx = 0.1
	}
	c.convertOperand(y, ty, operandType(tx, ty), wy)
	if !assigning {
		c.convertOperand(x, tx, operandType(ty, tx), wx)
	}
	c.bothSides(x, y, tx, ty, outer.typ)
	for _, side := range [][2]ast.Expr{{x, y}, {y, x}} {
		other := orInvalid(c.typeOf(side[1]))
		whole := types.Identical(other, types.Typ[types.Int]) || other == types.Typ[types.UntypedInt]
		if t := c.typeOf(side[0]); !assigning && t != nil && !isUntyped(t) && elemOf(t) != nil && whole && !(op == token.ADD && isString(t)) {
			c.add(1.7, "CALL", "len", c.replace(side[0], "len("+c.text(side[0])+")"))
		}
	}
	c.otherNames(y, ty, operandType(tx, ty))
	if !assigning {
		c.otherNames(x, tx, operandType(ty, tx))
	}
	c.pointerOperands(x, y, tx, ty)
	c.parseString(y, append([]ast.Node{y}, path...), ty, tx)
	c.parseString(x, append([]ast.Node{x}, path...), tx, ty)
	c.changeDeclaredType(x, types.Default(ty), 0.2)
	c.changeDeclaredType(y, types.Default(tx), 0.2)
	if b, ok := path[0].(*ast.BinaryExpr); ok {
		c.regroup(b)
	}
	if op == token.ADD_ASSIGN && !assigning {
		return
	}
	if s, ok := tx.Underlying().(*types.Slice); ok && (op == token.ADD || op == token.ADD_ASSIGN) {
		c.appendInstead(x, y, s, ty, path)
	}
	if op == token.EQL || op == token.NEQ {
		c.compareContents(x, y, tx, ty, op, path)
	}
}

// operandType returns the type an operand is to have next to one of type other.
func operandType(other, own types.Type) types.Type {
	if isUntyped(other) && !isUntyped(own) && other != types.Typ[types.UntypedNil] {
		return types.Default(other)
	}
	return other
}

// sides rates converting the left and the right operand: nothing should be lost, and the result should suit the place.
func (c *fixContext) sides(tx, ty, outer types.Type) (x, y float64) {
	x, y = 0.5, 0.5
	switch {
	case isUntyped(tx) && !isUntyped(ty):
		return 1, 0.15
	case isUntyped(ty) && !isUntyped(tx):
		return 0.15, 1
	case isString(tx) && !isString(ty):
		return 0.2, 1
	case isString(ty) && !isString(tx):
		return 1, 0.2
	}
	if isNumeric(tx) && isNumeric(ty) {
		switch rx, ry := width(tx), width(ty); {
		case rx < ry:
			x, y = 1, 0.3
		case ry < rx:
			x, y = 0.3, 1
		case isNamed(tx, "time", "Duration"):
			x, y = 0.2, 1.2
		case isNamed(ty, "time", "Duration"):
			x, y = 1.2, 0.2
		}
	}
	if outer != nil && isNumeric(outer) {
		if types.Identical(outer, tx) {
			y *= 2.5
		} else if types.Identical(outer, ty) {
			x *= 2.5
		}
	}
	if isError(tx) != isError(ty) {
		return 0.6, 0.6
	}
	return x, y
}

// width orders numeric types by what they can hold.
func width(t types.Type) int {
	b, ok := t.Underlying().(*types.Basic)
	if !ok {
		return 0
	}
	named := 0
	if _, is := types.Unalias(t).(*types.Named); is {
		named = 1
	}
	order := map[types.BasicKind]int{
		types.Int8: 2, types.Uint8: 2, types.Int16: 4, types.Uint16: 4, types.Int32: 6, types.Uint32: 7,
		types.Uint: 9, types.Uintptr: 9, types.Int: 10, types.Uint64: 11, types.Int64: 12, types.Float32: 20, types.Float64: 30,
		types.Complex64: 40, types.Complex128: 50,
	}
	return order[b.Kind()]*2 + named
}

func isComparison(op token.Token) bool {
	switch op {
	case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
		return true
	}
	return false
}

// bothSides converts both operands to the type the result is wanted in.
func (c *fixContext) bothSides(x, y ast.Expr, tx, ty, outer types.Type) {
	if outer == nil || !isNumeric(tx) || !isNumeric(ty) || !isNumeric(outer) || isUntyped(outer) ||
		types.Identical(outer, tx) || types.Identical(outer, ty) {
		return
	}
	name, need := c.typeText(outer)
	c.addWithImports(1.2, "CONV", "convert-both", need, c.replace(x, converted(name, c.text(x))), c.replace(y, converted(name, c.text(y))))
}

// pointerOperands follows a pointer operand next to a value.
func (c *fixContext) pointerOperands(x, y ast.Expr, tx, ty types.Type) {
	for i, e := range []ast.Expr{x, y} {
		own, other := []types.Type{tx, ty}[i], []types.Type{ty, tx}[i]
		p, ok := own.Underlying().(*types.Pointer)
		if !ok || !suits(p.Elem(), other) {
			continue
		}
		if u, is := bare(e).(*ast.UnaryExpr); is && u.Op == token.AND {
			c.add(1.6, "CONV", "drop-address", c.replace(e, c.text(u.X)))
			continue
		}
		c.add(0.6, "CONV", "deref", c.replace(e, "*"+c.text(e)))
	}
}

// regroup repairs precedence: a&b == c, !x == y, len(a == b).
func (c *fixContext) regroup(b *ast.BinaryExpr) {
	if u, ok := b.X.(*ast.UnaryExpr); ok && u.Op == token.NOT {
		c.add(1.1, "LOGIC", "negate-whole", c.replace(b, "!("+c.text(u.X)+" "+b.Op.String()+" "+c.text(b.Y)+")"))
		if b.Op == token.EQL {
			c.add(0.9, "CMP", "not-equal", c.replace(b, c.text(u.X)+" != "+c.text(b.Y)))
		}
	}
	if y, ok := b.Y.(*ast.BinaryExpr); ok && !isComparison(b.Op) {
		c.add(0.3, "ARITH", "regroup", c.replace(b, "("+c.text(b.X)+" "+b.Op.String()+" "+c.text(y.X)+") "+y.Op.String()+" "+c.text(y.Y)))
	}
	if x, ok := b.X.(*ast.BinaryExpr); ok {
		c.add(0.4, "ARITH", "regroup", c.replace(b, c.text(x.X)+" "+x.Op.String()+" ("+c.text(x.Y)+" "+b.Op.String()+" "+c.text(b.Y)+")"))
	}
}

// appendInstead turns s + v and s += v on slices into append.
func (c *fixContext) appendInstead(x, y ast.Expr, s *types.Slice, ty types.Type, path []ast.Node) {
	tail := c.text(y)
	if types.Identical(ty.Underlying(), s) {
		tail += "..."
	}
	call := "append(" + c.text(x) + ", " + tail + ")"
	if a, ok := path[0].(*ast.AssignStmt); ok {
		c.add(1.6, "CALL", "append", c.replace(a, c.text(x)+" = "+call))
		return
	}
	c.add(1.6, "CALL", "append", c.replace(path[0], call))
}

// compareContents compares by length, text or element what cannot be compared as it is.
func (c *fixContext) compareContents(x, y ast.Expr, tx, ty types.Type, op token.Token, path []ast.Node) {
	b, ok := path[0].(*ast.BinaryExpr)
	if !ok {
		return
	}
	not := ""
	if op == token.NEQ {
		not = "!"
	}
	if isError(tx) && isError(ty) {
		c.addWithImports(0.5, "CALL", "errors-is", []string{"errors"}, c.replace(b, not+"errors.Is("+c.text(x)+", "+c.text(y)+")"))
	}
	if isString(ty) && c.text(y) == `""` && elemOf(tx) != nil {
		c.add(1, "CMP", "compare-length", c.replace(b, "len("+c.text(x)+") "+op.String()+" 0"))
	}
}

// fixNilMismatch repairs a comparison of a value that is never nil with nil.
func fixNilMismatch(c *fixContext) {
	x, y, op, path := c.binary()
	b, ok := ast.Node(nil), false
	if len(path) > 0 {
		b, ok = path[0].(*ast.BinaryExpr)
	}
	if !ok || x == nil || y == nil {
		return
	}
	for _, side := range [][2]ast.Expr{{x, y}, {y, x}} {
		value, other := side[0], side[1]
		if id, is := bare(other).(*ast.Ident); !is || id.Name != "nil" {
			continue
		}
		t := c.typeOf(value)
		if t == nil {
			continue
		}
		if zero, need := c.zero(t); zero != "nil" {
			if structOf(t) != nil {
				zero = "(" + zero + ")"
				if c.hasMember(t, "IsZero") {
					c.add(1.3, "CALL", "is-zero", c.replace(b, map[bool]string{true: "", false: "!"}[op == token.EQL]+c.text(value)+".IsZero()"))
				}
			}
			if isBoolean(t) {
				c.add(1, "CMP", "condition", c.replace(b, map[bool]string{true: "!", false: ""}[op == token.EQL]+c.text(value)))
			}
			c.addWithImports(1.2, "LIT", "zero-value", need, c.replace(other, zero))
		}
		for _, v := range c.variables(c.pos, nillable) {
			like := 0.0
			if id, is := bare(value).(*ast.Ident); is {
				like = likeness(id.Name, v.name)
			}
			if isError(v.obj.Type()) {
				like = max(like, 0.4)
			}
			c.add(0.7*like, "NAME", "other-variable", c.replace(value, v.name))
		}
		c.changeDeclaredType(value, types.NewPointer(t), 0.15)
	}
}
