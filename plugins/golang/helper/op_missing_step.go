package main

import (
	"go/ast"
	"go/token"
	"go/types"
)

// Limits of what ends a step of a loop.
const (
	maxRolled = 3 // pairs of variables that a loop hands on
	maxAgain  = 3 // variables that start again at one place
)

// endOfStep ends a step of a loop, or a branch of one, with what gets ready for the next: two rows exchanged, the new
// value handed on as the old, and variables that start again.
func (o *operators) endOfStep(n ast.Node, list []ast.Stmt) {
	loop := o.innerLoop()
	if loop == nil || len(list) == 0 {
		return
	}
	whole, parts := o.changedIn(bodyOf(loop))
	if bodyOf(loop) == n {
		order, _ := o.usesIn(loop)
		o.exchangeRows(order, whole, parts, list)
		o.handOn(loop, order, whole, list)
	}
	o.startAgain(loop, n, whole, parts, list)
}

// innerLoop returns the innermost loop around the current node, nil for none in the same function.
func (o *operators) innerLoop() ast.Stmt {
	for i := len(o.stack) - 2; i > 0; i-- {
		switch n := o.stack[i].(type) {
		case *ast.FuncLit:
			return nil
		case *ast.ForStmt, *ast.RangeStmt:
			return n.(ast.Stmt)
		}
	}
	return nil
}

// exchangeRows exchanges two lists or pointers of one type at the end of a loop that fills one from the other.
func (o *operators) exchangeRows(order []*types.Var, whole, parts map[*types.Var]bool, list []ast.Stmt) {
	pairs := 0
	for i, v := range order {
		if !isReference(v.Type()) {
			continue
		}
		for _, w := range order[i+1:] {
			if pairs == maxRolled || !types.Identical(v.Type(), w.Type()) || o.isParam(v) && o.isParam(w) {
				continue
			}
			if parts[v] != parts[w] || whole[v] != whole[w] {
				pairs++
				a, b := v.Name(), w.Name()
				if w.Pos() < v.Pos() {
					a, b = b, a
				}
				o.putLast("insert-exchange", list, 1, a+", "+b+" = "+b+", "+a)
			}
		}
	}
}

// isReference tells whether a variable of type t holds or refers to others.
func isReference(t types.Type) bool {
	switch under(t).(type) {
	case *types.Slice, *types.Array, *types.Map, *types.Pointer:
		return true
	}
	return false
}

// handOn sets a variable that a loop reads and never sets to a value of its type that the loop has made.
func (o *operators) handOn(loop ast.Stmt, order []*types.Var, whole map[*types.Var]bool, list []ast.Stmt) {
	made := 0
	for _, v := range order {
		if whole[v] || o.isParam(v) && !isReference(v.Type()) || o.counts(v) {
			continue
		}
		for _, obj := range o.madeIn(loop, list) {
			if made < maxRolled && types.Identical(obj.Type(), v.Type()) && obj.Name() != "_" {
				made++
				o.putLast("insert-hand-on", list, 1, v.Name()+" = "+obj.Name())
			}
		}
	}
}

// madeIn returns what the statements of a loop's body declare, and the loop itself over the elements of a list.
func (o *operators) madeIn(loop ast.Stmt, list []ast.Stmt) []types.Object {
	var out []types.Object
	for _, s := range list {
		out = append(out, o.declaredBy(s)...)
	}
	if r, ok := loop.(*ast.RangeStmt); ok {
		if id, ok := r.Value.(*ast.Ident); ok && o.info.Defs[id] != nil {
			out = append(out, o.info.Defs[id])
		}
	}
	return out
}

// changedIn returns the variables that a node sets as a whole, and those of which it sets a part.
func (o *operators) changedIn(n ast.Node) (whole, parts map[*types.Var]bool) {
	whole, parts = map[*types.Var]bool{}, map[*types.Var]bool{}
	change := func(e ast.Expr) {
		id := rootIdent(e)
		if id == nil {
			return
		}
		if v, ok := o.info.Uses[id].(*types.Var); !ok {
			return
		} else if ast.Unparen(e) == id {
			whole[v] = true
		} else {
			parts[v] = true
		}
	}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, e := range n.Lhs {
				change(e)
			}
		case *ast.IncDecStmt:
			change(n.X)
		case *ast.ExprStmt:
			if call, ok := n.X.(*ast.CallExpr); ok {
				if sel, ok := call.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name != "Reset" {
					change(sel)
				}
			}
		}
		return true
	})
	return whole, parts
}

