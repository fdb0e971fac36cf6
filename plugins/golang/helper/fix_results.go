package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// bindTuple names the values of a multi-valued call in front of a statement and uses the first in place of the call.
func (c *fixContext) bindTuple(stmt ast.Stmt, call ast.Expr, tuple *types.Tuple, weight float64) {
	n := tuple.Len()
	if n < 2 {
		return
	}
	name := c.freshName("v")
	blank := append([]string{name}, copies("_", n-1)...)
	last := tuple.At(n - 1).Type()
	use := c.replace(call, name)
	if isError(last) {
		withErr := append([]string{name}, append(copies("_", n-2), "err")...)
		head := strings.Join(withErr, ", ") + " := " + c.text(call)
		if handling := c.returnError(); handling != nil {
			c.add(1.4*weight, "INSERT", "bind-and-return-error", use, c.before(stmt, append(append([]string{head, "if err != nil {"}, handling...), "}")...))
		} else {
			c.add(0.25*weight, "INSERT", "bind-and-panic", use, c.before(stmt, head, "if err != nil {", "\tpanic(err)", "}"))
		}
	}
	c.add(0.9*weight, "INSERT", "bind-value", use, c.before(stmt, strings.Join(blank, ", ")+" := "+c.text(call)))
}

func copies(text string, n int) []string {
	out := make([]string, max(n, 0))
	for i := range out {
		out[i] = text
	}
	return out
}

// fixResultCount repairs a return with too few or too many values.
func fixResultCount(c *fixContext) {
	ret, ok := enclosing[*ast.ReturnStmt](c.path)
	if !ok {
		return
	}
	ft, _, sig := c.functionOf(pathTo(c.file, ret))
	if sig == nil || ft == nil {
		return
	}
	want, have := sig.Results().Len(), len(ret.Results)
	switch {
	case want == 0 && have > 0:
		c.dropValues(ret)
		c.declareResults(ft, ret)
	case have == 0:
		if _, body, _ := c.functionOf(pathTo(c.file, ret)); body != nil {
			c.add(0.3, "DELETE", "delete", c.remove(ret))
			for _, f := range c.returnValues(body, sig) {
				c.addWithImports(f.weight, "RETURN", "return-value", f.imports, c.replace(ret, "return "+f.text))
			}
		}
	case have < want:
		if len(ft.Results.List[0].Names) > 0 {
			c.add(0.5, "RETURN", "bare-return", c.replace(ret, "return"))
		}
		c.addValues(ret, sig)
	default:
		c.dropSurplus(ret, sig)
		c.addResults(ft, ret, sig)
	}
}

// dropValues returns nothing; calls among the values are kept as statements.
func (c *fixContext) dropValues(ret *ast.ReturnStmt) {
	values := string(c.file.Src[c.off(ret.Results[0].Pos()):c.off(ret.End())])
	if call, ok := bare(ret.Results[0]).(*ast.CallExpr); ok && len(ret.Results) == 1 {
		c.add(1.2, "RETURN", "call-and-return", c.replace(ret, c.text(call)+"\n"+indentOf(c.file.Src, c.off(ret.Pos()))+"return"))
		c.add(0.5, "RETURN", "call-instead-of-return", c.replace(ret, values))
		return
	}
	c.add(0.9, "RETURN", "drop-values", c.replace(ret, "return"))
}

// declareResults gives a function without results the types of the values it returns.
func (c *fixContext) declareResults(ft *ast.FuncType, ret *ast.ReturnStmt) {
	var texts, imports []string
	for _, e := range ret.Results {
		t := c.typeOf(e)
		if tuple, ok := c.pkg.Info.TypeOf(e).(*types.Tuple); ok && len(ret.Results) == 1 {
			for i := range tuple.Len() {
				text, need := c.typeText(tuple.At(i).Type())
				texts, imports = append(texts, text), append(imports, need...)
			}
			continue
		}
		if t == nil || t == types.Typ[types.UntypedNil] {
			texts = append(texts, "error")
			continue
		}
		text, need := c.typeText(types.Default(t))
		texts, imports = append(texts, text), append(imports, need...)
	}
	list := strings.Join(texts, ", ")
	if len(texts) != 1 {
		list = "(" + list + ")"
	}
	c.addWithImports(1.1, "TYPE", "declare-result", imports, c.insert(ft.Params.End(), " "+list))
}

