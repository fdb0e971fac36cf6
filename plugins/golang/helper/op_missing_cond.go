package main

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// Limits of the conditions made for one place.
const (
	maxHeads   = 3 // tests of one variable or of the package
	maxLookups = 3
	maxForeign = 2 // results of other functions
)

// missingCondOps puts back conditions: a statement that should hang on one, a check of a parameter beside another,
// and guards with the results that other functions return.
func missingCondOps(o *operators, n ast.Node) {
	switch n := n.(type) {
	case *ast.ExprStmt, *ast.AssignStmt, *ast.IncDecStmt:
		if s := n.(ast.Stmt); isListOwner(o.parent(1)) && !leaves(s) && !declaresNames(s) {
			left := o.budget(240, 4, 16)
			for _, c := range o.heldBy(s) {
				if left--; left < 0 {
					break
				}
				o.wrapIn("guard-under", s, c.text, c.weight)
			}
		}
	case ast.Expr:
		o.checkParameters(n)
	}
	if s, ok := n.(ast.Stmt); ok && o.parent(1) == o.fn.Body && !isClause(s) {
		o.foreignGuards(s)
	}
}

// declaresNames tells whether a statement declares variables.
func declaresNames(s ast.Stmt) bool {
	a, ok := s.(*ast.AssignStmt)
	return ok && a.Tok == token.DEFINE
}

// wrapIn emits a statement under a condition.
func (o *operators) wrapIn(rule string, s ast.Stmt, cond string, weight float64) {
	indent := o.indent(o.off(s.Pos()))
	text := "if " + cond + " {\n" + indent + "\t" + strings.ReplaceAll(o.text(s), "\n", "\n\t") + "\n" + indent + "}"
	o.emit("GUARD", rule, s, weight, Edit{o.off(s.Pos()), o.off(s.End()), text})
}

// heldBy returns the conditions that a statement may hang on and that the function does not spell out: lookups of
// names in reach, tests that nothing calls yet, and the function's comparisons with another operator; those that bring
// in a parameter that nothing reads come first.
func (o *operators) heldBy(s ast.Stmt) []check {
	out := append(o.lookups(s), o.untried(s.Pos())...)
	out = append(out, o.otherRelations(s.Pos())...)
	slices.SortStableFunc(out, func(a, b check) int {
		if first := o.unreadFirst(a.text, b.text); first != 0 {
			return first
		}
		return cmp.Compare(b.weight, a.weight)
	})
	return out
}

// lookups returns the truth values that maps and lists in reach hold for names in reach, negated first.
func (o *operators) lookups(s ast.Stmt) []check {
	var out []check
	for _, obj := range o.visible(s.Pos()) {
		v, ok := obj.(*types.Var)
		if !ok || !o.isLocal(v) || len(out) >= 2*maxLookups {
			continue
		}
		var keys []string
		switch t := under(v.Type()).(type) {
		case *types.Map:
			if isBoolean(t.Elem()) {
				keys = o.namesFor(s.Pos(), t.Key(), v)
			}
		default:
			if elem := listElement(t); elem != nil && isBoolean(elem) {
				keys = o.indexNames(s.Pos(), types.Typ[types.Int], maxIndices)
			}
		}
		for i, key := range keys[:min(maxIndices, len(keys))] {
			text := v.Name() + "[" + key + "]"
			out = append(out, check{"!" + text, 1 / float64(i+1)}, check{text, 0.8 / float64(i+1)})
		}
	}
	return out
}

// untried returns calls of tests that the file does not make: methods of the variables in reach and functions of the
// package with one truth value as their result.
func (o *operators) untried(pos token.Pos) []check {
	var out []check
	m := &maker{operators: o, pos: pos}
	add := func(f *types.Func) bool {
		known := slices.ContainsFunc(o.facts.callees, func(c callee) bool { return c.f == f })
		if known || f.Name() == o.fn.Name.Name || !isTest(f) || !f.Exported() && f.Pkg() != o.pkg.Types {
			return false
		}
		texts := m.fill(callee{f: f})
		for i, text := range texts {
			out = append(out, check{text, 0.7 / float64(i+1)}, check{"!" + text, 0.6 / float64(i+1)})
		}
		return len(texts) > 0
	}
	o.callees(true)
	done := map[types.Type]bool{}
	for _, obj := range o.visible(pos) {
		v, ok := obj.(*types.Var)
		if !ok || !o.isLocal(v) || done[v.Type()] {
			continue
		}
		done[v.Type()] = true
		heads := 0
		for set, i := o.methodSet(v.Type()), 0; i < set.Len() && heads < maxHeads; i++ {
			if f, ok := set.At(i).Obj().(*types.Func); ok && add(f) {
				heads++
			}
		}
	}
	heads, scope := 0, o.pkg.Types.Scope()
	for _, name := range scope.Names() {
		if f, ok := scope.Lookup(name).(*types.Func); ok && heads < maxHeads && add(f) {
			heads++
		}
	}
	return out
}

