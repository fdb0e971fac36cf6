package main

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// Limits of what is put back at one place.
const (
	maxTables  = 3 // lists whose elements are tried
	maxIndices = 2 // names that index them
	maxOwners  = 3 // fields of parameters
)

// gapFacts is what the operators for missing parts of expressions know about a function.
type gapFacts struct {
	moduli  []ast.Expr // what follows %, then the bounds of conditions
	reduced int        // how many of them follow %
	indices []ast.Expr // short expressions that index something, each once
}

// missingExprOps puts back what is missing in an expression: a remainder, a term, the distance in an index, and a
// second application of the same function.
func missingExprOps(o *operators, n ast.Node) {
	if index, ok := n.(*ast.IndexExpr); ok {
		o.offsetIndex(index)
	}
	e, ok := n.(ast.Expr)
	if !ok || !o.isValue(e) || o.info.Types[e].Value != nil || o.typeOf(e) == nil {
		return
	}
	o.addModulo(e)
	o.addTerm(e)
	o.applyAgain(e)
}

// gaps returns the function's moduli and indices, gathered once.
func (o *operators) gaps() *gapFacts {
	if o.facts.gaps != nil {
		return o.facts.gaps
	}
	g := &gapFacts{}
	o.facts.gaps = g
	seen := map[string]bool{}
	modulus := func(e ast.Expr) {
		if text := o.text(e); o.isModulus(e) && !seen["%"+text] {
			seen["%"+text] = true
			g.moduli = append(g.moduli, e)
		}
	}
	ast.Inspect(o.fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if n.Op == token.REM {
				modulus(n.Y)
			}
		case *ast.AssignStmt:
			if n.Tok == token.REM_ASSIGN {
				modulus(n.Rhs[0])
			}
		case *ast.IndexExpr:
			if text := o.text(n.Index); len(text) <= 12 && !seen[text] && !o.info.Types[n.Index].IsType() {
				seen[text] = true
				g.indices = append(g.indices, n.Index)
			}
		}
		return true
	})
	g.reduced = len(g.moduli)
	for _, cond := range o.facts.conds {
		if b, ok := cond.(*ast.BinaryExpr); ok && isOrder(b.Op) {
			modulus(b.X)
			modulus(b.Y)
		}
	}
	return g
}

// isOrder tells whether an operator puts two values in order.
func isOrder(op token.Token) bool {
	return op == token.LSS || op == token.LEQ || op == token.GTR || op == token.GEQ
}

// isModulus tells whether an expression may follow %: a constant above one that is no character, or a length.
func (o *operators) isModulus(e ast.Expr) bool {
	if !isInteger(o.typeOf(e)) {
		return false
	}
	if v := o.info.Types[e].Value; v != nil {
		lit, literal := e.(*ast.BasicLit)
		whole, exact := constant.Int64Val(constant.ToInt(v))
		return exact && whole > 1 && (!literal || lit.Kind == token.INT)
	}
	return isBuiltinCall(e, "len")
}

// addModulo reduces a sum by what the function reduces by or compares with, and any value by what follows % elsewhere.
func (o *operators) addModulo(e ast.Expr) {
	choices := o.gaps().moduli
	index, indexed := o.parent(1).(*ast.IndexExpr)
	b, sum := ast.Unparen(e).(*ast.BinaryExpr)
	switch {
	case !isInteger(o.typeOf(e)):
		return
	case !sum:
		choices = choices[:o.gaps().reduced]
		if _, paren := e.(*ast.ParenExpr); paren || isBuiltinCall(e, "len") {
			return
		}
	case b.Op != token.ADD && b.Op != token.SUB && b.Op != token.MUL:
		return
	}
	head, tail := o.factorText(e)+" % ", ""
	switch p := o.parent(1).(type) {
	case *ast.BinaryExpr:
		_, paren := e.(*ast.ParenExpr)
		if p.Op == token.REM || !paren && !o.offByOnePlace(e) {
			return
		}
		if paren && p.Y == e && p.Op.Precedence() == token.MUL.Precedence() {
			head, tail = "("+head, ")"
		}
	case *ast.IndexExpr:
		if p.Index != e {
			return
		}
	default:
		if !o.offByOnePlace(e) {
			return
		}
	}
	left := o.budget(60, 1, 3)
	put := func(k string) {
		if left--; left >= 0 {
			o.replace(o.opFor(e, "TERM"), "missing-modulo", e, head+k+tail, 1)
		}
	}
	if indexed && sum && isInt(o.typeOf(e)) && isSimple(index.X) && hasLen(o.typeOf(index.X)) {
		put("len(" + o.text(index.X) + ")")
	}
	for _, k := range choices {
		if o.constantFits(k, o.typeOf(e)) && o.resolves(k, e.Pos()) && !strings.Contains(o.text(e), o.text(k)) {
			put(o.text(k))
		}
	}
}

