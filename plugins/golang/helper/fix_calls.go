package main

import (
	"go/ast"
	"go/types"
	"strings"
)

// call returns the call the diagnostic is about, with its path.
func (c *fixContext) call() (*ast.CallExpr, []ast.Node) {
	for i, n := range c.path {
		switch n := n.(type) {
		case *ast.CallExpr:
			return n, c.path[i:]
		case *ast.FuncLit:
			if i > 0 {
				return nil, nil // a function literal that is itself an argument belongs to the call
			}
		case *ast.BlockStmt:
			return nil, nil
		}
	}
	return nil, nil
}

// signatureOf returns the signature of what a call calls, nil for a conversion or an unknown function.
func (c *fixContext) signatureOf(call *ast.CallExpr) *types.Signature {
	t := c.typeOf(call.Fun)
	if t == nil {
		return nil
	}
	sig, _ := t.Underlying().(*types.Signature)
	return sig
}

// fixArgCount repairs a call with too few or too many arguments.
func fixArgCount(c *fixContext) {
	call, path := c.call()
	named, _, _ := strings.Cut(c.diag.Message, "\n")
	if _, after, ok := strings.Cut(named, "in call to "); ok {
		named = after
	}
	for call != nil && len(path) > 1 && !strings.Contains(named, c.text(call.Fun)) {
		var next *ast.CallExpr
		rest := path[1:]
		for i, n := range rest {
			if outer, ok := n.(*ast.CallExpr); ok {
				next, path = outer, rest[i:]
				break
			}
		}
		if next == nil {
			break
		}
		call = next
	}
	if call == nil {
		return
	}
	c.builtinArgs(call)
	sig := c.signatureOf(call)
	if sig == nil {
		c.conversionArgs(call)
		return
	}
	want := sig.Params().Len()
	have := len(call.Args)
	if have == 1 {
		if tuple, ok := c.pkg.Info.TypeOf(call.Args[0]).(*types.Tuple); ok {
			c.spreadTuple(call, tuple)
		}
	}
	switch {
	case have < want:
		c.addArguments(call, sig)
	case have > want:
		c.dropArguments(call, sig)
	}
	c.otherCallee(call, path)
	c.changeParameters(call, sig)
}

// addArguments completes a call by every alignment of the arguments that are there with the parameters.
func (c *fixContext) addArguments(call *ast.CallExpr, sig *types.Signature) {
	want := sig.Params().Len()
	if sig.Variadic() {
		want--
	}
	missing := want - len(call.Args)
	if missing <= 0 || missing > 3 {
		return
	}
	for _, gap := range gaps(want, missing) {
		score, at := 1.0, 0
		if gap[want-1] {
			score = 1.15
		}
		var options [][]filler
		for i := range want {
			t := sig.Params().At(i).Type()
			if gap[i] {
				options = append(options, c.fillers(t, sig.Params().At(i).Name(), call))
				continue
			}
			score *= c.argumentScore(call.Args[at], t, sig.Params().At(i).Name())
			at++
		}
		c.fillCall(call, gap, options, score)
	}
}

// argumentScore rates an argument for a parameter by type and name.
func (c *fixContext) argumentScore(arg ast.Expr, t types.Type, name string) float64 {
	score := want{typ: t}.fit(c.typeOf(arg))
	if _, generic := t.(*types.TypeParam); generic {
		score = 1
	}
	if id, ok := bare(arg).(*ast.Ident); ok && strings.EqualFold(id.Name, name) || c.text(arg) == usualArguments[name] {
		score *= 1.5
	}
	return score
}

// gaps lists the ways to choose which of n places are missing.
func gaps(n, missing int) []map[int]bool {
	if missing == 0 {
		return []map[int]bool{{}}
	}
	var out []map[int]bool
	var choose func(from int, chosen []int)
	choose = func(from int, chosen []int) {
		if len(chosen) == missing {
			set := map[int]bool{}
			for _, i := range chosen {
				set[i] = true
			}
			out = append(out, set)
			return
		}
		for i := from; i < n; i++ {
			choose(i+1, append(chosen[:len(chosen):len(chosen)], i))
		}
	}
	choose(0, nil)
	return out
}

// filler is an expression for a missing argument.
type filler struct {
	text    string
	weight  float64
	imports []string
}

