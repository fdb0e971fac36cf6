package main

import (
	"go/ast"
	"go/token"
	"go/types"
)

// termOps adds and drops terms: an operand of a sum or product, one more or less, a part of a condition.
func termOps(o *operators, n ast.Node) {
	e, ok := n.(ast.Expr)
	if !ok {
		return
	}
	if b, ok := n.(*ast.BinaryExpr); ok {
		o.dropTerm(b)
	}
	if o.info.Types[e].IsValue() && o.info.Types[e].Value == nil {
		o.addOne(e)
	}
	o.addCondition(e)
}

// dropTerm keeps one operand of a binary expression.
func (o *operators) dropTerm(b *ast.BinaryExpr) {
	op, rule := "TERM", "drop-term"
	switch b.Op {
	case token.LAND, token.LOR:
		op, rule = "LOGIC", "drop-conjunct"
	case token.ADD, token.SUB, token.MUL, token.QUO, token.REM, token.AND, token.OR, token.XOR, token.AND_NOT, token.SHL, token.SHR:
	default:
		return
	}
	t := o.typeOf(b)
	for _, side := range []struct{ kept, gone ast.Expr }{{b.X, b.Y}, {b.Y, b.X}} {
		kept := o.typeOf(side.kept)
		if kept == nil || t == nil || !types.Identical(types.Default(kept), types.Default(t)) || o.readsLast(side.gone) {
			continue
		}
		if side.kept == b.Y && (b.Op == token.SHL || b.Op == token.SHR || b.Op == token.QUO || b.Op == token.REM) {
			continue
		}
		o.emit(o.opFor(b, op), rule, b, 1, Edit{o.off(b.Pos()), o.off(b.End()), o.keptText(side.kept)})
	}
}

// keptText returns the text of an operand that takes its parent's place; parentheses stay where they are needed.
func (o *operators) keptText(e ast.Expr) string {
	if p, ok := e.(*ast.ParenExpr); ok {
		if _, ok := o.parent(1).(ast.Stmt); ok {
			return o.text(p.X)
		}
	}
	return o.text(e)
}

// addOne adds and subtracts one at integers in the places where people are off by one.
func (o *operators) addOne(e ast.Expr) {
	t := o.typeOf(e)
	if isString(t) {
		o.addText(e)
		return
	}
	if !isInteger(t) || !o.offByOnePlace(e) {
		return
	}
	text := o.sumText(e)
	op := o.opFor(e, "TERM")
	weight := 1.0
	if _, call := e.(*ast.CallExpr); call {
		weight = 1.3
	}
	o.replace(op, "plus-one", e, text+" + 1", weight)
	o.replace(op, "plus-one", e, text+" - 1", weight)
	for _, name := range o.lengths(e, 2) {
		o.replace(op, "term-length", e, text+" - "+name, 0.4)
		o.replace(op, "term-length", e, text+" + "+name, 0.4)
	}
	if !o.thin {
		o.takeFrom(e, op)
	}
	for _, name := range o.termNames(e, 5) {
		o.replace(op, "term-name", e, text+" + "+name, 0.4)
		o.replace(op, "term-name", e, text+" - "+name, 0.4)
		o.replace(op, "term-times", e, o.factorText(e)+" * "+name, 0.2)
		o.replace(op, "term-modulo", e, o.factorText(e)+" % "+name, 0.2)
	}
}

// takeFrom takes an integer away from others, and compares its remainder by two.
func (o *operators) takeFrom(e ast.Expr, op string) {
	if isBuiltinCall(e, "len") || o.info.Types[e].Value != nil {
		return
	}
	minus := " - " + o.operandText(e, token.SUB)
	for _, name := range append(o.lengths(e, 1), o.termNames(e, 2)...) {
		o.replace(op, "term-from", e, name+minus, 1)
	}
	if b, ok := o.parent(1).(*ast.BinaryExpr); ok && (b.Op == token.EQL || b.Op == token.NEQ) && b.X == e {
		o.replace(op, "term-half", e, o.factorText(e)+"%2", 1)
	}
}

// isBuiltinCall tells whether an expression is a call of a predeclared function.
func isBuiltinCall(e ast.Expr, name string) bool {
	call, ok := e.(*ast.CallExpr)
	return ok && isBuiltin(call.Fun, name)
}

// addText puts a short string of the function in front of or behind a string.
func (o *operators) addText(e ast.Expr) {
	if !o.offByOnePlace(e) {
		return
	}
	if b, ok := o.parent(1).(*ast.BinaryExpr); ok && b.Op != token.ADD {
		return
	}
	left := 3
	for _, lit := range o.facts.strings {
		if len(lit) > 8 || len(lit) <= 2 {
			continue
		}
		if left--; left < 0 {
			break
		}
		o.replace(o.opFor(e, "TERM"), "term-text", e, o.text(e)+" + "+lit, 1)
		o.replace(o.opFor(e, "TERM"), "term-text", e, lit+" + "+o.text(e), 1)
	}
	for i, name := range o.namesFor(e.Pos(), o.typeOf(e), nil) {
		if i < 3 && name != o.text(e) {
			o.replace(o.opFor(e, "TERM"), "term-text", e, o.text(e)+" + "+name, 0.4)
		}
	}
}

// factorText returns the text of an expression as the left operand of * or %.
func (o *operators) factorText(e ast.Expr) string {
	if b, ok := e.(*ast.BinaryExpr); ok && b.Op.Precedence() < token.MUL.Precedence() {
		return "(" + o.text(e) + ")"
	}
	return o.text(e)
}

