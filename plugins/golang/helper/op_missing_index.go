package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// missingStepOps counts on from another element of a table where a constant or a bare element is stored.
func missingStepOps(o *operators, n ast.Node) {
	s, ok := n.(*ast.AssignStmt)
	if !ok || len(s.Lhs) != 1 || len(s.Rhs) != 1 || s.Tok != token.ASSIGN {
		return
	}
	left, ok := s.Lhs[0].(*ast.IndexExpr)
	if !ok || !isNumeric(o.typeOf(left)) {
		return
	}
	right, step, op := s.Rhs[0], "1", "REWRITE"
	if o.info.Types[right].Value != nil {
		if text := o.text(right); text != "0" {
			step, op = text, "TERM"
		}
	} else if _, element := right.(*ast.IndexExpr); !element || o.readsLast(right) {
		return
	}
	for i, element := range o.priorElements(left) {
		if element != o.text(right) {
			o.replace(op, "missing-step", right, element+" + "+step, 1/float64(i+1))
		}
	}
}

// maxElements bounds the elements of a table that one may be made from.
const maxElements = 4

// priorElements returns the elements of a table that its element may count on from: at the other indices that the
// function uses, and the neighbours in front.
func (o *operators) priorElements(left *ast.IndexExpr) []string {
	var out []string
	add := func(text string) {
		if text != o.text(left) && len(out) < maxElements && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	if row, ok := left.X.(*ast.IndexExpr); ok {
		if !isSimple(row.X) || !isSimple(row.Index) || !isSimple(left.Index) || !isInteger(o.typeOf(row.Index)) || !isInteger(o.typeOf(left.Index)) {
			return nil
		}
		table, i, j := o.text(row.X), o.text(row.Index), o.text(left.Index)
		add(table + "[" + i + "-1][" + j + "-1]")
		add(table + "[" + i + "-1][" + j + "]")
		add(table + "[" + i + "][" + j + "-1]")
		return out
	}
	t := o.typeOf(left.Index)
	if !isSimple(left.X) || t == nil {
		return nil
	}
	table := o.text(left.X)
	for _, name := range o.indexNames(left.Pos(), t, maxElements) {
		add(table + "[" + name + "]")
	}
	for _, e := range o.gaps().indices {
		if have := o.typeOf(e); have != nil && types.Identical(have, t) && o.resolves(e, left.Pos()) {
			add(table + "[" + o.text(e) + "]")
		}
	}
	if isSimple(left.Index) && isInteger(t) {
		add(table + "[" + o.text(left.Index) + "-1]")
	}
	return out
}

// offsetIndex puts the distance or sum of two indices in the place of one, and another step in the place of a constant.
func (o *operators) offsetIndex(n *ast.IndexExpr) {
	t := o.typeOf(n.Index)
	if !isInteger(t) || o.info.Types[n.Index].IsType() || !o.inLoop() {
		return
	}
	own := o.text(n.Index)
	left := o.budget(90, 2, 8)
	put := func(e ast.Expr, text string, weight float64) {
		if left--; left >= 0 {
			o.replace("INDEX", "missing-offset", e, text, weight)
		}
	}
	switch x := n.Index.(type) {
	case *ast.Ident:
		for i, other := range o.indexNames(n.Pos(), t, maxIndices+1) {
			if other != own && o.info.Types[n.Index].Value == nil {
				put(n.Index, other+"-"+own, 1/float64(i+1))
				put(n.Index, own+"-"+other, 1/float64(i+1))
				put(n.Index, own+"+"+other, 0.4/float64(i+1))
			}
		}
		for _, step := range o.elementSteps(n, t) {
			put(n.Index, own+"-"+step, 1)
		}
	case *ast.BinaryExpr:
		if (x.Op == token.ADD || x.Op == token.SUB) && o.info.Types[x.Y].Value != nil {
			for _, step := range o.elementSteps(n, t) {
				put(x.Y, step, 1)
			}
		}
	}
}

// elementSteps returns the elements of other lists by which an index of n may be moved.
func (o *operators) elementSteps(n *ast.IndexExpr, t types.Type) []string {
	var out []string
	for _, obj := range o.visible(n.Pos()) {
		v, ok := obj.(*types.Var)
		if !ok || !o.isLocal(v) || strings.HasPrefix(o.text(n.X), v.Name()) {
			continue
		}
		if elem := listElement(v.Type()); elem == nil || !types.Identical(elem, t) {
			continue
		}
		for _, index := range o.indexNames(n.Pos(), types.Typ[types.Int], maxIndices) {
			if index != o.text(n.Index) && len(out) < maxTables {
				out = append(out, v.Name()+"["+index+"]")
			}
		}
	}
	return out
}

// applyAgain applies the function of a call to its result once more, follows a link twice, and doubles a value.
func (o *operators) applyAgain(e ast.Expr) {
	t := o.typeOf(e)
	switch p := o.parent(1).(type) {
	case *ast.ExprStmt, *ast.DeferStmt, *ast.GoStmt:
		return
	case *ast.ReturnStmt, *ast.AssignStmt:
		if isNumeric(t) && o.offByOnePlace(e) {
			o.replace(o.opFor(e, "TERM"), "missing-double", e, "2 * "+o.operandText(e, token.MUL), 1)
		}
	case *ast.SelectorExpr:
		if p.Sel == e {
			return
		}
	}
	switch e := e.(type) {
	case *ast.CallExpr:
		o.callAgain(e, t)
	case *ast.SelectorExpr:
		if s := o.info.Selections[e]; s != nil && s.Kind() == types.FieldVal && types.Identical(o.typeOf(e.X), t) {
			o.replace(o.opFor(e, "FIELD"), "missing-again", e, o.text(e)+"."+e.Sel.Name, 1)
		}
	}
}

// callAgain puts a call into its own argument or receiver; a function that changes nothing the second time is left out.
func (o *operators) callAgain(call *ast.CallExpr, t types.Type) {
	name := calledName(call)
	if o.calledFunc(call) == nil && !isVariable(o.info.Uses[funcIdent(call)]) || slices.Contains(stringWrappers, name) || slices.Contains(floatWrappers, name) {
		return
	}
	op, at := o.opFor(call, "CALL"), o.off(call.Pos())
	nested := func(part ast.Expr) {
		if have := o.typeOf(part); have != nil && types.Identical(have, t) {
			text := o.text(call)
			from, to := o.off(part.Pos())-at, o.off(part.End())-at
			o.replace(op, "missing-again", call, text[:from]+text+text[to:], 1)
		}
	}
	if sel, ok := call.Fun.(*ast.SelectorExpr); ok && o.info.Selections[sel] != nil {
		nested(sel.X)
	}
	for _, arg := range call.Args[:min(2, len(call.Args))] {
		if !call.Ellipsis.IsValid() {
			nested(arg)
		}
	}
}

// funcIdent returns the name that a call calls, nil when it calls anything but a name.
func funcIdent(call *ast.CallExpr) *ast.Ident {
	id, _ := call.Fun.(*ast.Ident)
	return id
}