// addValues completes a return by every alignment of its values with the results.
func (c *fixContext) addValues(ret *ast.ReturnStmt, sig *types.Signature) {
	want, have := sig.Results().Len(), len(ret.Results)
	if want-have > 3 {
		return
	}
	if have == 1 {
		c.returnTuple(ret, sig)
	}
	for _, gap := range gaps(want, want-have) {
		score, at := 1.0, 0
		var options [][]filler
		for i := range want {
			t := sig.Results().At(i).Type()
			if gap[i] {
				options = append(options, c.resultFillers(t, ret))
				continue
			}
			e := ret.Results[at]
			at++
			fit := wantOf(t).fit(c.typeOf(e))
			if id, ok := bare(e).(*ast.Ident); ok && id.Name == "nil" && isError(t) {
				fit = 1.3
			}
			score *= fit
		}
		for i := range options {
			options[i] = bestFillers(options[i], 4)
		}
		c.fillReturn(ret, gap, options, score)
	}
}

func wantOf(t types.Type) want { return want{typ: t} }

// resultFillers lists values for a missing result: nil for an error unless one is at hand, zero, variables of the type.
func (c *fixContext) resultFillers(t types.Type, ret *ast.ReturnStmt) []filler {
	zero, need := c.zero(t)
	if isError(t) {
		weight := 1.2
		if name := c.errorAtHand(ret); name != "" {
			return []filler{{name, 1.2, nil}, {"nil", 0.5, nil}}
		}
		return []filler{{"nil", weight, nil}}
	}
	out := []filler{{zero, 0.8, need}}
	if isBoolean(t) {
		out = []filler{{"true", 0.8, nil}, {"false", 0.7, nil}}
		if len(ret.Results) > 0 && c.isZeroText(ret.Results[0]) || c.errorAtHand(ret) != "" {
			out[1].weight = 1.2
		}
	}
	failing := c.errorAtHand(ret) != ""
	for _, v := range c.variables(ret.Pos(), func(o types.Type) bool { return types.AssignableTo(o, t) }) {
		if v.obj.Parent() == c.pkg.Types.Scope() {
			continue
		}
		weight := 0.5 / float64(v.depth+1)
		if !failing && !c.isParameter(v.obj) {
			weight += 0.5
		}
		for _, e := range ret.Results {
			if c.text(e) == v.name {
				weight *= 0.2
			}
		}
		out = append(out, filler{v.name, weight, nil})
	}
	return out
}

// isZeroText tells whether an expression is written as a zero value.
func (c *fixContext) isZeroText(e ast.Expr) bool {
	switch c.text(e) {
	case "0", `""`, "nil", "false", "-1":
		return true
	}
	lit, ok := bare(e).(*ast.CompositeLit)
	return ok && len(lit.Elts) == 0
}

// isParameter tells whether a variable is a parameter or receiver.
func (c *fixContext) isParameter(obj types.Object) bool {
	f, id := c.declaredIn(obj)
	if id == nil {
		return false
	}
	field, ok := enclosing[*ast.Field](pathTo(f, id))
	return ok && field.Pos() <= id.Pos() && id.End() <= field.End()
}

// errorAtHand returns the error variable that the statements around n have found not to be nil, "" for none.
func (c *fixContext) errorAtHand(n ast.Node) string {
	path := pathTo(c.file, n)
	for i := 1; i < len(path); i++ {
		s, ok := path[i].(*ast.IfStmt)
		if !ok || path[i-1] != ast.Node(s.Body) {
			continue
		}
		if b, is := s.Cond.(*ast.BinaryExpr); is && b.Op == token.NEQ && isError(c.typeOf(b.X)) {
			return c.text(b.X)
		}
	}
	return ""
}

func (c *fixContext) fillReturn(ret *ast.ReturnStmt, gap map[int]bool, options [][]filler, score float64) {
	var build func(k int, chosen []filler, weight float64)
	build = func(k int, chosen []filler, weight float64) {
		if k < len(options) {
			for _, f := range options[k] {
				build(k+1, append(chosen[:len(chosen):len(chosen)], f), weight*f.weight)
			}
			return
		}
		var values, imports []string
		at, used := 0, 0
		for i := 0; i < len(gap)+len(ret.Results); i++ {
			if gap[i] {
				values, imports = append(values, chosen[used].text), append(imports, chosen[used].imports...)
				used++
			} else {
				values = append(values, c.text(ret.Results[at]))
				at++
			}
		}
		c.addWithImports(weight, "RETURN", "add-result", imports, c.replace(ret, "return "+strings.Join(values, ", ")))
	}
	build(0, nil, score)
}

