package main

import (
	"go/ast"
	"go/token"
	"go/types"
)

// controlOps changes the flow of control: branch statements, loop heads, range variables, defer and go, cases.
func controlOps(o *operators, n ast.Node) {
	switch n := n.(type) {
	case *ast.BranchStmt:
		o.changeBranch(n)
	case *ast.ReturnStmt:
		if len(n.Results) == 0 && o.inLoop() {
			o.replace("CTRL", "branch-swap", n, "continue", 1)
			o.replace("CTRL", "branch-swap", n, "break", 1)
		}
	case *ast.ForStmt:
		o.changeLoop(n)
	case *ast.RangeStmt:
		o.changeRange(n)
	case *ast.ExprStmt:
		if call, ok := n.X.(*ast.CallExpr); ok && isListOwner(o.parent(1)) && !o.isTerminal(n) && !isBuiltin(call.Fun, "panic", "print", "println", "copy", "delete", "close") {
			o.replace("CTRL", "branch-add-defer", n, "defer "+o.text(call), 0.4)
		}
	case *ast.DeferStmt:
		o.replace("CTRL", "branch-defer", n, o.text(n.Call), 0.5)
	case *ast.GoStmt:
		o.replace("CTRL", "branch-go", n, o.text(n.Call), 0.5)
	case *ast.IfStmt:
		o.changeElse(n)
	case *ast.CaseClause:
		o.changeCase(n)
	case *ast.SwitchStmt:
		o.addDefault(n)
	}
}

// changeBranch exchanges break, continue and return.
func (o *operators) changeBranch(n *ast.BranchStmt) {
	if n.Label != nil {
		o.emit("CTRL", "branch-label-drop", n, 1, Edit{o.off(n.Pos()) + len(n.Tok.String()), o.off(n.End()), ""})
	}
	switch n.Tok {
	case token.BREAK, token.CONTINUE:
		other := token.BREAK
		if n.Tok == token.BREAK {
			other = token.CONTINUE
		}
		if o.inLoop() {
			o.replaceAt("CTRL", "branch-swap", n, n.Pos(), len(n.Tok.String()), other.String(), 2)
		}
		if n.Label == nil {
			for _, label := range o.labels() {
				o.emit("CTRL", "branch-label-add", n, 1, Edit{o.off(n.End()), o.off(n.End()), " " + label})
			}
		}
		if text := o.zeroReturn(o.signatureAt()); text != "" {
			o.replace("RETURN", "branch-return", n, text, 0.7)
		}
	case token.FALLTHROUGH:
		// dropped by deleteOps
	}
}

// labels returns the labels of the loops around the current node.
func (o *operators) labels() []string {
	var out []string
	for i := len(o.stack) - 1; i > 0; i-- {
		if l, ok := o.stack[i].(*ast.LabeledStmt); ok {
			switch l.Stmt.(type) {
			case *ast.ForStmt, *ast.RangeStmt:
				out = append(out, l.Label.Name)
			}
		}
	}
	return out
}

// changeLoop changes the start and the direction of a counting loop; its bound and step come with the operators.
func (o *operators) changeLoop(n *ast.ForStmt) {
	init, ok := n.Init.(*ast.AssignStmt)
	if ok && len(init.Lhs) == 1 && len(init.Rhs) == 1 && isInteger(o.typeOf(init.Rhs[0])) {
		for _, start := range []string{"0", "1"} {
			if !o.readsLast(init.Rhs[0]) {
				o.replace("LIT", "loop-start", init.Rhs[0], start, 1)
			}
		}
		if _, literal := init.Rhs[0].(*ast.BasicLit); !literal {
			o.replace("TERM", "loop-start", init.Rhs[0], o.sumText(init.Rhs[0])+" + 1", 1)
			o.replace("TERM", "loop-start", init.Rhs[0], o.sumText(init.Rhs[0])+" - 1", 1)
		}
		for i, name := range o.namesFor(init.Pos(), o.typeOf(init.Lhs[0]), nil) {
			if i < 3 && !o.readsLast(init.Rhs[0]) {
				o.replace("NAME", "loop-start-name", init.Rhs[0], name, 0.5)
				o.replace("TERM", "loop-start-name", init.Rhs[0], name+" + 1", 0.6)
			}
		}
	}
	if post, ok := n.Post.(*ast.IncDecStmt); ok {
		op := "+="
		if post.Tok == token.DEC {
			op = "-="
		}
		o.replace("ASSIGN", "loop-step", post, o.text(post.X)+" "+op+" 2", 0.5)
	}
	if post, ok := n.Post.(*ast.AssignStmt); ok && len(post.Lhs) == 1 && post.Tok == token.ADD_ASSIGN {
		o.replace("ASSIGN", "loop-step", post, o.text(post.Lhs[0])+"++", 0.7)
	}
}

