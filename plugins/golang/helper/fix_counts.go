package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// fixAssignCount repairs an assignment whose sides have different numbers of values.
func fixAssignCount(c *fixContext) {
	lhs, rhs, stmt := c.sidesOfAssignment()
	if len(rhs) == 0 {
		fixTooManyValues(c)
		return
	}
	if len(rhs) == 1 {
		if tuple, ok := c.pkg.Info.TypeOf(rhs[0]).(*types.Tuple); ok {
			c.matchTuple(lhs, rhs[0], stmt, tuple)
			return
		}
	}
	if len(rhs) == 1 {
		if sig, ok := orInvalid(c.typeOf(rhs[0])).Underlying().(*types.Signature); ok && sig.Results().Len() == len(lhs) && sig.Params().Len() == 0 {
			c.add(2, "CALL", "call", c.insert(rhs[0].End(), "()"))
		}
	}
	if len(lhs) > len(rhs) && len(lhs) > 1 {
		c.dropNames(lhs, len(rhs))
		if len(rhs) == 1 {
			c.commaOk(lhs, rhs[0])
		}
		zeros := c.zerosFor(lhs[len(rhs):])
		if zeros != "" {
			c.add(0.5, "ASSIGN", "add-values", c.insert(rhs[len(rhs)-1].End(), zeros))
		}
	}
	if len(rhs) > len(lhs) {
		c.add(0.7, "ASSIGN", "drop-values", c.span(rhs[len(lhs)-1].End(), rhs[len(rhs)-1].End(), ""))
		c.add(0.4, "ASSIGN", "drop-first-values", c.span(rhs[0].Pos(), rhs[len(rhs)-len(lhs)].Pos(), ""))
		c.add(0.6, "ASSIGN", "add-blanks", c.insert(lhs[len(lhs)-1].End(), strings.Repeat(", _", len(rhs)-len(lhs))))
		for _, gap := range gaps(len(rhs), min(len(rhs)-len(lhs), 3)) {
			names, at := copies("_", len(rhs)), 0
			for i := range names {
				if !gap[i] && at < len(lhs) {
					names[i] = c.text(lhs[at])
					at++
				}
			}
			c.nameByUse(lhs, names, 1)
		}
		if len(lhs) == 1 {
			values := make([]string, len(rhs))
			for i, e := range rhs {
				values[i] = c.text(e)
			}
			if t := c.typeOf(rhs[0]); t != nil && isString(t) {
				c.add(0.2, "ARITH", "concatenate", c.span(rhs[0].Pos(), rhs[len(rhs)-1].End(), strings.Join(values, " + ")))
			}
			if t := c.typeOf(rhs[0]); t != nil {
				name, need := c.typeText(types.Default(t))
				c.addWithImports(0.3, "CONV", "wrap-slice", need, c.span(rhs[0].Pos(), rhs[len(rhs)-1].End(), "[]"+name+"{"+strings.Join(values, ", ")+"}"))
			}
		}
	}
}

// sidesOfAssignment returns both sides of the assignment or declaration around the diagnostic.
func (c *fixContext) sidesOfAssignment() (lhs, rhs []ast.Expr, stmt ast.Stmt) {
	stmt, _ = c.statement()
	for _, n := range c.path {
		switch n := n.(type) {
		case *ast.AssignStmt:
			return n.Lhs, n.Rhs, stmt
		case *ast.ValueSpec:
			for _, name := range n.Names {
				lhs = append(lhs, name)
			}
			return lhs, n.Values, stmt
		case *ast.ReturnStmt, *ast.FuncLit:
			return nil, nil, stmt
		}
	}
	return nil, nil, stmt
}

// matchTuple fits the names on the left to the values a call returns.
func (c *fixContext) matchTuple(lhs []ast.Expr, call ast.Expr, stmt ast.Stmt, tuple *types.Tuple) {
	n := tuple.Len()
	if len(lhs) > n {
		c.dropNames(lhs, n)
		return
	}
	missing := n - len(lhs)
	for _, gap := range gaps(n, missing) {
		var names []string
		score, at := 1.0, 0
		fresh := ""
		for i := range n {
			t := tuple.At(i).Type()
			if gap[i] {
				names = append(names, "_")
				if isError(t) {
					fresh = "err"
				} else if isBoolean(t) && i == n-1 {
					fresh = "ok"
				}
				continue
			}
			w := want{typ: t, lhs: true}
			score *= w.fit(c.typeOfTarget(lhs[at]))
			if id, ok := lhs[at].(*ast.Ident); ok && (id.Name == "err") != isError(t) {
				score *= 0.1
			}
			names = append(names, c.text(lhs[at]))
			at++
		}
		c.handleTuple(lhs, call, stmt, names, fresh, score)
		c.nameInScope(lhs, stmt, names, tuple, score)
		if gap[n-1] {
			score *= 1.2
		}
		c.nameByUse(lhs, names, score)
	}
	if len(lhs) == 1 && stmt != nil {
		if id, ok := lhs[0].(*ast.Ident); !ok || id.Name != "err" {
			c.assignViaFresh(lhs, call, stmt, tuple)
		}
	}
	c.changeCallee(call, len(lhs), tuple)
}