// fillers lists values for a parameter: variables of its type (of its name first), fields of the receiver, its zero value.
func (c *fixContext) fillers(t types.Type, name string, call *ast.CallExpr) []filler {
	var out []filler
	used := map[string]bool{}
	for _, arg := range call.Args {
		used[c.text(arg)] = true
	}
	if isNamed(t, "context", "Context") {
		out = append(out, filler{"context.Background()", 0.25, []string{"context"}}, filler{"context.TODO()", 0.1, []string{"context"}})
	}
	for _, v := range c.variables(call.Pos(), func(o types.Type) bool { return types.AssignableTo(o, t) }) {
		if _, any := t.Underlying().(*types.Interface); any && !types.Identical(v.obj.Type(), t) && t.Underlying().(*types.Interface).NumMethods() == 0 {
			continue
		}
		weight := 0.35
		if v.name == name {
			weight = 1.3
		} else if like := likeness(v.name, name); like > 0.3 {
			weight = 0.5 + 0.4*like
		}
		if v.obj.Parent() == c.pkg.Types.Scope() && v.name != name {
			weight *= 0.3
		}
		if used[v.name] {
			weight *= 0.3
		}
		if !c.usedElsewhere(v.obj) {
			weight *= 1.6
		}
		out = append(out, filler{v.name, weight, nil})
	}
	if usual, ok := usualArguments[name]; ok {
		out = append(out, filler{usual, 1.1, nil})
	}
	out = append(out, c.fieldFillers(t, name, call)...)
	for i := range c.pkg.Types.Scope().Names() {
		if k, ok := c.pkg.Types.Scope().Lookup(c.pkg.Types.Scope().Names()[i]).(*types.Const); ok && !isUntyped(k.Type()) && types.Identical(k.Type(), t) {
			out = append(out, filler{k.Name(), 0.08, nil})
		}
	}
	zero, need := c.zero(t)
	if _, generic := t.(*types.TypeParam); generic {
		return out
	}
	weight := 0.12
	if len(out) > 0 && out[len(out)-1].weight == 0.08 {
		weight = 0.02 // the type has named values: a bare number is not one of them
	}
	return append(out, filler{zero, weight, need})
}

// usualArguments are the values that parameters of these names mostly get in the standard library.
var usualArguments = map[string]string{
	"base": "10", "bitSize": "64", "n": "-1", "perm": "0o644", "prec": "-1", "mode": "0", "cap": "0", "layout": "time.RFC3339",
}

// fieldFillers lists the receiver's fields of a type.
func (c *fixContext) fieldFillers(t types.Type, name string, call *ast.CallExpr) []filler {
	recv, rt := c.receiver()
	if recv == "" || rt == nil {
		return nil
	}
	var out []filler
	for _, m := range c.members(rt) {
		if m.method || !types.AssignableTo(m.typ, t) || types.IsInterface(t) && !types.Identical(m.typ, t) {
			continue
		}
		weight := 0.15 + 0.6*likeness(m.name, name)
		if strings.EqualFold(m.name, name) {
			weight = 0.9
		}
		out = append(out, filler{recv + "." + m.name, weight, nil})
	}
	return out
}

// usedElsewhere tells whether a variable is used at all.
func (c *fixContext) usedElsewhere(obj types.Object) bool {
	for _, o := range c.pkg.Info.Uses {
		if o == obj {
			return true
		}
	}
	return false
}

// fillCall proposes a call with its gaps filled by the best fillers.
func (c *fixContext) fillCall(call *ast.CallExpr, gap map[int]bool, options [][]filler, score float64) {
	var build func(k int, chosen []filler, weight float64)
	build = func(k int, chosen []filler, weight float64) {
		if k == len(options) {
			c.callWith(call, gap, chosen, weight)
			return
		}
		for _, f := range options[k] {
			build(k+1, append(chosen[:len(chosen):len(chosen)], f), weight*f.weight)
		}
	}
	if len(options) > 1 {
		for i := range options {
			options[i] = bestFillers(options[i], 3)
		}
	}
	build(0, nil, score)
}

func bestFillers(all []filler, n int) []filler {
	best := append([]filler(nil), all...)
	for i := 1; i < len(best); i++ {
		for k := i; k > 0 && best[k].weight > best[k-1].weight; k-- {
			best[k], best[k-1] = best[k-1], best[k]
		}
	}
	return best[:min(n, len(best))]
}

