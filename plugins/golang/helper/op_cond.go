package main

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// check is a condition that may hold the answer at some place.
type check struct {
	text   string
	weight float64
}

// operand is something a condition can be about: a variable, a field of one, or a length.
type operand struct {
	text   string
	t      types.Type
	weight float64
}

// maxOperands bounds what conditions at one place are made of.
const maxOperands = 9

// conditionsAt returns conditions that make sense at pos, likeliest first: those of the function and of its
// neighbours in the file, and checks of what the nodes beside the place mention.
func (o *operators) conditionsAt(pos token.Pos, near ...ast.Node) []check {
	best := map[string]int{}
	var out []check
	add := func(text string, weight float64) {
		if text == "" || len(text) > 70 {
			return
		}
		if i, ok := best[text]; ok {
			out[i].weight = max(out[i].weight, weight)
			return
		}
		best[text] = len(out)
		out = append(out, check{text, weight})
	}
	operands := o.operandsAt(pos, near...)
	for _, cond := range o.facts.conds {
		if o.resolves(cond, pos) {
			add(o.text(cond), 1)
		}
	}
	for _, t := range o.condTemplates() {
		if o.namesResolve(t, pos) {
			weight := 0.3 * t.weight
			for _, x := range operands {
				if mentions(t.text, x.text) {
					weight += 0.3 * x.weight
				}
			}
			add(t.text, weight)
		}
	}
	for _, x := range operands {
		for i, text := range checksOf(x) {
			add(text, x.weight/float64(i+1))
		}
	}
	m := &maker{operators: o, pos: pos}
	for _, c := range o.callees(true) {
		for i, text := range m.fill(c) {
			add(text, c.weight/float64(i+1))
			add("!"+text, c.weight/float64(i+1))
		}
	}
	for i, x := range operands {
		for _, y := range operands[i+1:] {
			for k, text := range o.pairChecks(x, y) {
				add(text, 0.7*x.weight*y.weight/float64(k+2))
			}
		}
	}
	slices.SortStableFunc(out, func(a, b check) int { return cmp.Compare(b.weight, a.weight) })
	return out
}

// mentions tells whether a text contains a whole word.
func mentions(text, word string) bool {
	for i := 0; i+len(word) <= len(text); i++ {
		if text[i:i+len(word)] == word && !wordByte(text, i-1) && !wordByte(text, i+len(word)) {
			return true
		}
	}
	return false
}

// operandsAt returns what the nodes mention, in order of appearance, then the parameters and the fields that the
// function uses.
func (o *operators) operandsAt(pos token.Pos, near ...ast.Node) []operand {
	var out []operand
	seen := map[string]bool{}
	scope := o.pkg.Scope(o.file, pos)
	add := func(e ast.Expr, weight float64) {
		text := o.text(e)
		if seen[text] || len(out) >= maxOperands || len(text) > 24 || !o.resolves(e, pos) {
			return
		}
		seen[text] = true
		if t := o.typeOf(e); t != nil && o.info.Types[e].Value == nil {
			out = append(out, operand{text, t, weight})
		}
	}
	for i, n := range near {
		weight := 1 / float64(i+1)
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.IndexExpr:
				if o.isElement(n) && !o.info.Types[n.Index].IsType() {
					add(n, 0.8*weight)
				}
			case *ast.SelectorExpr:
				if isSimple(n) && o.info.Selections[n] != nil && o.info.Selections[n].Kind() == types.FieldVal {
					add(n, weight)
				}
			case *ast.Ident:
				if v, ok := o.info.Uses[n].(*types.Var); ok && !v.IsField() && o.isLocal(v) {
					add(n, weight)
				} else if v, ok := o.info.Defs[n].(*types.Var); ok && !seen[n.Name] && n.Name != "_" && len(out) < maxOperands {
					if _, found := scope.LookupParent(n.Name, pos); found == v {
						seen[n.Name] = true
						out = append(out, operand{n.Name, v.Type(), weight})
					}
				}
			}
			return true
		})
	}
	if sig := o.signatureAt(); sig != nil {
		for i := range sig.Params().Len() {
			v := sig.Params().At(i)
			if _, found := scope.LookupParent(v.Name(), pos); found == v && !seen[v.Name()] && v.Name() != "_" && len(out) < maxOperands {
				seen[v.Name()] = true
				out = append(out, operand{v.Name(), v.Type(), 0.5})
			}
		}
	}
	for _, e := range o.fieldsUsed() {
		add(e, 0.4)
	}
	return out
}