// constantFits tells whether a constant or another value can be the second operand beside one of type t.
func (o *operators) constantFits(k ast.Expr, t types.Type) bool {
	if o.info.Types[k].Value == nil {
		return types.Identical(o.typeOf(k), t)
	}
	if id, ok := k.(*ast.Ident); ok {
		return types.AssignableTo(o.info.Uses[id].Type(), t)
	}
	_, literal := k.(*ast.BasicLit)
	return literal || types.Identical(o.typeOf(k), t)
}

// addTerm adds an element of a list in reach, or a number or text of a parameter's struct.
func (o *operators) addTerm(e ast.Expr) {
	t := o.typeOf(e)
	if !isNumeric(t) && !isString(t) || !o.termPlace(e) {
		return
	}
	left, op, around := o.budget(80, 2, 6), o.opFor(e, "TERM"), o.text(o.parent(1))
	for _, term := range o.termsFor(e.Pos(), t) {
		if strings.Contains(around, term) {
			continue
		}
		if left--; left < 0 {
			break
		}
		o.replace(op, "missing-term", e, o.sumText(e)+" + "+term, 1)
		if isNumeric(t) {
			o.replace(op, "missing-term", e, o.sumText(e)+" - "+term, 0.4)
		} else {
			o.replace(op, "missing-term", e, term+" + "+o.sumText(e), 1)
		}
	}
}

// termPlace tells whether a term may be missing at e: a whole operand of a comparison, a whole argument, result or
// right side.
func (o *operators) termPlace(e ast.Expr) bool {
	if call, ok := o.parent(1).(*ast.CallExpr); ok && isBuiltin(call.Fun, "append") {
		return !call.Ellipsis.IsValid() && call.Args[0] != e
	}
	return o.offByOnePlace(e) && !isBuiltinCall(e, "len")
}

// termsFor returns the elements and fields of type t that may be added at pos, those of unread parameters first.
func (o *operators) termsFor(pos token.Pos, t types.Type) []string {
	var out, fields []string
	tables := 0
	for _, obj := range o.visible(pos) {
		v, ok := obj.(*types.Var)
		if !ok || !o.isLocal(v) {
			continue
		}
		if elem := listElement(v.Type()); elem != nil && types.Identical(elem, t) && isNumeric(t) && tables < maxTables {
			tables++
			for _, index := range o.indexNames(pos, types.Typ[types.Int], maxIndices) {
				out = append(out, v.Name()+"["+index+"]")
			}
		}
		for _, f := range structFields(v.Type()) {
			if o.isParam(v) && len(fields) < maxOwners && types.Identical(f.Type(), t) && f.Name() != "_" && (f.Exported() || f.Pkg() == o.pkg.Types) {
				fields = append(fields, v.Name()+"."+f.Name())
			}
		}
	}
	out = append(fields, out...)
	slices.SortStableFunc(out, func(a, b string) int { return o.unreadFirst(a, b) })
	return out
}

// unreadFirst puts texts that bring in a parameter that nothing reads in front of others.
func (o *operators) unreadFirst(a, b string) int {
	x, y := o.facts.bringsUnused(a), o.facts.bringsUnused(b)
	switch {
	case x && !y:
		return -1
	case y && !x:
		return 1
	}
	return 0
}

// listElement returns the element type of a slice or array, nil for any other type.
func listElement(t types.Type) types.Type {
	switch t := under(t).(type) {
	case *types.Slice:
		return t.Elem()
	case *types.Array:
		return t.Elem()
	}
	return nil
}

// indexNames returns the integers of type t that a loop around the current node counts, innermost first, then the
// names that index something elsewhere in the function.
func (o *operators) indexNames(pos token.Pos, t types.Type, most int) []string {
	var out []string
	add := func(e ast.Expr) {
		id, ok := e.(*ast.Ident)
		if !ok || id.Name == "_" || len(out) >= most || slices.Contains(out, id.Name) {
			return
		}
		obj := o.info.ObjectOf(id)
		if _, found := o.pkg.Scope(o.file, pos).LookupParent(id.Name, pos); isVariable(obj) && found == obj && types.Identical(obj.Type(), t) {
			out = append(out, id.Name)
		}
	}
	for i := len(o.stack) - 1; i > 0; i-- {
		switch n := o.stack[i].(type) {
		case *ast.ForStmt:
			if init, ok := n.Init.(*ast.AssignStmt); ok {
				for _, e := range init.Lhs {
					add(e)
				}
			}
		case *ast.RangeStmt:
			add(n.Key)
			add(n.Value)
		}
	}
	for _, e := range o.gaps().indices {
		add(e)
	}
	return out
}