// changeRange exchanges key and value of a range, and drops one of them.
func (o *operators) changeRange(n *ast.RangeStmt) {
	if n.Tok != token.DEFINE {
		return
	}
	key, _ := n.Key.(*ast.Ident)
	value, _ := n.Value.(*ast.Ident)
	sameType := func() bool {
		switch t := under(o.typeOf(n.X)).(type) {
		case *types.Slice:
			return isInteger(t.Elem())
		case *types.Array:
			return isInteger(t.Elem())
		case *types.Map:
			return types.Identical(t.Key(), t.Elem())
		}
		return isString(o.typeOf(n.X))
	}
	switch {
	case key != nil && value == nil && key.Name != "_" && sameType() && !isString(o.typeOf(n.X)):
		o.replace("CTRL", "range-value", n.Key, "_, "+key.Name, 2)
	case key != nil && value != nil && key.Name == "_" && sameType():
		o.emit("CTRL", "range-key", n, 1, Edit{o.off(key.Pos()), o.off(value.End()), value.Name})
	case key != nil && value != nil && key.Name != "_" && value.Name != "_" && sameType():
		o.emit("CTRL", "range-swap", n, 1, Edit{o.off(key.Pos()), o.off(value.End()), value.Name + ", " + key.Name})
	}
	if end := o.off(n.X.End()); isPlainSlice(o.typeOf(n.X)) || isString(o.typeOf(n.X)) {
		if isSimple(n.X) {
			o.emit("INDEX", "range-slice", n, 1, Edit{end, end, "[1:]"})
			o.emit("INDEX", "range-slice", n, 0.7, Edit{end, end, "[:len(" + o.text(n.X) + ")-1]"})
		}
	}
}

// changeElse turns if ... else if chains into separate ifs, exchanges the two branches, and adds an else that leaves.
func (o *operators) changeElse(n *ast.IfStmt) {
	block, ok := n.Else.(*ast.BlockStmt)
	if ok && len(n.Body.List) > 0 && len(block.List) > 0 {
		o.emit("MOVE", "else-swap", n, 0.7, Edit{o.off(n.Body.Pos()), o.off(n.Body.End()), o.text(block)},
			Edit{o.off(block.Pos()), o.off(block.End()), o.text(n.Body)})
		if !declares(block) && !o.isTerminal(n) {
			first, last := block.List[0], block.List[len(block.List)-1]
			o.emit("CTRL", "else-flatten", n, 0.7, Edit{o.off(n.Body.End()), o.off(n.Else.End()), "\n" + o.indent(o.off(n.Pos())) + string(o.src[o.off(first.Pos()):o.off(last.End())])})
		}
	}
	if chain, ok := n.Else.(*ast.IfStmt); ok && isListOwner(o.parent(1)) && n.Init == nil && !o.isTerminal(n) {
		o.emit("CTRL", "else-split", n, 0.7, Edit{o.off(n.Body.End()), o.off(chain.Pos()), "\n" + o.indent(o.off(n.Pos()))})
	}
	if next := o.next(n); n.Else == nil && next != nil && isListOwner(o.parent(1)) {
		if after, ok := next.(*ast.IfStmt); ok && o.onlyBlanks(o.off(n.End()), o.off(after.Pos())) && after.Init == nil {
			o.emit("CTRL", "else-join", n, 0.7, Edit{o.off(n.End()), o.off(after.Pos()), " else "})
		}
		if o.movable(next) && o.onlyBlanks(o.off(n.End()), o.off(next.Pos())) && !o.isTerminal(next) && !exits(n.Body) {
			indent := o.indent(o.off(n.Pos()))
			o.emit("CTRL", "else-wrap", n, 0.7, Edit{o.off(n.End()), o.off(next.End()), " else {\n" + indent + "\t" + o.text(next) + "\n" + indent + "}"})
		}
	}
}

// next returns the statement behind s in its list, nil for none.
func (o *operators) next(s ast.Stmt) ast.Stmt {
	list := stmtList(o.parent(1))
	for i := 0; i+1 < len(list); i++ {
		if list[i] == s {
			return list[i+1]
		}
	}
	return nil
}

// onlyBlanks tells whether a byte range holds nothing but blanks and line ends.
func (o *operators) onlyBlanks(start, end int) bool {
	for i := start; i < end; i++ {
		switch o.src[i] {
		case ' ', '\t', '\n', '\r':
		default:
			return false
		}
	}
	return start <= end
}

// changeCase adds and drops values of a case, and lets it fall through.
func (o *operators) changeCase(n *ast.CaseClause) {
	for i := range n.List {
		if len(n.List) > 1 {
			start, end := o.argSpan(&ast.CallExpr{Args: n.List}, i)
			o.emit("CTRL", "branch-case-drop", n, 1, Edit{start, end, ""})
		}
	}
	if _, ok := o.parent(2).(*ast.TypeSwitchStmt); ok || len(n.Body) == 0 {
		return
	}
	body, ok := o.parent(1).(*ast.BlockStmt)
	if !ok || body.List[len(body.List)-1] == n {
		return
	}
	if last := n.Body[len(n.Body)-1]; !leaves(last) {
		o.appendLines("CTRL", "branch-fallthrough", last, 0.3, "fallthrough")
	}
}

// addDefault gives a switch without one a default that leaves.
func (o *operators) addDefault(n *ast.SwitchStmt) {
	for _, s := range n.Body.List {
		if c, ok := s.(*ast.CaseClause); ok && c.List == nil {
			return
		}
	}
	close := o.off(n.Body.Rbrace)
	indent := o.indent(close)
	start := close - len(indent)
	if start <= 0 || o.src[start-1] != '\n' {
		return
	}
	seen := 0
	for _, exit := range o.exitsAt(n.End()) {
		if seen++; seen > 3 {
			break
		}
		o.emit("CTRL", "branch-default", n, 0.6, Edit{start, start, indent + "default:\n" + indent + "\t" + exit + "\n"})
	}
}