// nameByUse puts names that are used later and not declared into the gaps of an assignment.
func (c *fixContext) nameByUse(lhs []ast.Expr, names []string, score float64) {
	_, body, _ := c.function()
	if body == nil {
		return
	}
	var missing []string
	for _, d := range c.pkg.Diags {
		if d.Code != "UndeclaredName" || d.Path != c.file.Path || d.Offset < c.off(c.pos) || d.Offset > c.off(body.End()) || d.End > len(c.file.Src) {
			continue
		}
		if name := string(c.file.Src[d.Offset:d.End]); len(missing) == 0 || missing[len(missing)-1] != name {
			missing = append(missing, name)
		}
	}
	filled := append([]string(nil), names...)
	at := 0
	for i, name := range filled {
		if name == "_" && at < len(missing) && (i >= len(lhs) || c.text(lhs[i]) != "_") {
			filled[i] = missing[at]
			at++
		}
	}
	if at > 0 {
		c.add(1.6*score, "ASSIGN", "name-by-use", c.span(lhs[0].Pos(), lhs[len(lhs)-1].End(), strings.Join(filled, ", ")))
	}
}

// nameInScope puts variables of a fitting type where an assignment lacks a name.
func (c *fixContext) nameInScope(lhs []ast.Expr, stmt ast.Stmt, names []string, tuple *types.Tuple, score float64) {
	a, ok := stmt.(*ast.AssignStmt)
	if !ok || a.Tok != token.ASSIGN {
		return
	}
	for i, name := range names {
		if name != "_" || i < len(lhs) && c.text(lhs[i]) == "_" && len(lhs) == len(names) {
			continue
		}
		fitting := c.variables(lhs[0].Pos(), func(t types.Type) bool { return types.AssignableTo(tuple.At(i).Type(), t) })
		for _, v := range fitting[:min(4, len(fitting))] {
			if v.obj.Parent() == c.pkg.Types.Scope() || slices.Contains(names, v.obj.Name()) {
				continue
			}
			filled := slices.Clone(names)
			filled[i] = v.obj.Name()
			c.add(0.5*score, "ASSIGN", "name-in-scope", c.span(lhs[0].Pos(), lhs[len(lhs)-1].End(), strings.Join(filled, ", ")))
		}
	}
}

// typeOfTarget returns the type of an assignment's target, nil for one being declared.
func (c *fixContext) typeOfTarget(e ast.Expr) types.Type {
	if id, ok := e.(*ast.Ident); ok {
		if _, defines := c.pkg.Info.Defs[id]; defines {
			return nil
		}
	}
	return c.typeOf(e)
}

// handleTuple proposes names with a blank, and with err and its handling where the function can return it.
func (c *fixContext) handleTuple(lhs []ast.Expr, call ast.Expr, stmt ast.Stmt, names []string, fresh string, score float64) {
	whole := func(list []string) Edit { return c.span(lhs[0].Pos(), lhs[len(lhs)-1].End(), strings.Join(list, ", ")) }
	c.add(0.9*score, "ASSIGN", "blank-name", whole(names))
	a, ok := stmt.(*ast.AssignStmt)
	if !ok || fresh != "err" || len(a.Rhs) != 1 || a.Rhs[0] != call {
		return
	}
	withErr := append([]string(nil), names...)
	for i, name := range withErr {
		if name == "_" && i == len(names)-1 {
			withErr[i] = "err"
		}
	}
	existing := c.lookup("err", stmt.Pos())
	if handling := c.returnError(); handling != nil {
		lines := append(append([]string{"if err != nil {"}, handling...), "}")
		edits := []Edit{whole(withErr), c.after(stmt, lines...)}
		if a.Tok == token.ASSIGN && existing == nil {
			edits = append(edits, c.before(stmt, "var err error"))
		}
		c.add(1.5*score, "ASSIGN", "handle-error", edits...)
	}
	if existing != nil {
		c.add(0.5*score, "ASSIGN", "assign-error", whole(withErr))
	}
	if c.lookup("err", stmt.End()) == nil && a.Tok == token.DEFINE {
		c.add(1.2*score, "ASSIGN", "name-error", whole(withErr))
	}
}

