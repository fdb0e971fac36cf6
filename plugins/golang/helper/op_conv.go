package main

import (
	"go/ast"
	"go/token"
	"go/types"
)

// changeConversion changes conversions that have an effect: runes against bytes, the order of conversion and
// division, other widths.
func (o *operators) changeConversion(call *ast.CallExpr) {
	if len(call.Args) != 1 {
		return
	}
	arg := call.Args[0]
	have, want := o.typeOf(arg), o.typeOf(call)
	if have == nil || want == nil {
		return
	}
	if types.Identical(have, want) && !o.readsAll(call, arg) {
		o.replace(o.opFor(call, "CONV"), "conv-drop", call, o.text(arg), 1)
	}
	if isString(have) && isPlainSlice(want) {
		elem := want.(*types.Slice).Elem()
		if types.Identical(elem, types.Universe.Lookup("rune").Type()) {
			if o.lenOnly() {
				o.replace("CONV", "conv-runes", call, o.text(arg), 1.5)
				o.replace("CONV", "conv-bytes", call.Fun, "[]byte", 0.5)
			}
		} else if o.lenOnly() {
			o.replace("CONV", "conv-runes", call.Fun, "[]rune", 1)
		}
	}
	o.divide(call, arg, have, want)
}

// lenOnly tells whether the current conversion is counted or ranged over, where runes and bytes are exchangeable.
func (o *operators) lenOnly() bool {
	switch p := o.parent(1).(type) {
	case *ast.CallExpr:
		return isBuiltin(p.Fun, "len")
	case *ast.RangeStmt:
		return true
	}
	return false
}

// divide moves a conversion across a division: float64(a/b) against float64(a)/float64(b).
func (o *operators) divide(call *ast.CallExpr, arg ast.Expr, have, want types.Type) {
	b, ok := ast.Unparen(arg).(*ast.BinaryExpr)
	if ok && (b.Op == token.QUO || b.Op == token.MUL || b.Op == token.SUB || b.Op == token.ADD) && isNumeric(have) && isNumeric(want) && o.info.Types[b].Value == nil {
		fun := o.text(call.Fun)
		text := fun + "(" + o.text(b.X) + ") " + b.Op.String() + " " + fun + "(" + o.text(b.Y) + ")"
		if o.info.Types[b.Y].Value != nil {
			text = fun + "(" + o.text(b.X) + ") " + b.Op.String() + " " + o.text(b.Y)
		}
		o.replace("CONV", "conv-divide", call, text, 1)
	}
	if p, ok := o.parent(1).(*ast.BinaryExpr); ok && p.Op == token.QUO {
		x, okX := p.X.(*ast.CallExpr)
		y, okY := p.Y.(*ast.CallExpr)
		if okX && okY && x == call && o.text(x.Fun) == o.text(y.Fun) && len(x.Args) == 1 && len(y.Args) == 1 && fits(o.typeOf(x.Args[0]), o.typeOf(y.Args[0])) {
			o.replace("CONV", "conv-divide", p, o.text(x.Fun)+"("+o.operandText(x.Args[0], token.QUO)+"/"+o.operandText(y.Args[0], token.QUO)+")", 1)
		}
	}
}
