package main

import (
	"go/ast"
	"go/token"
	"go/types"
)

// indexOps changes indices and slice bounds.
func indexOps(o *operators, n ast.Node) {
	switch n := n.(type) {
	case *ast.IndexExpr:
		o.changeIndex(n)
	case *ast.SliceExpr:
		o.changeSlice(n)
	case *ast.Ident, *ast.SelectorExpr:
		o.sliceWhole(n.(ast.Expr))
	}
}

// changeIndex shifts an index by one, and tries the first and last element.
func (o *operators) changeIndex(n *ast.IndexExpr) {
	if _, isMap := under(o.typeOf(n.X)).(*types.Map); isMap || !isInteger(o.typeOf(n.Index)) || o.info.Types[n.Index].IsType() {
		return
	}
	index := o.sumText(n.Index)
	if _, literal := n.Index.(*ast.BasicLit); !literal {
		o.replace("INDEX", "index-shift", n.Index, index+"+1", 1.5)
		o.replace("INDEX", "index-shift", n.Index, index+"-1", 1.5)
		if _, pointer := under(o.typeOf(n.X)).(*types.Pointer); !pointer && !o.readsLast(n.Index) {
			o.replace("INDEX", "index-first", n.Index, "0", 0.5)
		}
	}
	if _, name := n.Index.(*ast.Ident); !name && !o.readsLast(n.Index) && isInt(o.typeOf(n.Index)) {
		for i, name := range o.termNames(n.Index, 4) {
			o.replace("INDEX", "index-name", n.Index, name, 0.6)
			if i < 2 {
				o.replace("INDEX", "index-name", n.Index, name+"+1", 0.3)
				o.replace("INDEX", "index-name", n.Index, name+"-1", 0.3)
			}
		}
	}
	if !o.readsLast(n.Index) && hasLen(o.typeOf(n.X)) && isSimple(n.X) {
		o.replace("INDEX", "index-last", n.Index, "len("+o.text(n.X)+")-1", 0.7)
		if b, ok := n.Index.(*ast.BinaryExpr); !ok || b.Op == token.SUB {
			o.replace("INDEX", "index-mirror", n.Index, "len("+o.text(n.X)+")-1-"+o.operandText(n.Index, token.SUB), 0.4)
		}
	}
	if b, ok := n.Index.(*ast.BinaryExpr); ok && b.Op == token.REM {
		return
	}
	if isSimple(n.X) && hasLen(o.typeOf(n.X)) && o.hasRing(n) {
		o.replace("INDEX", "index-ring", n.Index, "("+o.text(n.Index)+")%len("+o.text(n.X)+")", 0.3)
	}
}

// hasRing tells whether the function reduces some index by a modulus.
func (o *operators) hasRing(ast.Node) bool { return o.facts.modulo }

// sumText returns the text of an expression as the left operand of + or -.
func (o *operators) sumText(e ast.Expr) string {
	if b, ok := e.(*ast.BinaryExpr); ok && b.Op.Precedence() < token.ADD.Precedence() {
		return "(" + o.text(e) + ")"
	}
	return o.text(e)
}

// isSimple tells whether an expression is a name or a chain of selectors, cheap to write twice.
func isSimple(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return true
	case *ast.SelectorExpr:
		return isSimple(e.X)
	case *ast.StarExpr:
		return isSimple(e.X)
	}
	return false
}

