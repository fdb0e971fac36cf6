package main

import (
	"go/ast"
	"go/types"
)

// returnOps changes what a return statement gives back as a whole.
func returnOps(o *operators, n ast.Node) {
	ret, ok := n.(*ast.ReturnStmt)
	if !ok || len(ret.Results) == 0 {
		return
	}
	sig := o.signatureAt()
	if sig == nil || sig.Results().Len() != len(ret.Results) {
		return
	}
	for i, e := range ret.Results {
		o.changeResult(ret, e, sig.Results().At(i))
		for j := i + 1; j < len(ret.Results); j++ {
			a, b := o.typeOf(e), o.typeOf(ret.Results[j])
			if a != nil && b != nil && types.AssignableTo(a, sig.Results().At(j).Type()) && types.AssignableTo(b, sig.Results().At(i).Type()) {
				o.emit("RETURN", "swap-results", ret, 1, Edit{o.off(e.Pos()), o.off(e.End()), o.text(ret.Results[j])},
					Edit{o.off(ret.Results[j].Pos()), o.off(ret.Results[j].End()), o.text(e)})
			}
		}
	}
	o.otherReturns(ret, sig)
}

// signatureAt returns the signature of the innermost function around the current node.
func (o *operators) signatureAt() *types.Signature {
	for i := len(o.stack) - 1; i > 0; i-- {
		if lit, ok := o.stack[i].(*ast.FuncLit); ok {
			sig, _ := o.typeOf(lit).(*types.Signature)
			return sig
		}
	}
	if obj, ok := o.info.Defs[o.fn.Name].(*types.Func); ok {
		return obj.Type().(*types.Signature)
	}
	return nil
}

// changeResult tries zero values, nil and the other values of fitting type for one result.
func (o *operators) changeResult(ret *ast.ReturnStmt, e ast.Expr, want *types.Var) {
	if o.readsLast(e) {
		return
	}
	t := want.Type()
	for _, text := range zeroTexts(o, t) {
		o.replace("RETURN", "return-zero", e, text, 1)
	}
	for i, name := range o.namesFor(e.Pos(), t, nil) {
		if i < 8 {
			o.replace(o.resultOp(e, name), "return-name", e, name, 1/float64(i+1))
		}
	}
}

// resultOp returns the class of a result replaced by text: that of taking it out of a larger expression when it is a
// part of one, else RETURN.
func (o *operators) resultOp(e ast.Expr, text string) string {
	if op := wrapperClass(e, func(part ast.Expr) bool { return o.text(part) == text }); op != "" {
		return op
	}
	return "RETURN"
}

// zeroTexts returns the plain values of a type: zero, and true, 1 or -1 beside it.
func zeroTexts(o *operators, t types.Type) []string {
	switch {
	case isBoolean(t):
		return []string{"true", "false"}
	case isString(t):
		return []string{`""`}
	case isInteger(t):
		if basicInfo(t)&types.IsUnsigned != 0 {
			return []string{"0", "1"}
		}
		return []string{"0", "-1", "1"}
	case isNumeric(t):
		return []string{"0"}
	}
	switch u := under(t).(type) {
	case *types.Struct:
		if _, named := t.(*types.Named); named {
			return []string{o.typeText(t) + "{}"}
		}
	case *types.Slice, *types.Map:
		if _, param := t.(*types.TypeParam); param {
			return nil
		}
		if isPlainSlice(t) {
			return []string{"nil", o.typeText(t) + "{}"}
		}
		return []string{"nil"}
	case *types.Array:
		_ = u
		return []string{o.typeText(t) + "{}"}
	}
	if nilable(t) {
		return []string{"nil"}
	}
	return nil
}

// maxReturns bounds the other return statements that one is compared with.
const maxReturns = 6

// otherReturns replaces the results by those of another return statement of the function, and drops results that
// are named.
func (o *operators) otherReturns(ret *ast.ReturnStmt, sig *types.Signature) {
	own := o.resultsText(ret)
	o.swapReturns(ret)
	left := maxReturns
	for _, exit := range o.facts.exits {
		other, ok := exit.(*ast.ReturnStmt)
		if !ok || left == 0 || other == ret || len(other.Results) != len(ret.Results) || len(ret.Results) < 1 || !o.resolves(other, ret.Pos()) {
			continue
		}
		if text := o.resultsText(other); text != own && len(text) < 80 && !o.readsLast(ret) {
			left--
			o.emit("RETURN", "return-other", ret, 1, Edit{o.off(ret.Results[0].Pos()), o.off(ret.End()), text})
		}
	}
	if sig.Results().At(0).Name() != "" && !o.readsLast(ret) {
		o.emit("RETURN", "return-named", ret, 0.5, Edit{o.off(ret.Pos()) + len("return"), o.off(ret.End()), ""})
	}
}

