package main

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// budget returns how many candidates of a kind one place may have, so that a function's total stays within bounds
// and short functions are looked at more closely.
func (o *operators) budget(total, least, most int) int {
	if o.thin {
		return min(least, 4)
	}
	return min(most, max(least, total/max(1, o.facts.statements)))
}

// passOver tells whether a place gets no guards and insertions because the operators are thin: two of three do not.
func (o *operators) passOver(s ast.Stmt) bool { return o.thin && o.line(s.Pos())%3 != 0 }

// guardOps puts a guard in front of a statement: a check of a value that the statement or the one before it
// touches, with an early exit that the place allows.
func guardOps(o *operators, n ast.Node) {
	s, ok := n.(ast.Stmt)
	if !ok || !isListOwner(o.parent(1)) || isClause(s) || o.passOver(s) {
		return
	}
	exits := o.exitsAt(s.Pos())
	if len(exits) == 0 {
		return
	}
	type pair struct {
		cond, exit, rule string
		weight           float64
	}
	var pairs []pair
	for i, c := range o.guardChecks(s) {
		if i > 30 {
			break
		}
		for k, exit := range exits {
			if strings.Contains(c.text, "err != nil") && !strings.Contains(exit, "err") && exit != "return" && k > 0 {
				continue
			}
			weight := c.weight / float64(k+1)
			if picks(c.text, exit) {
				weight = pickWeight
			}
			pairs = append(pairs, pair{c.text, exit, c.rule, weight})
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return cmp.Compare(b.weight, a.weight) })
	for i, p := range pairs {
		if i == o.budget(360, 10, 60) {
			break
		}
		o.insertLines("GUARD", p.rule, s, p.weight, "if "+p.cond+" {", "\t"+p.exit, "}")
	}
}

// pickWeight is the weight of a guard that returns one of the two values it compares.
const pickWeight = 0.5

// picks tells whether an exit returns one of two values that a condition puts in order.
func picks(cond, exit string) bool {
	name, ok := strings.CutPrefix(exit, "return ")
	return ok && (strings.HasPrefix(cond, name+" <") || strings.HasPrefix(cond, name+" >"))
}

// isClause tells whether a statement is a case of a switch or select.
func isClause(s ast.Stmt) bool {
	switch s.(type) {
	case *ast.CaseClause, *ast.CommClause:
		return true
	}
	return false
}

// insertLines emits new lines in front of a statement that starts its own line.
func (o *operators) insertLines(op, rule string, s ast.Stmt, weight float64, lines ...string) {
	if e, ok := o.linesBefore(s, lines...); ok {
		o.emit(op, rule, s, weight, e)
	}
}

// linesBefore returns the insertion of lines in front of a statement, false when it does not start its line.
func (o *operators) linesBefore(s ast.Stmt, lines ...string) (Edit, bool) {
	at := o.off(s.Pos())
	indent := o.indent(at)
	start := at - len(indent)
	if start > 0 && o.src[start-1] != '\n' {
		return Edit{}, false
	}
	return Edit{start, start, indented(indent, lines)}, true
}

// appendLines emits new lines behind the last statement of a list.
func (o *operators) appendLines(op, rule string, s ast.Stmt, weight float64, lines ...string) {
	if e, ok := o.linesBehind(s, lines...); ok {
		o.emit(op, rule, s, weight, e)
	}
}

// linesBehind returns the insertion of lines behind a statement, false when something follows it on its line.
func (o *operators) linesBehind(s ast.Stmt, lines ...string) (Edit, bool) {
	_, end := o.lineSpan(s)
	if end == 0 || end > len(o.src) || o.src[end-1] != '\n' {
		return Edit{}, false
	}
	return Edit{end, end, indented(o.indent(o.off(s.Pos())), lines)}, true
}

// indented returns lines with their ends, each behind an indentation.
func indented(indent string, lines []string) string {
	var text strings.Builder
	for _, line := range lines {
		text.WriteString(indent + line + "\n")
	}
	return text.String()
}

// guardCheck is a condition to guard a statement with.
type guardCheck struct {
	text   string
	rule   string
	weight float64
}