// returnTuple handles return f() where f gives a different number of values.
func (c *fixContext) returnTuple(ret *ast.ReturnStmt, sig *types.Signature) {
	e := ret.Results[0]
	if isError(c.typeOf(e)) && isError(sig.Results().At(sig.Results().Len()-1).Type()) {
		if _, call := bare(e).(*ast.CallExpr); call {
			return
		}
	}
	if s, ok := bare(e).(*ast.IndexExpr); ok && sig.Results().Len() == 2 && isBoolean(sig.Results().At(1).Type()) {
		if t := c.typeOf(s.X); t != nil {
			if _, isMap := t.Underlying().(*types.Map); isMap {
				indent := "\n" + indentOf(c.file.Src, c.off(ret.Pos()))
				c.add(2.5, "RETURN", "comma-ok", c.replace(ret, "v, ok := "+c.text(e)+indent+"return v, ok"))
			}
		}
	}
}

// dropSurplus drops returned values, those that fit no result first.
func (c *fixContext) dropSurplus(ret *ast.ReturnStmt, sig *types.Signature) {
	surplus := len(ret.Results) - sig.Results().Len()
	if surplus > 3 {
		return
	}
	for _, gap := range gaps(len(ret.Results), surplus) {
		var kept []string
		score, at := 1.0, 0
		for i, e := range ret.Results {
			if gap[i] {
				continue
			}
			score *= wantOf(sig.Results().At(at).Type()).fit(c.typeOf(e))
			at++
			kept = append(kept, c.text(e))
		}
		for i, e := range ret.Results {
			if gap[i] && c.text(e) != "nil" {
				score *= 0.8
			}
		}
		c.add(score, "RETURN", "drop-result", c.replace(ret, "return "+strings.Join(kept, ", ")))
	}
}

// addResults adds the surplus values' types to the signature.
func (c *fixContext) addResults(ft *ast.FuncType, ret *ast.ReturnStmt, sig *types.Signature) {
	have := sig.Results().Len()
	var texts, imports []string
	for i := range have {
		text, need := c.typeText(sig.Results().At(i).Type())
		texts, imports = append(texts, text), append(imports, need...)
	}
	for _, e := range ret.Results[have:] {
		t := c.typeOf(e)
		text := "error"
		if t != nil && t != types.Typ[types.UntypedNil] && !isError(t) {
			var need []string
			text, need = c.typeText(types.Default(t))
			imports = append(imports, need...)
		}
		texts = append(texts, text)
	}
	if ft.Results != nil && len(ft.Results.List) > 0 && len(ft.Results.List[0].Names) == 0 {
		c.addWithImports(0.6, "TYPE", "add-result-type", imports, c.replace(ft.Results, "("+strings.Join(texts, ", ")+")"))
	}
}

// swapResults returns the same values in another order.
func (c *fixContext) swapResults(path []ast.Node) {
	ret, ok := path[1].(*ast.ReturnStmt)
	if !ok || len(ret.Results) < 2 {
		return
	}
	_, _, sig := c.functionOf(path)
	if sig == nil || sig.Results().Len() != len(ret.Results) {
		return
	}
	for i := range ret.Results {
		for k := i + 1; k < len(ret.Results); k++ {
			if want := wantOf(sig.Results().At(i).Type()); want.fit(c.typeOf(ret.Results[k])) >= 1 &&
				wantOf(sig.Results().At(k).Type()).fit(c.typeOf(ret.Results[i])) >= 1 {
				c.add(2, "RETURN", "swap-results", c.replace(ret.Results[i], c.text(ret.Results[k])), c.replace(ret.Results[k], c.text(ret.Results[i])))
			}
		}
	}
}

// swapArguments passes the same arguments in another order: two exchanged, or one moved to the front or end.
func (c *fixContext) swapArguments(path []ast.Node) {
	call, ok := path[1].(*ast.CallExpr)
	if !ok || len(call.Args) < 2 {
		return
	}
	for i := range call.Args {
		for k := i + 1; k < len(call.Args); k++ {
			ti, tk := c.paramType(call, i), c.paramType(call, k)
			if ti == nil || tk == nil {
				continue
			}
			if wantOf(ti).fit(c.typeOf(call.Args[k])) >= 1 && wantOf(tk).fit(c.typeOf(call.Args[i])) >= 1 {
				c.add(1.9, "ARG", "swap-arguments", c.replace(call.Args[i], c.text(call.Args[k])), c.replace(call.Args[k], c.text(call.Args[i])))
			}
		}
	}
	if n := len(call.Args); n > 2 {
		for _, by := range []int{1, n - 1} {
			var edits []Edit
			fits := true
			for i := range call.Args {
				arg := call.Args[(i+by)%n]
				t := c.paramType(call, i)
				fits = fits && t != nil && wantOf(t).fit(c.typeOf(arg)) >= 1
				edits = append(edits, c.replace(call.Args[i], c.text(arg)))
			}
			if fits {
				c.add(1.5, "ARG", "rotate-arguments", edits...)
			}
		}
	}
}