// swapReturns exchanges the results of two return statements when both are plain values: the two answers of a test
// are often the wrong way round.
func (o *operators) swapReturns(ret *ast.ReturnStmt) {
	left := maxReturns
	for _, exit := range o.facts.exits {
		other, ok := exit.(*ast.ReturnStmt)
		if !ok || left == 0 || other.Pos() <= ret.Pos() || len(other.Results) != len(ret.Results) || !o.plain(ret) || !o.plain(other) {
			continue
		}
		a, b := o.resultsText(ret), o.resultsText(other)
		if a == b {
			continue
		}
		left--
		o.emit("RETURN", "swap-returns", ret, 1, Edit{o.off(ret.Results[0].Pos()), o.off(ret.End()), b},
			Edit{o.off(other.Results[0].Pos()), o.off(other.End()), a})
	}
}

// plain tells whether every result is a constant, nil or a simple name.
func (o *operators) plain(ret *ast.ReturnStmt) bool {
	for _, e := range ret.Results {
		if o.info.Types[e].Value == nil && !isSimple(e) || !o.resolves(e, o.fn.Body.Rbrace) {
			return false
		}
	}
	return len(ret.Results) > 0
}

// resultsText returns the results of a return statement as written.
func (o *operators) resultsText(ret *ast.ReturnStmt) string {
	if len(ret.Results) == 0 {
		return ""
	}
	return string(o.src[o.off(ret.Results[0].Pos()):o.off(ret.Results[len(ret.Results)-1].End())])
}

// sentinelOps exchanges extreme values and initial values: math.MinInt against math.MaxInt, nil against an empty
// list, and the literals of two returns.
func sentinelOps(o *operators, n ast.Node) {
	switch n := n.(type) {
	case *ast.SelectorExpr:
		other := sentinels[n.Sel.Name]
		if id, ok := n.X.(*ast.Ident); ok && other != "" {
			if p, ok := o.info.Uses[id].(*types.PkgName); ok && p.Imported().Path() == "math" {
				o.replace(o.opFor(n, "FIELD"), "sentinel", n.Sel, other, 1)
				o.replace(o.wholeOp(n, "LIT"), "sentinel-zero", n, "0", 0.7)
			}
		}
	case *ast.Ident:
		if n.Name == "nil" && o.isNil(n) {
			if t := o.expected(n); isPlainSlice(t) {
				o.replace(o.wholeOp(n, "LIT"), "nil-empty", n, o.typeText(t)+"{}", 1)
			}
		}
	case *ast.CompositeLit:
		if len(n.Elts) == 0 && isPlainSlice(o.typeOf(n)) {
			if _, define := o.parent(1).(*ast.AssignStmt); !define {
				o.replace(o.wholeOp(n, "LIT"), "nil-empty", n, "nil", 1)
			}
		}
	case *ast.CallExpr:
		// math.Inf(1) against math.Inf(-1) comes with the literals; a sum that starts at a parameter's first element
		// comes with the names.
	}
}

// sentinels maps an extreme value of package math to its opposite.
var sentinels = map[string]string{
	"MinInt": "MaxInt", "MaxInt": "MinInt", "MinInt8": "MaxInt8", "MaxInt8": "MinInt8", "MinInt16": "MaxInt16", "MaxInt16": "MinInt16",
	"MinInt32": "MaxInt32", "MaxInt32": "MinInt32", "MinInt64": "MaxInt64", "MaxInt64": "MinInt64", "MaxUint32": "MaxInt32", "MaxUint64": "MaxInt64",
	"MaxFloat64": "SmallestNonzeroFloat64", "SmallestNonzeroFloat64": "MaxFloat64",
}

// isNil tells whether an identifier is the predeclared nil.
func (o *operators) isNil(id *ast.Ident) bool {
	_, ok := o.info.Uses[id].(*types.Nil)
	return ok
}

// expected returns the type that the place of the current node n wants, nil when unknown.
func (o *operators) expected(n ast.Expr) types.Type {
	switch p := o.parent(1).(type) {
	case *ast.ReturnStmt:
		if sig := o.signatureAt(); sig != nil {
			for i, e := range p.Results {
				if e == n && sig.Results().Len() == len(p.Results) {
					return sig.Results().At(i).Type()
				}
			}
		}
	case *ast.CallExpr:
		if sig, ok := under(o.typeOf(p.Fun)).(*types.Signature); ok {
			for i, e := range p.Args {
				if e == n {
					return paramType(sig, i)
				}
			}
		}
	case *ast.AssignStmt:
		for i, e := range p.Rhs {
			if e == n && len(p.Lhs) == len(p.Rhs) {
				return o.typeOf(p.Lhs[i])
			}
		}
	}
	return nil
}
