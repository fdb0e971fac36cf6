package main

import (
	"go/ast"
	"go/token"
	"go/types"
)

// maxSized bounds the lists that one place may measure instead.
const maxSized = 5

// sizeOps mends sizes and amounts: the length of another list, of a row in place of the table, one more or less inside
// a product or a conversion, and the sibling of a field that should be added or taken away.
func sizeOps(o *operators, n ast.Node) {
	switch n := n.(type) {
	case *ast.CallExpr:
		o.measured(n)
	case *ast.Ident:
		o.inner(n)
	case *ast.SelectorExpr:
		o.inner(n)
		o.siblingTerm(n, n)
	case *ast.IndexExpr:
		if sel, ok := n.X.(*ast.SelectorExpr); ok {
			o.siblingTerm(n, sel)
		}
	}
}

// measured takes the length of another list, which may have another type: a table's row, the table of a row.
func (o *operators) measured(call *ast.CallExpr) {
	if len(call.Args) != 1 || !isBuiltin(call.Fun, "len", "cap") {
		return
	}
	x := call.Args[0]
	t := o.typeOf(x)
	if index, ok := x.(*ast.IndexExpr); ok {
		if _, isMap := under(o.typeOf(index.X)).(*types.Map); !isMap {
			o.replace("INDEX", "length-table", x, o.text(index.X), 1)
		}
	} else if elem := listElement(t); elem != nil && hasLen(elem) && isSimple(x) {
		o.replace("INDEX", "length-row", x, o.text(x)+"[0]", 1)
	}
	count := 0
	for _, obj := range o.visible(x.Pos()) {
		v, ok := obj.(*types.Var)
		if !ok || !o.isLocal(v) || !hasLen(v.Type()) || types.Identical(v.Type(), t) || v.Name() == o.text(x) {
			continue
		}
		if count++; count > maxSized {
			break
		}
		o.replace("NAME", "length-other", x, v.Name(), 1/float64(count)+similarity(v.Name(), o.text(x)))
	}
	for i, e := range o.fieldsUsed() {
		if i < maxSized && hasLen(o.typeOf(e)) && !types.Identical(o.typeOf(e), t) && o.resolves(e, x.Pos()) {
			o.replace("NAME", "length-other", x, o.text(e), 0.5/float64(i+1))
		}
	}
}

// inner adds and subtracts one at an integer that is an operand of a product or is converted.
func (o *operators) inner(e ast.Expr) {
	if tv := o.info.Types[e]; !isInteger(tv.Type) || tv.Value != nil || !o.isValue(e) {
		return
	}
	text := o.text(e)
	switch p := o.parent(1).(type) {
	case *ast.BinaryExpr:
		if p.Op == token.MUL || p.Op == token.QUO || p.Op == token.REM {
			o.replace("TERM", "plus-one-inner", e, "("+text+" - 1)", 1)
			o.replace("TERM", "plus-one-inner", e, "("+text+" + 1)", 1)
		}
	case *ast.CallExpr:
		if o.info.Types[p.Fun].IsType() && len(p.Args) == 1 && p.Args[0] == e {
			o.replace("TERM", "plus-one-inner", e, text+" - 1", 1)
			o.replace("TERM", "plus-one-inner", e, text+" + 1", 1)
		}
	}
}

// siblingTerm adds to a number, or takes off it, what stands in another field of the same value.
func (o *operators) siblingTerm(e ast.Expr, sel *ast.SelectorExpr) {
	if !isNumeric(o.typeOf(e)) || !o.isValue(e) || o.info.Selections[sel] == nil {
		return
	}
	switch p := o.parent(1).(type) {
	case *ast.BinaryExpr:
		if p.Op.Precedence() > token.ADD.Precedence() {
			return
		}
	case *ast.CallExpr, *ast.ReturnStmt, *ast.AssignStmt:
	default:
		return
	}
	t := o.info.Selections[sel].Type()
	for _, f := range structFields(o.typeOf(sel.X)) {
		if f.Name() == sel.Sel.Name || f.Name() == "_" || !f.Exported() && f.Pkg() != o.pkg.Types || !types.Identical(f.Type(), t) {
			continue
		}
		other := o.text(sel.X) + "." + f.Name() + string(o.src[o.off(sel.End()):o.off(e.End())])
		o.replace("TERM", "term-sibling", e, o.text(e)+" - "+other, 1)
		o.replace("TERM", "term-sibling", e, o.text(e)+" + "+other, 1)
	}
}