// startAgain gives variables that start in front of a loop and change in it their first value again: behind a loop
// within the loop, and where a branch of it has made use of them.
func (o *operators) startAgain(loop ast.Stmt, n ast.Node, whole, parts map[*types.Var]bool, list []ast.Stmt) {
	body := bodyOf(loop)
	ownWhole, ownParts := o.changedIn(n)
	if n == body {
		ownWhole, ownParts = o.changedIn(&ast.BlockStmt{List: plainStmts(list)})
	}
	near := o.mentioned(n)
	left := maxAgain
	for _, weight := range []float64{1, 0.3} {
		for _, v := range o.localVars() {
			line := ""
			if v.Pos() < loop.Pos() && (whole[v] || parts[v]) && !ownWhole[v] && !ownParts[v] && near[v] == (weight == 1) {
				line = o.startText(v)
			}
			if line != "" && left > 0 && (weight == 1 || n != body) {
				left--
				o.putLast("insert-again", list, weight, line)
			}
		}
	}
}

// plainStmts returns the statements of a list that hold no others.
func plainStmts(list []ast.Stmt) []ast.Stmt {
	var out []ast.Stmt
	for _, s := range list {
		switch s.(type) {
		case *ast.AssignStmt, *ast.IncDecStmt, *ast.ExprStmt:
			out = append(out, s)
		}
	}
	return out
}

// mentioned returns the variables that a block names, or the condition that it stands under.
func (o *operators) mentioned(n ast.Node) map[*types.Var]bool {
	out := map[*types.Var]bool{}
	collect := func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if v, ok := o.info.Uses[id].(*types.Var); ok {
				out[v] = true
			}
		}
		return true
	}
	ast.Inspect(n, collect)
	if branch, ok := o.parent(1).(*ast.IfStmt); ok {
		ast.Inspect(branch.Cond, collect)
		if branch.Else == n {
			ast.Inspect(branch.Body, collect)
		}
	}
	return out
}

// startText returns the statement that gives a variable the plain value of its declaration again, "" for any other.
func (o *operators) startText(v *types.Var) string {
	if o.facts.starts == nil {
		o.gatherStarts()
	}
	text := o.facts.starts[v]
	if text == "" {
		return ""
	}
	return v.Name() + text
}

// gatherStarts notes what puts each variable back that is declared with a plain value or with none.
func (o *operators) gatherStarts() {
	o.facts.starts = map[*types.Var]string{}
	note := func(id *ast.Ident, value ast.Expr) {
		v, ok := o.info.Defs[id].(*types.Var)
		if !ok {
			return
		}
		if value == nil {
			o.facts.starts[v] = resetText(v.Type())
		} else if o.isPlainValue(value) {
			o.facts.starts[v] = " = " + o.text(value)
		}
	}
	ast.Inspect(o.fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, e := range n.Lhs {
				if id, ok := e.(*ast.Ident); ok && n.Tok == token.DEFINE && len(n.Lhs) == len(n.Rhs) {
					note(id, n.Rhs[i])
				}
			}
		case *ast.ValueSpec:
			for i, id := range n.Names {
				if len(n.Values) == len(n.Names) {
					note(id, n.Values[i])
				} else if len(n.Values) == 0 {
					note(id, nil)
				}
			}
		}
		return true
	})
}

// resetText returns what empties a variable that is declared without a value, "" for what has no short way.
func resetText(t types.Type) string {
	switch {
	case isNumeric(t):
		return " = 0"
	case isString(t):
		return ` = ""`
	case isBoolean(t):
		return " = false"
	case nilable(t):
		return " = nil"
	}
	if named, ok := t.(*types.Named); ok {
		for i := range named.NumMethods() {
			if m := named.Method(i); m.Name() == "Reset" && m.Type().(*types.Signature).Params().Len() == 0 {
				return ".Reset()"
			}
		}
	}
	return ""
}

// isPlainValue tells whether an expression is a constant, nil, or something made empty.
func (o *operators) isPlainValue(e ast.Expr) bool {
	if o.info.Types[e].Value != nil || isNumber(e) {
		return true
	}
	switch e := e.(type) {
	case *ast.Ident:
		return o.isNil(e)
	case *ast.CompositeLit:
		return len(e.Elts) == 0
	case *ast.CallExpr:
		return isBuiltin(e.Fun, "make")
	}
	return false
}