// fieldsUsed returns the simple field selections of the function, each once.
func (o *operators) fieldsUsed() []ast.Expr {
	if o.facts.fields == nil {
		o.facts.fields = []ast.Expr{}
		seen := map[string]bool{}
		ast.Inspect(o.fn.Body, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && isSimple(sel) && !seen[o.text(sel)] {
				if s := o.info.Selections[sel]; s != nil && s.Kind() == types.FieldVal {
					seen[o.text(sel)] = true
					o.facts.fields = append(o.facts.fields, sel)
				}
			}
			return true
		})
	}
	return o.facts.fields
}

// checksOf returns the checks of one value by its type, likeliest first.
func checksOf(x operand) []string {
	switch {
	case isError(x.t):
		return []string{x.text + " != nil", x.text + " == nil"}
	case isBoolean(x.t):
		return []string{x.text, "!" + x.text}
	case isInteger(x.t) && basicInfo(x.t)&types.IsUnsigned != 0:
		return []string{x.text + " == 0", x.text + " != 0"}
	case isInteger(x.t):
		return []string{x.text + " == 0", x.text + " < 0", x.text + " > 0", x.text + " <= 0", x.text + " >= 0", x.text + " != 0", x.text + " == 1", x.text + " <= 1", x.text + "%2 == 0", x.text + "%2 != 0"}
	case isFloat(x.t):
		return []string{x.text + " == 0", x.text + " < 0", x.text + " > 0"}
	case isString(x.t):
		return []string{x.text + ` == ""`, x.text + ` != ""`, "len(" + x.text + ") == 0"}
	}
	switch under(x.t).(type) {
	case *types.Slice, *types.Map:
		return []string{"len(" + x.text + ") == 0", "len(" + x.text + ") > 0", x.text + " == nil", x.text + " != nil"}
	}
	if nilable(x.t) {
		return []string{x.text + " == nil", x.text + " != nil"}
	}
	return nil
}

// pairChecks returns the comparisons of two values.
func (o *operators) pairChecks(x, y operand) []string {
	switch {
	case types.Identical(x.t, y.t) && ordered(x.t):
		return []string{
			x.text + " < " + y.text, x.text + " >= " + y.text, x.text + " > " + y.text, x.text + " == " + y.text,
			x.text + " <= " + y.text, x.text + " != " + y.text, y.text + " < " + x.text, y.text + " > " + x.text,
		}
	case isInt(x.t) && hasLen(y.t):
		return []string{x.text + " < len(" + y.text + ")", x.text + " >= len(" + y.text + ")", x.text + " > len(" + y.text + ")"}
	case hasLen(x.t) && isInt(y.t):
		return []string{y.text + " < len(" + x.text + ")", y.text + " >= len(" + x.text + ")", y.text + " > len(" + x.text + ")"}
	case types.Identical(x.t, y.t) && types.Comparable(x.t):
		return []string{x.text + " == " + y.text, x.text + " != " + y.text}
	}
	return nil
}

// isInt tells whether t is int, the type of lengths.
func isInt(t types.Type) bool { return t != nil && types.Identical(t, types.Typ[types.Int]) }

// condTemplates returns the conditions of the functions near this one in the file, most frequent first.
func (o *operators) condTemplates() []template {
	o.templates()
	return o.facts.condTemplates
}
