package main

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
)

// groupOps changes which operands an operator takes, and how a division rounds.
func groupOps(o *operators, n ast.Node) {
	b, ok := n.(*ast.BinaryExpr)
	if !ok || o.info.Types[b].Value != nil || isString(o.typeOf(b)) {
		return
	}
	o.regroup(b)
	o.rounding(b)
}

// groupable tells whether operands may be regrouped around an operator.
func groupable(op token.Token) bool {
	switch op {
	case token.ADD, token.SUB, token.MUL, token.QUO, token.REM, token.LAND, token.LOR, token.AND, token.OR, token.XOR:
		return true
	}
	return false
}

// regroup turns a op (b op c) into (a op b) op c and the other way round, and multiplies before it divides.
func (o *operators) regroup(b *ast.BinaryExpr) {
	if !groupable(b.Op) {
		return
	}
	join := func(x string, op token.Token, y string) string { return x + " " + op.String() + " " + y }
	put := func(text string, weight float64) {
		o.replace(o.opFor(b, "REWRITE"), "group", b, text, weight)
	}
	if x, ok := ast.Unparen(b.X).(*ast.BinaryExpr); ok && groupable(x.Op) && !associative(x.Op, b.Op) {
		put(join(o.operandText(x.X, x.Op), x.Op, "("+join(o.text(x.Y), b.Op, o.text(b.Y))+")"), 1)
		if x.Op == token.QUO && b.Op == token.MUL && isInteger(o.typeOf(b)) {
			put(join(join(o.operandText(x.X, x.Op), token.MUL, o.operandText(b.Y, b.Op)), token.QUO, o.operandText(x.Y, x.Op)), 2)
		}
	}
	if y, ok := ast.Unparen(b.Y).(*ast.BinaryExpr); ok && groupable(y.Op) && !associative(b.Op, y.Op) {
		left := join(o.text(b.X), b.Op, o.text(y.X))
		if y.Op.Precedence() > b.Op.Precedence() {
			left = "(" + left + ")"
		}
		put(join(left, y.Op, o.text(y.Y)), 1)
	}
}

// associative tells whether the grouping of two operators does not matter.
func associative(x, y token.Token) bool {
	switch x {
	case token.ADD, token.MUL, token.AND, token.OR, token.XOR, token.LAND, token.LOR:
		return x == y
	}
	return false
}

// rounding rounds an integer division up, and keeps a remainder from being negative.
func (o *operators) rounding(b *ast.BinaryExpr) {
	t := o.typeOf(b)
	if !isInteger(t) || !isSimple(b.Y) && o.info.Types[b.Y].Value == nil {
		return
	}
	x, y := o.operandText(b.X, token.ADD), o.text(b.Y)
	op := o.opFor(b, "REWRITE")
	switch {
	case b.Op == token.QUO:
		less := y + " - 1"
		if v := o.info.Types[b.Y].Value; v != nil {
			whole, exact := constant.Int64Val(constant.ToInt(v))
			if !exact || whole < 2 {
				return
			}
			less = formatLike("0", whole-1)
		}
		o.replace(op, "round-up", b, "("+o.sumText(b.X)+" + "+less+") / "+y, 1)
	case b.Op == token.REM && basicInfo(t)&types.IsUnsigned == 0:
		o.replace(op, "round-modulo", b, "("+o.text(b)+" + "+y+") % "+y, 0.7)
		o.replace(op, "round-modulo", b, "("+x+" + "+y+") % "+y, 0.7)
	}
}