// isTest tells whether a function gives one truth value for one or two arguments, the receiver counted.
func isTest(f *types.Func) bool {
	sig := f.Type().(*types.Signature)
	given := sig.Params().Len()
	if sig.Recv() != nil {
		given++
	}
	return sig.Results().Len() == 1 && isBoolean(sig.Results().At(0).Type()) && given > 0 && given < 3 && !sig.Variadic() && sig.TypeParams().Len() == 0
}

// otherRelations returns the function's comparisons with other operators; of one that holds around the statement
// anyway only equality and its contrary.
func (o *operators) otherRelations(pos token.Pos) []check {
	var out []check
	for _, cond := range o.facts.conds {
		b, ok := cond.(*ast.BinaryExpr)
		if !ok || b.Op.Precedence() != token.EQL.Precedence() || !o.resolves(b, pos) {
			continue
		}
		others, weight := []token.Token{token.NEQ, token.EQL}, 0.5
		if ordered(o.typeOf(b.X)) && !o.holdsHere(b) {
			others = append(others, token.GTR, token.LSS)
		}
		if o.holdsHere(b) {
			weight = 0.9
		}
		for i, op := range others {
			if op != b.Op {
				out = append(out, check{o.text(b.X) + " " + op.String() + " " + o.text(b.Y), weight / float64(i+1)})
			}
		}
	}
	return out
}

// holdsHere tells whether a comparison belongs to the condition of a loop or an if around the current node.
func (o *operators) holdsHere(b *ast.BinaryExpr) bool {
	for _, n := range o.stack {
		var cond ast.Expr
		switch n := n.(type) {
		case *ast.IfStmt:
			cond = n.Cond
		case *ast.ForStmt:
			cond = n.Cond
		}
		if cond != nil && b.Pos() >= cond.Pos() && b.End() <= cond.End() {
			return true
		}
	}
	return false
}

// checkParameters joins checks of the parameters' signs and lengths to the condition of an if and to a truth value
// that is returned; in front where the condition does not go without them.
func (o *operators) checkParameters(e ast.Expr) {
	if _, loop := o.parent(1).(*ast.ForStmt); loop || !o.isCondition(e) {
		return
	}
	left, text := o.budget(70, 3, 16), o.joined(e, token.LAND)
	for i, c := range o.parameterChecks(e) {
		if left--; left < 0 {
			return
		}
		o.replace("LOGIC", "conjunct-parameter", e, text+" && "+c, 1/float64(i+2))
		if mayFail(e) {
			o.replace("LOGIC", "conjunct-parameter", e, c+" && "+text, 2/float64(i+2))
		}
	}
}

// mayFail tells whether a condition may panic or run on: it indexes, calls or divides.
func mayFail(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IndexExpr, *ast.SliceExpr, *ast.CallExpr, *ast.StarExpr:
			found = true
		case *ast.BinaryExpr:
			found = found || n.Op == token.QUO || n.Op == token.REM
		}
		return !found
	})
	return found
}

// parameterChecks returns the checks of the parameters that a condition does not compare with a constant already,
// likeliest first.
func (o *operators) parameterChecks(e ast.Expr) []string {
	sig := o.signatureAt()
	if sig == nil {
		return nil
	}
	compared := o.comparedNames(e)
	var levels [4][]string
	for i := range sig.Params().Len() {
		v := sig.Params().At(i)
		name := v.Name()
		if _, found := o.pkg.Scope(o.file, e.Pos()).LookupParent(name, e.Pos()); found != v || compared[name] {
			continue
		}
		switch {
		case isInteger(v.Type()):
			for level, text := range []string{" > 0", " != 0", " > 1", " >= 0"} {
				if basicInfo(v.Type())&types.IsUnsigned == 0 || level == 0 || level == 2 {
					levels[level] = append(levels[level], name+text)
				}
			}
		case hasLen(v.Type()):
			levels[0] = append(levels[0], "len("+name+") > 0")
		}
	}
	out := slices.Concat(levels[:]...)
	slices.SortStableFunc(out, func(a, b string) int { return o.unreadFirst(a, b) })
	return out
}

// comparedNames returns the names that a condition compares with a constant, or whose length it does.
func (o *operators) comparedNames(e ast.Expr) map[string]bool {
	names := map[string]bool{}
	ast.Inspect(e, func(n ast.Node) bool {
		if b, ok := n.(*ast.BinaryExpr); ok && b.Op.Precedence() == token.EQL.Precedence() && o.info.Types[b.Y].Value != nil {
			x := b.X
			if call, ok := x.(*ast.CallExpr); ok && isBuiltin(call.Fun, "len") {
				x = call.Args[0]
			}
			names[o.text(x)] = true
		}
		return true
	})
	return names
}