// changeSlice drops, adds and shifts the bounds of a slice expression.
func (o *operators) changeSlice(n *ast.SliceExpr) {
	if n.Max != nil {
		return
	}
	colon := o.colon(n)
	if n.Low != nil {
		if !o.readsLast(n.Low) {
			o.emit("INDEX", "slice-drop-low", n, 1, Edit{o.off(n.Low.Pos()), o.off(n.Low.End()), ""})
		}
		o.shiftBound(n.Low)
	} else {
		o.emit("INDEX", "slice-add-low", n, 1, Edit{colon, colon, "1"})
		for _, name := range o.boundNames(n, 4) {
			o.emit("INDEX", "slice-add-name", n, 0.4, Edit{colon, colon, name})
		}
	}
	if n.High != nil {
		if !o.readsLast(n.High) {
			o.emit("INDEX", "slice-drop-high", n, 1, Edit{o.off(n.High.Pos()), o.off(n.High.End()), ""})
		}
		o.shiftBound(n.High)
	} else {
		if isSimple(n.X) {
			o.emit("INDEX", "slice-add-high", n, 1, Edit{colon + 1, colon + 1, "len(" + o.text(n.X) + ")-1"})
		}
		for _, name := range o.boundNames(n, 4) {
			o.emit("INDEX", "slice-add-name", n, 0.4, Edit{colon + 1, colon + 1, name})
		}
	}
	if n.Low != nil && n.High == nil {
		o.emit("INDEX", "slice-flip", n, 0.7, Edit{o.off(n.Low.Pos()), colon + 1, ":" + o.text(n.Low)})
	}
	if n.High != nil && n.Low == nil {
		o.emit("INDEX", "slice-flip", n, 0.7, Edit{colon, o.off(n.High.End()), o.text(n.High) + ":"})
	}
	if o.assignableFrom(n.X, n) && (n.Low == nil || !o.readsLast(n.Low)) && (n.High == nil || !o.readsLast(n.High)) {
		o.emit(o.opFor(n, "INDEX"), "slice-drop-all", n, 0.5, Edit{o.off(n.Lbrack), o.off(n.Rbrack) + 1, ""})
	}
}

// assignableFrom tells whether x can stand where e stands by type.
func (o *operators) assignableFrom(x, e ast.Expr) bool {
	have, want := o.typeOf(x), o.typeOf(e)
	return have != nil && want != nil && types.Identical(have, want)
}

// colon returns the offset of the first colon of a slice expression.
func (o *operators) colon(n *ast.SliceExpr) int {
	at := o.off(n.Lbrack) + 1
	if n.Low != nil {
		at = o.off(n.Low.End())
	}
	for at < len(o.src) && o.src[at] != ':' {
		at++
	}
	return at
}

// shiftBound moves a bound by one.
func (o *operators) shiftBound(e ast.Expr) {
	if _, literal := e.(*ast.BasicLit); literal {
		return
	}
	text := o.sumText(e)
	o.replace("INDEX", "slice-shift", e, text+"+1", 1)
	o.replace("INDEX", "slice-shift", e, text+"-1", 1)
}

// boundNames returns integer variables in scope, local ones.
func (o *operators) boundNames(n ast.Expr, limit int) []string {
	var out []string
	for _, obj := range o.visible(n.Pos()) {
		if v, ok := obj.(*types.Var); ok && o.isLocal(v) && isInteger(v.Type()) && len(out) < limit {
			out = append(out, v.Name())
		}
	}
	return out
}

// sliceWhole cuts the first or last element off a list that is used whole.
func (o *operators) sliceWhole(e ast.Expr) {
	t := o.typeOf(e)
	if _, ok := under(t).(*types.Slice); !ok && !isString(t) || !o.isValue(e) {
		return
	}
	if tv := o.info.Types[e]; tv.Value != nil {
		return
	}
	switch p := o.parent(1).(type) {
	case *ast.CallExpr:
		if p.Fun == e || len(p.Args) > 0 && p.Args[0] == e && isBuiltin(p.Fun, "len", "append", "cap") {
			return
		}
	case *ast.RangeStmt:
		if p.X != e {
			return
		}
	case *ast.ReturnStmt, *ast.AssignStmt:
	default:
		return
	}
	end := o.off(e.End())
	o.emit("INDEX", "slice-whole", e, 0.6, Edit{end, end, "[1:]"})
	if isSimple(e) {
		o.emit("INDEX", "slice-whole", e, 0.4, Edit{end, end, "[:len(" + o.text(e) + ")-1]"})
	}
	for _, name := range o.boundNames(e, 3) {
		o.emit("INDEX", "slice-whole-name", e, 0.3, Edit{end, end, "[:" + name + "]"})
		o.emit("INDEX", "slice-whole-name", e, 0.3, Edit{end, end, "[" + name + ":]"})
	}
}

// isBuiltin tells whether a call's function is one of the named predeclared ones.
func isBuiltin(fun ast.Expr, names ...string) bool {
	id, ok := fun.(*ast.Ident)
	if !ok {
		return false
	}
	for _, name := range names {
		if id.Name == name {
			return true
		}
	}
	return false
}