// assignViaFresh binds the values in front when the target is no plain name (x.f = g()).
func (c *fixContext) assignViaFresh(lhs []ast.Expr, call ast.Expr, stmt ast.Stmt, tuple *types.Tuple) {
	if _, plain := lhs[0].(*ast.Ident); plain {
		return
	}
	c.bindTuple(stmt, call, tuple, 0.7)
}

// changeCallee proposes a like-named function with the wanted number of results (os.LookupEnv -> os.Getenv).
func (c *fixContext) changeCallee(e ast.Expr, results int, tuple *types.Tuple) {
	call, ok := bare(e).(*ast.CallExpr)
	if !ok {
		return
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return
	}
	x, ok := sel.X.(*ast.Ident)
	if !ok || c.imported(x.Name) == nil {
		return
	}
	scope := c.imported(x.Name).Scope()
	for _, name := range scope.Names() {
		f, is := scope.Lookup(name).(*types.Func)
		if !is || !f.Exported() || name == sel.Sel.Name {
			continue
		}
		sig := f.Type().(*types.Signature)
		if sig.Results().Len() == results && (want{call: call}).fit(sig) >= 1 {
			c.add(0.3*likeness(sel.Sel.Name, name), "CALL", "other-function", c.replace(sel.Sel, name))
		}
	}
}

// dropNames removes names on the left until n are left.
func (c *fixContext) dropNames(lhs []ast.Expr, n int) {
	surplus := len(lhs) - n
	if surplus <= 0 || n == 0 || surplus > 3 {
		return
	}
	for _, gap := range gaps(len(lhs), surplus) {
		var kept []string
		score := 1.0
		for i, e := range lhs {
			if gap[i] {
				if id, ok := e.(*ast.Ident); ok && id.Name == "_" {
					score *= 2
				}
				continue
			}
			kept = append(kept, c.text(e))
		}
		if gap[len(lhs)-1] {
			score *= 1.3
		}
		c.add(0.8*score, "ASSIGN", "drop-name", c.span(lhs[0].Pos(), lhs[len(lhs)-1].End(), strings.Join(kept, ", ")))
	}
}

// commaOk turns v, ok := f(x) into what can have two values where x can: an index of a map or an assertion.
func (c *fixContext) commaOk(lhs []ast.Expr, e ast.Expr) {
	call, ok := bare(e).(*ast.CallExpr)
	if !ok || len(lhs) != 2 {
		return
	}
	if len(call.Args) == 1 && c.pkg.Info.Types[call.Fun].IsType() && types.IsInterface(orInvalid(c.typeOf(call.Args[0]))) {
		c.add(1.2, "CONV", "assert", c.replace(e, c.text(call.Args[0])+".("+c.text(call.Fun)+")"))
	}
}

func orInvalid(t types.Type) types.Type {
	if t == nil {
		return types.Typ[types.Invalid]
	}
	return t
}

// zerosFor writes ", zero" for every target of known type, "" when one is unknown.
func (c *fixContext) zerosFor(lhs []ast.Expr) string {
	text := ""
	for _, e := range lhs {
		t := c.typeOfTarget(e)
		id, named := e.(*ast.Ident)
		switch {
		case t != nil:
			zero, _ := c.zero(t)
			text += ", " + zero
		case named && id.Name == "ok":
			text += ", true"
		case named && id.Name == "_":
			text += ", 0"
		default:
			text += ", 0"
		}
	}
	return text
}

// fixTooManyValues repairs a multi-valued call where one value is wanted.
func fixTooManyValues(c *fixContext) {
	e, path := c.operand()
	if e == nil {
		return
	}
	tuple, ok := c.pkg.Info.TypeOf(e).(*types.Tuple)
	if !ok {
		if call, is := bare(e).(*ast.CallExpr); is {
			if sig := c.signatureOf(call); sig != nil {
				tuple, ok = sig.Results(), true
			}
		}
	}
	stmt, _ := statementOf(path)
	if ok && tuple != nil && stmt != nil {
		c.bindTuple(stmt, e, tuple, 1)
	}
}
