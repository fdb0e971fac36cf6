package main

import (
	"go/ast"
	"go/token"
	"go/types"
)

// updateOps changes how a variable is brought up to date: the larger or smaller of old and new instead of the new
// value, in front instead of behind, and the result of a call that is thrown away.
func updateOps(o *operators, n ast.Node) {
	switch n := n.(type) {
	case *ast.AssignStmt:
		if len(n.Lhs) != 1 || len(n.Rhs) != 1 {
			return
		}
		switch n.Tok {
		case token.ASSIGN:
			o.keepBest(n)
			o.otherEnd(n)
		case token.ADD_ASSIGN:
			if isString(o.typeOf(n.Lhs[0])) {
				left := o.text(n.Lhs[0])
				o.replace("REWRITE", "update-front", n, left+" = "+o.operandText(n.Rhs[0], token.MUL)+" + "+left, 1)
			}
		}
	case *ast.ExprStmt:
		o.assignBack(n)
	case ast.Expr:
		o.wrapTwo(n)
	}
}

// keepBest makes an assignment keep the larger or smaller of the old and the new value.
func (o *operators) keepBest(n *ast.AssignStmt) {
	left, right := n.Lhs[0], n.Rhs[0]
	if !ordered(o.typeOf(left)) || !isNumeric(o.typeOf(left)) || o.info.Types[right].Value != nil || isBestCall(right) {
		return
	}
	for _, fun := range o.choosers(o.typeOf(left), n.Pos()) {
		o.replace(o.opFor(right, "CALL"), "update-best", right, fun+"("+o.text(left)+", "+o.text(right)+")", 1)
	}
}

// isBestCall tells whether an expression is a call of min or max.
func isBestCall(e ast.Expr) bool { return isBuiltinCall(e, "min") || isBuiltinCall(e, "max") }

// choosers returns the functions of two values of type t that give one, at pos: the language's min and max, and those
// of the package that the file calls or that have these names.
func (o *operators) choosers(t types.Type, pos token.Pos) []string {
	if o.thin || t == nil {
		return nil
	}
	if known, ok := o.facts.choosers[t]; ok {
		return known
	}
	var out []string
	for _, name := range []string{"max", "min"} {
		if isNumeric(t) && o.predeclared(name, pos, "go1.21") {
			out = append(out, name)
		}
	}
	scope := o.pkg.Types.Scope()
	for _, name := range scope.Names() {
		f, ok := scope.Lookup(name).(*types.Func)
		if !ok || len(out) == 3 || f.Name() == o.fn.Name.Name || !(o.facts.idents[name] || name == "max" || name == "min") {
			continue
		}
		sig := f.Type().(*types.Signature)
		if sig.Params().Len() == 2 && sig.Results().Len() == 1 && !sig.Variadic() && types.Identical(sig.Results().At(0).Type(), t) &&
			types.Identical(sig.Params().At(0).Type(), t) && types.Identical(sig.Params().At(1).Type(), t) {
			out = append(out, name)
		}
	}
	o.facts.choosers[t] = out
	return out
}

// wrapTwo puts a function of two values around a value and another in reach.
func (o *operators) wrapTwo(e ast.Expr) {
	if !o.isValue(e) || o.info.Types[e].Value != nil || !o.wholePlace(e) {
		return
	}
	funs := o.choosers(o.typeOf(e), e.Pos())
	if len(funs) == 0 || isBestCall(e) {
		return
	}
	for i, name := range o.namesFor(e.Pos(), o.typeOf(e), nil) {
		if i == 3 || name == o.text(e) {
			break
		}
		for _, fun := range funs {
			o.replace(o.opFor(e, "CALL"), "wrap-two", e, fun+"("+o.text(e)+", "+name+")", 1/float64(i+1))
			o.replace(o.opFor(e, "CALL"), "wrap-two", e, fun+"("+name+", "+o.text(e)+")", 1/float64(i+1))
		}
	}
}

// otherEnd puts an appended element in front of the list, and one from the front behind it.
func (o *operators) otherEnd(n *ast.AssignStmt) {
	call, ok := n.Rhs[0].(*ast.CallExpr)
	if !ok || !isBuiltin(call.Fun, "append") || len(call.Args) != 2 || !isPlainSlice(o.typeOf(n.Lhs[0])) {
		return
	}
	list := o.text(n.Lhs[0])
	if front, ok := call.Args[0].(*ast.CompositeLit); ok && call.Ellipsis.IsValid() && len(front.Elts) == 1 && o.text(call.Args[1]) == list {
		o.replace("ARG", "update-end", call, "append("+list+", "+o.text(front.Elts[0])+")", 1)
	}
	if !call.Ellipsis.IsValid() && o.text(call.Args[0]) == list {
		o.replace("ARG", "update-end", call, "append("+o.typeText(o.typeOf(n.Lhs[0]))+"{"+o.text(call.Args[1])+"}, "+list+"...)", 1)
	}
}

// assignBack assigns the result of a call to the variable that it is the new value of.
func (o *operators) assignBack(n *ast.ExprStmt) {
	call, ok := n.X.(*ast.CallExpr)
	t := o.typeOf(n.X)
	if !ok || t == nil || !o.info.Types[call].IsValue() || !isListOwner(o.parent(1)) {
		return
	}
	parts := call.Args
	if sel, ok := call.Fun.(*ast.SelectorExpr); ok && o.info.Selections[sel] != nil {
		parts = append([]ast.Expr{sel.X}, parts...)
	}
	for _, part := range parts {
		if have := o.typeOf(part); have != nil && types.Identical(have, t) && isSimple(part) && o.assignable(part) {
			o.replace("ASSIGN", "update-back", n, o.text(part)+" = "+o.text(call), 1)
		}
	}
}