// offByOnePlace tells whether e is a whole operand of a comparison, a whole argument, result or right side, and no
// part of a sum already.
func (o *operators) offByOnePlace(e ast.Expr) bool {
	switch p := o.parent(1).(type) {
	case *ast.BinaryExpr:
		switch p.Op {
		case token.LSS, token.LEQ, token.GTR, token.GEQ, token.EQL, token.NEQ:
			return o.isValue(e)
		case token.MUL, token.QUO, token.REM:
			return false
		}
	case *ast.CallExpr:
		return p.Fun != e && o.isValue(e) && !isBuiltin(p.Fun, "append", "copy", "print", "println") && !o.info.Types[p.Fun].IsType()
	case *ast.ReturnStmt:
		return o.isValue(e)
	case *ast.AssignStmt:
		return o.isValue(e) && len(p.Lhs) == len(p.Rhs)
	case *ast.RangeStmt:
		return p.X == e
	case *ast.KeyValueExpr:
		return p.Value == e && o.isValue(e)
	}
	return false
}

// lengths returns the lengths of lists that the statement around e mentions.
func (o *operators) lengths(e ast.Expr, limit int) []string {
	s := o.enclosingStmt()
	if s == nil || !isInt(o.typeOf(e)) {
		return nil
	}
	var out []string
	own := o.text(e)
	for _, x := range o.operandsAt(e.Pos(), s) {
		if text := "len(" + x.text + ")"; hasLen(x.t) && len(out) < limit && text != own {
			if _, isMap := under(x.t).(*types.Map); !isMap {
				out = append(out, text)
			}
		}
	}
	return out
}

// termNames returns the nearest local integers of the type of e, not e itself.
func (o *operators) termNames(e ast.Expr, limit int) []string {
	var out []string
	own := o.text(e)
	for _, obj := range o.visible(e.Pos()) {
		if v, ok := obj.(*types.Var); ok && o.isLocal(v) && v.Name() != own && types.Identical(v.Type(), o.typeOf(e)) && len(out) < limit {
			out = append(out, v.Name())
		}
	}
	return out
}

// isCondition tells whether the current node e is the whole condition of an if or a loop, or a truth value returned.
func (o *operators) isCondition(e ast.Expr) bool {
	switch p := o.parent(1).(type) {
	case *ast.IfStmt:
		return p.Cond == e
	case *ast.ForStmt:
		return p.Cond == e
	case *ast.ReturnStmt:
		return isBoolean(o.typeOf(e)) && o.info.Types[e].Value == nil
	}
	return false
}

// addCondition joins another condition of the function, or a check of the values at hand, to a condition.
func (o *operators) addCondition(e ast.Expr) {
	if !o.isCondition(e) {
		return
	}
	end := o.off(e.End())
	lead := o.off(e.Pos())
	and, or := o.joined(e, token.LAND), o.joined(e, token.LOR)
	add := func(cond, rule string, weight float64) {
		if cond == "" || cond == o.text(e) {
			return
		}
		o.emit("LOGIC", rule, e, weight, Edit{lead, end, and + " && " + cond})
		o.emit("LOGIC", rule, e, weight, Edit{lead, end, or + " || " + cond})
		if o.facts.bounds[cond] || weight >= 1 {
			o.emit("LOGIC", rule, e, weight/2, Edit{lead, end, cond + " && " + and})
			o.emit("LOGIC", rule, e, weight/3, Edit{lead, end, cond + " || " + or})
		}
	}
	limit := o.budget(120, 5, 20)
	for _, c := range o.conditionsAt(e.Pos(), e, o.parent(1)) {
		if mentions(o.text(e), c.text) || c.text == o.text(e) {
			continue
		}
		if limit--; limit < 0 {
			break
		}
		add(c.text, "conjunct-check", c.weight)
	}
	for _, c := range o.boundChecks(e) {
		add(c, "conjunct-bounds", 1)
	}
	if !o.thin {
		for _, c := range o.siblingChecks(e) {
			add(c, "conjunct-sibling", 0.9)
		}
	}
}

// joined returns the text of a condition as the left operand of && or ||.
func (o *operators) joined(e ast.Expr, op token.Token) string {
	if b, ok := e.(*ast.BinaryExpr); ok && b.Op.Precedence() < op.Precedence() {
		return "(" + o.text(e) + ")"
	}
	return o.text(e)
}

// boundChecks returns the upper bounds of the indices that a condition and what stands under it use.
func (o *operators) boundChecks(e ast.Expr) []string {
	var out []string
	ast.Inspect(o.parent(1), func(n ast.Node) bool {
		if index, ok := n.(*ast.IndexExpr); ok && len(out) < 4 && isSimple(index.X) && isInteger(o.typeOf(index.Index)) && hasLen(o.typeOf(index.X)) && o.resolves(index, e.Pos()) {
			if _, isMap := under(o.typeOf(index.X)).(*types.Map); !isMap {
				cond := o.text(index.Index) + " < len(" + o.text(index.X) + ")"
				if o.info.Types[index.Index].Value != nil {
					cond = "len(" + o.text(index.X) + ") > " + o.text(index.Index)
				}
				o.facts.bounds[cond] = true
				out = append(out, cond)
			}
		}
		return true
	})
	return out
}

// resolves tells whether every name in node n means the same at pos.
func (o *operators) resolves(n ast.Node, pos token.Pos) bool {
	scope := o.pkg.Scope(o.file, pos)
	same := true
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			same = false
		case *ast.SelectorExpr:
			same = same && o.resolves(n.X, pos)
			return false
		case *ast.KeyValueExpr:
			same = same && o.resolves(n.Value, pos)
			return false
		case *ast.Ident:
			obj := o.info.Uses[n]
			if obj == nil {
				same = false
				return false
			}
			if v, ok := obj.(*types.Var); ok && !v.IsField() && o.isLocal(v) {
				_, found := scope.LookupParent(n.Name, pos)
				same = same && found == obj
			}
		}
		return same
	})
	return same
}
