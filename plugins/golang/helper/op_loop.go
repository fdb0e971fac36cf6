package main

import (
	"go/ast"
	"go/token"
	"go/types"
)

// loopOps rewrites the heads of loops: the other direction, both ends at once, a loop for an if, a step that is
// missing, and a copied element in the place of the element.
func loopOps(o *operators, n ast.Node) {
	switch n := n.(type) {
	case *ast.ForStmt:
		o.turnRound(n)
		o.addStep(n)
		if n.Init == nil && n.Post == nil && n.Cond != nil && !hasBranch(n.Body) && !o.isTerminal(n) {
			o.replaceAt("CTRL", "loop-if", n, n.Pos(), len("for"), "if", 1)
		}
	case *ast.IfStmt:
		if n.Init == nil && n.Else == nil && isListOwner(o.parent(1)) && !exits(n.Body) && o.changesCondition(n) {
			o.replaceAt("CTRL", "loop-for", n, n.Pos(), len("if"), "for", 1)
		}
	case *ast.RangeStmt:
		o.countFromOne(n)
		o.changeElement(n)
	}
}

// hasBranch tells whether a block leaves or goes round the loop that it is the body of.
func hasBranch(body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.BranchStmt:
			found = true
		case *ast.FuncLit:
			return false
		}
		return !found
	})
	return found
}

// changesCondition tells whether the body of an if assigns a variable of its condition.
func (o *operators) changesCondition(n *ast.IfStmt) bool {
	names := o.namesNear(nil, &ast.ExprStmt{X: n.Cond})
	changed := false
	ast.Inspect(n.Body, func(node ast.Node) bool {
		var targets []ast.Expr
		switch s := node.(type) {
		case *ast.AssignStmt:
			if s.Tok != token.DEFINE {
				targets = s.Lhs
			}
		case *ast.IncDecStmt:
			targets = []ast.Expr{s.X}
		}
		for _, e := range targets {
			id := rootIdent(e)
			changed = changed || id != nil && names[id.Name]
		}
		return !changed
	})
	return changed
}

// counter is a loop that counts a variable from one bound to another.
type counter struct {
	name         string
	assign       string // := or =
	start, bound ast.Expr
	op, step     token.Token
}

// counterOf takes a counting loop apart; ok is false for any other loop.
func (o *operators) counterOf(n *ast.ForStmt) (c counter, ok bool) {
	init, isInit := n.Init.(*ast.AssignStmt)
	cond, isCond := n.Cond.(*ast.BinaryExpr)
	post, isPost := n.Post.(*ast.IncDecStmt)
	if !isInit || !isCond || !isPost || len(init.Lhs) != 1 || len(init.Rhs) != 1 || !isInteger(o.typeOf(init.Lhs[0])) {
		return c, false
	}
	name := o.text(init.Lhs[0])
	if o.text(cond.X) != name || o.text(post.X) != name {
		return c, false
	}
	return counter{name, init.Tok.String(), init.Rhs[0], cond.Y, cond.Op, post.Tok}, true
}

// turnRound counts the other way, and moves both ends of a loop by one.
func (o *operators) turnRound(n *ast.ForStmt) {
	c, ok := o.counterOf(n)
	if !ok {
		return
	}
	put := func(rule string, weight float64, start, op, bound, step string) {
		text := c.name + " " + c.assign + " " + start + "; " + c.name + " " + op + " " + bound + "; " + c.name + step
		o.emit("REWRITE", rule, n, weight, Edit{o.off(n.Init.Pos()), o.off(n.Post.End()), text})
	}
	start, bound := o.text(c.start), o.text(c.bound)
	switch {
	case c.step == token.INC && c.op == token.LSS:
		put("loop-reverse", 1, o.sumText(c.bound)+" - 1", ">=", start, "--")
		if start == "0" {
			put("loop-shift", 1, "1", "<=", bound, "++")
		}
	case c.step == token.INC && c.op == token.LEQ:
		put("loop-reverse", 1, bound, ">=", start, "--")
		if start == "1" {
			put("loop-shift", 1, "0", "<", bound, "++")
		}
	case c.step == token.DEC && c.op == token.GEQ:
		put("loop-reverse", 1, bound, "<=", start, "++")
	case c.step == token.DEC && c.op == token.GTR:
		put("loop-reverse", 1, o.sumText(c.bound)+" + 1", "<=", start, "++")
	}
}