// guardChecks returns the conditions worth guarding statement s with, likeliest first.
func (o *operators) guardChecks(s ast.Stmt) []guardCheck {
	var out []guardCheck
	seen := map[string]bool{}
	add := func(text, rule string, weight float64) {
		if text != "" && !seen[text] {
			seen[text] = true
			out = append(out, guardCheck{text, rule, weight})
		}
	}
	before := o.previous(s)
	if before != nil {
		for _, v := range o.assigned(before) {
			switch {
			case isError(v.Type()):
				add(v.Name()+" != nil", "guard-error", 4)
			case isBoolean(v.Type()):
				add("!"+v.Name(), "guard-flag", 1.5)
				add(v.Name(), "guard-flag", 1)
			case nilable(v.Type()) && !hasLen(v.Type()) && v.Name() != "_" && !o.thin:
				add(v.Name()+" == nil", "guard-nil", 1.2)
			}
		}
	}
	near := []ast.Node{s}
	if before != nil {
		near = append(near, before)
	}
	for _, c := range o.conditionsAt(s.Pos(), near...) {
		add(c.text, "guard-check", c.weight)
	}
	ast.Inspect(s, func(n ast.Node) bool {
		if index, ok := n.(*ast.IndexExpr); ok && isSimple(index.X) && isInteger(o.typeOf(index.Index)) && hasLen(o.typeOf(index.X)) && o.resolves(index, s.Pos()) {
			if _, isMap := under(o.typeOf(index.X)).(*types.Map); !isMap {
				add(o.text(index.Index)+" >= len("+o.text(index.X)+")", "guard-bounds", 1.2)
				add(o.text(index.Index)+" < 0", "guard-bounds", 0.6)
			}
		}
		_, isFunc := n.(*ast.FuncLit)
		return !isFunc
	})
	return out
}

// previous returns the statement in front of s in its list, nil for the first.
func (o *operators) previous(s ast.Stmt) ast.Stmt {
	list := stmtList(o.parent(1))
	for i := 1; i < len(list); i++ {
		if list[i] == s {
			return list[i-1]
		}
	}
	return nil
}

// assigned returns the variables that a statement assigns or declares.
func (o *operators) assigned(s ast.Stmt) []*types.Var {
	var out []*types.Var
	if s, ok := s.(*ast.AssignStmt); ok {
		for _, e := range s.Lhs {
			if id, ok := e.(*ast.Ident); ok {
				obj := o.info.Defs[id]
				if obj == nil {
					obj = o.info.Uses[id]
				}
				if v, ok := obj.(*types.Var); ok {
					out = append(out, v)
				}
			}
		}
	}
	return out
}

// exitsAt returns the ways to leave at pos, likeliest first: those of the function's other exits that make sense
// there, then plain zero results, then continue and break inside a loop.
func (o *operators) exitsAt(pos token.Pos) []string {
	var out []string
	seen := map[string]bool{}
	add := func(text string) {
		if text != "" && !seen[text] && len(out) < 8 {
			seen[text] = true
			out = append(out, text)
		}
	}
	sig := o.signatureAt()
	add(o.errorReturn(pos, sig))
	inLoop := o.inLoop()
	if inLoop {
		add("continue")
	}
	for _, exit := range o.facts.exits {
		if ret, ok := exit.(*ast.ReturnStmt); ok && o.resolves(ret, pos) && len(o.text(ret)) < 60 && !o.inLiteral() {
			add(o.text(ret))
		}
	}
	add(o.zeroReturn(sig))
	if sig != nil && sig.Results().Len() > 0 && isError(sig.Results().At(sig.Results().Len()-1).Type()) {
		for _, name := range o.errorNames(2) {
			add(o.returnWith(sig, name))
		}
	}
	if inLoop {
		add("break")
	}
	if sig != nil && sig.Results().Len() == 1 {
		for i, name := range o.namesFor(pos, sig.Results().At(0).Type(), nil) {
			if i < 3 {
				add("return " + name)
			}
		}
	}
	for _, t := range o.templates() {
		if t.rule == "insert-exit" && t.op == "INSERT" && o.namesResolve(t, pos) {
			add(t.text)
		}
	}
	return out
}

// inLoop tells whether the current node is inside the body of a loop of the innermost function.
func (o *operators) inLoop() bool {
	for i := len(o.stack) - 2; i > 0; i-- {
		switch o.stack[i].(type) {
		case *ast.FuncLit:
			return false
		case *ast.ForStmt, *ast.RangeStmt:
			return true
		}
	}
	return false
}

// inLiteral tells whether the current node is inside a function literal.
func (o *operators) inLiteral() bool {
	for i := len(o.stack) - 1; i > 0; i-- {
		if _, ok := o.stack[i].(*ast.FuncLit); ok {
			return true
		}
	}
	return false
}