// callWith rewrites the arguments of a call with fillers in its gaps.
func (c *fixContext) callWith(call *ast.CallExpr, gap map[int]bool, chosen []filler, weight float64) {
	var args, imports []string
	at, k := 0, 0
	for i := 0; i < len(gap)+len(call.Args); i++ {
		switch {
		case gap[i]:
			args = append(args, chosen[k].text)
			imports = append(imports, chosen[k].imports...)
			k++
		case at < len(call.Args):
			args = append(args, c.text(call.Args[at]))
			at++
		}
	}
	c.addWithImports(weight, "ARG", "add-argument", imports, c.span(call.Lparen+1, call.Rparen, strings.Join(args, ", ")))
}

// dropArguments removes surplus arguments, those that fit no parameter first.
func (c *fixContext) dropArguments(call *ast.CallExpr, sig *types.Signature) {
	surplus := len(call.Args) - sig.Params().Len()
	if surplus > 3 {
		return
	}
	for _, gap := range gaps(len(call.Args), surplus) {
		var kept []string
		score, at := 1.0, 0
		for i, arg := range call.Args {
			if gap[i] {
				continue
			}
			score *= c.argumentScore(arg, sig.Params().At(at).Type(), sig.Params().At(at).Name())
			at++
			kept = append(kept, c.text(arg))
		}
		if gap[len(call.Args)-1] {
			score *= 1.15
		}
		c.add(score, "ARG", "drop-argument", c.span(call.Lparen+1, call.Rparen, strings.Join(kept, ", ")))
	}
}

// changeParameters gives a function of this package the parameters a call passes: one more, or one fewer.
func (c *fixContext) changeParameters(call *ast.CallExpr, sig *types.Signature) {
	var obj types.Object
	switch fun := bare(call.Fun).(type) {
	case *ast.Ident:
		obj = c.pkg.Info.Uses[fun]
	case *ast.SelectorExpr:
		obj = c.pkg.Info.Uses[fun.Sel]
	}
	f, fd := c.declaration(obj)
	if fd == nil || len(call.Args) != sig.Params().Len()+1 || sig.Variadic() {
		return
	}
	arg := call.Args[len(call.Args)-1]
	t := c.typeOf(arg)
	if t == nil || t == types.Typ[types.UntypedNil] {
		return
	}
	text, need := c.typeTextIn(f, types.Default(t))
	if len(need) > 0 {
		return
	}
	name := "arg"
	if id, ok := bare(arg).(*ast.Ident); ok && id.Name != "true" && id.Name != "false" {
		name = id.Name
	}
	at, lead := c.off(fd.Type.Params.Closing), ", "
	if sig.Params().Len() == 0 {
		lead = ""
	}
	c.addIn(f, 0.06, "DECL", "add-parameter", Edit{at, at, lead + name + " " + text})
}

// otherCallee proposes another function whose parameters take the arguments as they are.
func (c *fixContext) otherCallee(call *ast.CallExpr, path []ast.Node) {
	w := want{call: call, typ: c.wanted(path).typ}
	switch fun := bare(call.Fun).(type) {
	case *ast.Ident:
		for _, v := range c.names(call.Pos()) {
			if f, ok := v.obj.(*types.Func); ok && v.name != fun.Name && w.fit(f.Type()) >= 1 {
				c.add(0.6*likeness(fun.Name, v.name)*c.argumentFit(call, f), "CALL", "other-function", c.replace(fun, v.name))
			}
		}
	case *ast.SelectorExpr:
		if t := c.typeOf(fun.X); t != nil {
			for _, m := range c.members(t) {
				if m.name != fun.Sel.Name && w.fit(m.typ) >= 1 {
					c.add(0.6*likeness(fun.Sel.Name, m.name)*c.argumentFit(call, m.obj), "CALL", "other-method", c.replace(fun.Sel, m.name))
				}
			}
		} else if id, ok := fun.X.(*ast.Ident); ok {
			if pkg := c.imported(id.Name); pkg != nil {
				for _, name := range pkg.Scope().Names() {
					obj := pkg.Scope().Lookup(name)
					if f, is := obj.(*types.Func); is && f.Exported() && name != fun.Sel.Name && w.fit(f.Type()) >= 1 {
						c.add(0.5*likeness(fun.Sel.Name, name)*c.argumentFit(call, f), "CALL", "other-function", c.replace(fun.Sel, name))
					}
				}
			}
		}
	}
}

// spreadTuple uses the values of a call that returns several where its caller takes fewer.
func (c *fixContext) spreadTuple(call *ast.CallExpr, tuple *types.Tuple) {
	stmt, _ := c.statement()
	if stmt == nil || tuple.Len() == 0 {
		return
	}
	c.bindTuple(stmt, call.Args[0], tuple, 1)
}