// addStep gives a loop that declares a counter and tests it the step it lacks.
func (o *operators) addStep(n *ast.ForStmt) {
	init, ok := n.Init.(*ast.AssignStmt)
	if !ok || n.Post != nil || n.Cond == nil || len(init.Lhs) != 1 || !isInteger(o.typeOf(init.Lhs[0])) {
		return
	}
	name := o.text(init.Lhs[0])
	at := o.off(n.Body.Lbrace)
	start := o.off(n.Cond.End())
	for _, step := range []string{"++", "--"} {
		o.emit("ASSIGN", "loop-post", n, 1, Edit{start, at, "; " + name + step + " "})
	}
}

// countFromOne makes a loop over the numbers below n one over the numbers from 1 to n.
func (o *operators) countFromOne(n *ast.RangeStmt) {
	key, ok := n.Key.(*ast.Ident)
	if !ok || n.Value != nil || n.Tok != token.DEFINE || key.Name == "_" || !isInteger(o.typeOf(n.X)) {
		return
	}
	bound := o.text(n.X)
	head := Edit{o.off(n.Key.Pos()), o.off(n.X.End()), ""}
	head.New = key.Name + " := 1; " + key.Name + " <= " + bound + "; " + key.Name + "++"
	o.emit("CTRL", "loop-count", n, 1, head)
	head.New = key.Name + " := " + o.sumText(n.X) + " - 1; " + key.Name + " >= 0; " + key.Name + "--"
	o.emit("CTRL", "loop-reverse", n, 1, head)
}

// changeElement writes to the element of a list where a loop changes its own copy of it.
func (o *operators) changeElement(n *ast.RangeStmt) {
	value, ok := n.Value.(*ast.Ident)
	if !ok || n.Tok != token.DEFINE || value.Name == "_" || !isSimple(n.X) {
		return
	}
	switch under(o.typeOf(n.X)).(type) {
	case *types.Slice, *types.Array, *types.Map:
	default:
		return
	}
	v := o.info.Defs[value]
	edits := []Edit{}
	key, _ := n.Key.(*ast.Ident)
	name := "i"
	if key != nil && key.Name != "_" {
		name = key.Name
	} else if key != nil {
		if _, taken := o.pkg.Scope(o.file, n.Body.Lbrace).LookupParent("i", n.Body.Lbrace); taken != nil {
			return
		}
		edits = append(edits, Edit{o.off(key.Pos()), o.off(key.End()), name})
	}
	written, reads := 0, 0
	ast.Inspect(n.Body, func(node ast.Node) bool {
		for _, id := range o.writtenParts(node) {
			if o.info.Uses[id] == v {
				written++
				edits = append(edits, Edit{o.off(id.Pos()), o.off(id.End()), o.text(n.X) + "[" + name + "]"})
			}
		}
		if id, ok := node.(*ast.Ident); ok && o.info.Uses[id] == v {
			reads++
		}
		return true
	})
	if written == 0 || written > 3 {
		return
	}
	if reads == written { // nothing reads the copy any more
		edits = append([]Edit{{o.off(n.Key.Pos()), o.off(value.End()), name}}, edits[len(edits)-written:]...)
	}
	o.emit("REWRITE", "loop-element", n, 1, edits...)
}

// writtenParts returns the variables that an assignment writes, whole or a field of theirs that lies in them.
func (o *operators) writtenParts(n ast.Node) []*ast.Ident {
	var targets []ast.Expr
	switch n := n.(type) {
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE {
			targets = n.Lhs
		}
	case *ast.IncDecStmt:
		targets = []ast.Expr{n.X}
	}
	var out []*ast.Ident
	for _, e := range targets {
		for sel, ok := e.(*ast.SelectorExpr); ok; sel, ok = e.(*ast.SelectorExpr) {
			if _, isStruct := under(o.typeOf(sel.X)).(*types.Struct); !isStruct {
				break
			}
			e = sel.X
		}
		if id, ok := e.(*ast.Ident); ok {
			out = append(out, id)
		}
	}
	return out
}