// errorReturn returns the statement that hands an error in scope up, "" when the results have no error or none is
// in scope.
func (o *operators) errorReturn(pos token.Pos, sig *types.Signature) string {
	if sig == nil || sig.Results().Len() == 0 || !isError(sig.Results().At(sig.Results().Len()-1).Type()) {
		return ""
	}
	name := ""
	for _, obj := range o.visible(pos) {
		if v, ok := obj.(*types.Var); ok && isError(v.Type()) && o.isLocal(v) {
			name = v.Name()
			break
		}
	}
	if name == "" {
		return ""
	}
	return o.returnWith(sig, name)
}

// zeroReturn returns a return statement with zero values.
func (o *operators) zeroReturn(sig *types.Signature) string {
	if sig == nil {
		return ""
	}
	if sig.Results().Len() == 0 || sig.Results().At(0).Name() != "" {
		return "return"
	}
	return o.returnWith(sig, "")
}

// returnWith returns a return statement with zero values and, as its last value, the name given.
func (o *operators) returnWith(sig *types.Signature, last string) string {
	parts := make([]string, sig.Results().Len())
	for i := range parts {
		t := sig.Results().At(i).Type()
		zero := zeroTexts(o, t)
		if isBoolean(t) {
			zero = []string{"false"}
		}
		switch {
		case i == len(parts)-1 && last != "":
			parts[i] = last
		case len(zero) > 0:
			parts[i] = zero[0]
		default:
			return ""
		}
	}
	return "return " + strings.Join(parts, ", ")
}

// unguardOps takes statements out of their if, puts a statement under a condition of the function, and turns
// conditions into constants by dropping the if.
func unguardOps(o *operators, n ast.Node) {
	s, ok := n.(ast.Stmt)
	if !ok || !isListOwner(o.parent(1)) {
		return
	}
	switch s := s.(type) {
	case *ast.IfStmt:
		if s.Init == nil && s.Else == nil && len(s.Body.List) > 0 && !o.readsLast(s.Cond) && !declares(s.Body) {
			first, last := s.Body.List[0], s.Body.List[len(s.Body.List)-1]
			o.emit("GUARD", "delete-if-head", s, 1, Edit{o.off(s.Pos()), o.off(s.End()), string(o.src[o.off(first.Pos()):o.off(last.End())])})
		}
	case *ast.ExprStmt, *ast.AssignStmt, *ast.IncDecStmt, *ast.ReturnStmt, *ast.BranchStmt:
		if declaresNames(s) || o.isTerminal(s) {
			return
		}
		limit := o.budget(200, 6, 30)
		for _, cond := range append(o.assignmentChecks(s), o.conditionsAt(s.Pos(), s)...) {
			if limit--; limit < 0 {
				break
			}
			o.wrapIn("guard-wrap", s, cond.text, cond.weight)
		}
	}
}

// declares tells whether a block declares names of its own.
func declares(b *ast.BlockStmt) bool {
	for _, s := range b.List {
		switch s := s.(type) {
		case *ast.DeclStmt, *ast.LabeledStmt:
			return true
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE {
				return true
			}
		}
	}
	return false
}

// assignmentChecks returns the comparisons that keep the larger or smaller of two values.
func (o *operators) assignmentChecks(s ast.Stmt) []check {
	a, ok := s.(*ast.AssignStmt)
	if !ok || len(a.Lhs) != 1 || len(a.Rhs) != 1 || a.Tok != token.ASSIGN || len(o.text(a.Rhs[0])) > 30 ||
		!ordered(o.typeOf(a.Lhs[0])) || !fits(o.typeOf(a.Rhs[0]), o.typeOf(a.Lhs[0])) {
		return nil
	}
	left, right := o.text(a.Lhs[0]), o.text(a.Rhs[0])
	return []check{{right + " > " + left, 3}, {right + " < " + left, 3}, {left + " < " + right, 2}, {left + " > " + right, 2}}
}

// errorNames returns the package's error variables that the file mentions, for an early exit.
func (o *operators) errorNames(limit int) []string {
	var out []string
	for _, obj := range o.packageLevel() {
		if v, ok := obj.(*types.Var); ok && isError(v.Type()) && len(out) < limit {
			out = append(out, v.Name())
		}
	}
	return out
}

// isElement tells whether an expression is an element of a simple list, or of a list in one.
func (o *operators) isElement(n *ast.IndexExpr) bool {
	row, ok := n.X.(*ast.IndexExpr)
	return isIndex(n) || ok && !o.thin && isIndex(row) && isSimple(n.Index)
}

// isIndex tells whether an expression is an element of a simple list.
func isIndex(e ast.Expr) bool {
	index, ok := e.(*ast.IndexExpr)
	return ok && isSimple(index.X) && isSimple(index.Index)
}
