package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// fixMissingReturn ends a function that can fall off its end.
func fixMissingReturn(c *fixContext) {
	ft, body, sig := c.function()
	if body == nil || sig == nil || ft == nil {
		return
	}
	indent := indentOf(c.file.Src, c.off(body.Rbrace))
	at := c.off(body.Rbrace)
	put := func(weight float64, rule, text string, imports []string) {
		edit := Edit{at, at, "\t" + text + "\n" + indent}
		if c.pkg.Line(body.Lbrace) == c.pkg.Line(body.Rbrace) {
			edit.New = " " + text + " "
			if len(body.List) > 0 {
				edit.New = "; " + text + " "
			}
		}
		c.addWithImports(weight, "RETURN", rule, imports, edit)
	}
	if len(ft.Results.List[0].Names) > 0 {
		put(1.5, "bare-return", "return", nil)
	}
	c.returnLast(body, sig)
	c.endSwitch(body, sig)
	for _, f := range c.returnValues(body, sig) {
		put(f.weight, "return-value", "return "+f.text, f.imports)
	}
	put(0.06, "panic", `panic("unreachable")`, nil)
	c.unconditional(body)
}

// returnLast turns the last expression statement or assignment into a return.
func (c *fixContext) returnLast(body *ast.BlockStmt, sig *types.Signature) {
	if len(body.List) == 0 {
		return
	}
	last := body.List[len(body.List)-1]
	switch s := last.(type) {
	case *ast.ExprStmt:
		weight := 0.5
		if t := c.typeOf(s.X); t != nil && sig.Results().Len() == 1 && types.AssignableTo(t, sig.Results().At(0).Type()) {
			weight = 1.8
		}
		c.add(weight, "RETURN", "return-expression", c.insert(s.Pos(), "return "))
	case *ast.AssignStmt:
		if id, ok := s.Lhs[0].(*ast.Ident); ok && len(s.Lhs) == 1 && len(s.Rhs) == 1 && s.Tok == token.DEFINE && !c.usedElsewhere(c.pkg.Info.Defs[id]) {
			c.add(1.2, "RETURN", "return-assigned", c.span(s.Pos(), s.Rhs[0].Pos(), "return "))
		}
	}
}

// returnValues lists what the function may return at its end: what it accumulates, what its other returns return, zero values.
func (c *fixContext) returnValues(body *ast.BlockStmt, sig *types.Signature) []filler {
	n := sig.Results().Len()
	options := make([][]filler, n)
	for i := range n {
		options[i] = bestFillers(c.finalValues(sig.Results().At(i).Type(), i, n, body), 4)
	}
	out := []filler{{"", 1, nil}}
	for i := range n {
		var next []filler
		for _, head := range out {
			for _, f := range options[i] {
				text := f.text
				if i > 0 {
					text = head.text + ", " + f.text
				}
				next = append(next, filler{text, head.weight * f.weight, append(append([]string(nil), head.imports...), f.imports...)})
			}
		}
		out = bestFillers(next, 12)
	}
	return append(out, c.returnCalls(body, sig)...)
}

// finalValues rates the values one result may have at the end of a body.
func (c *fixContext) finalValues(t types.Type, index, n int, body *ast.BlockStmt) []filler {
	zero, need := c.zero(t)
	if isError(t) {
		out := []filler{{"nil", 1, nil}}
		if v, ok := c.bodyScope(body).Lookup("err").(*types.Var); ok && isError(v.Type()) {
			out = append(out, filler{"err", 0.5, nil})
		}
		return out
	}
	var out []filler
	scope := c.bodyScope(body)
	for _, name := range scope.Names() {
		v, ok := scope.Lookup(name).(*types.Var)
		if !ok || !types.AssignableTo(v.Type(), t) || name == "_" {
			continue
		}
		weight := 0.3 + 0.5*float64(min(c.assignments(body, v), 4))
		if likeResult(name) {
			weight += 0.6
		}
		if c.isParameter(v) && c.assignments(body, v) == 0 {
			weight *= 0.35
		}
		if c.returned(body, name, index) {
			weight *= 0.4
		}
		out = append(out, filler{name, weight, nil})
	}
	best := 0.0
	for _, f := range out {
		best = max(best, f.weight)
	}
	zeroWeight := 0.5
	if best < 0.5 {
		zeroWeight = 0.9
	}
	switch {
	case isBoolean(t):
		yes, no := c.countReturns(body, "true", index), c.countReturns(body, "false", index)
		a, b := 0.4, 0.8
		if no > 0 && yes == 0 {
			a, b = 1.6, 0.2
		} else if yes > 0 && no == 0 {
			a, b = 0.15, 1.6
		}
		return append(out, filler{"true", a, nil}, filler{"false", b, nil})
	case isInteger(t) && n == 1:
		weight := 0.3
		if returnsIndex(body) {
			weight = 1.4
		}
		out = append(out, filler{"-1", weight, nil})
	}
	if recv, rt := c.receiver(); recv != "" && types.AssignableTo(rt, t) && !types.IsInterface(t) {
		out = append(out, filler{recv, 1.3, nil})
	}
	for _, name := range scope.Names() {
		v, ok := scope.Lookup(name).(*types.Var)
		if _, named := types.Unalias(t).(*types.Named); ok && named && known(v.Type()) != nil && !types.AssignableTo(v.Type(), t) && !types.IsInterface(t) && types.ConvertibleTo(v.Type(), t) {
			text, more := c.typeText(t)
			out = append(out, filler{converted(text, name), 0.5, more})
		}
	}
	out = append(out, c.receiverValue(t, zero)...)
	return append(out, filler{zero, zeroWeight, need})
}

// receiverValue proposes the receiver's field that a getter is named after.
func (c *fixContext) receiverValue(t types.Type, zero string) []filler {
	fd, ok := enclosing[*ast.FuncDecl](c.path)
	recv, rt := c.receiver()
	if !ok || recv == "" {
		return nil
	}
	var out []filler
	fitting := 0
	for _, m := range c.members(rt) {
		if !m.method && types.AssignableTo(m.typ, t) {
			fitting++
		}
	}
	for _, m := range c.members(rt) {
		if m.method || !types.AssignableTo(m.typ, t) {
			continue
		}
		if fitting == 1 && len(fd.Body.List) <= 1 && !types.IsInterface(t) {
			out = append(out, filler{recv + "." + m.name, 1, nil})
			continue
		}
		if strings.EqualFold(fd.Name.Name, m.name) || strings.EqualFold(fd.Name.Name, "get"+m.name) {
			out = append(out, filler{recv + "." + m.name, 1.5, nil})
		} else if zero != "" {
			out = append(out, filler{recv + "." + m.name, 0.12, nil})
		}
	}
	return out
}

// bodyScope returns the scope a function's own statements declare into.
func (c *fixContext) bodyScope(body *ast.BlockStmt) *types.Scope {
	return c.pkg.Scope(c.file, body.Rbrace)
}

// likeResult tells whether a variable's name says that it holds the result.
func likeResult(name string) bool {
	switch strings.ToLower(name) {
	case "result", "res", "ret", "out", "output", "sum", "total", "count", "best", "acc", "answer", "ans", "results", "value", "max", "min", "prod", "product", "n", "buf", "sb", "dst":
		return true
	}
	return false
}

// assignments counts the statements of body that change v.
func (c *fixContext) assignments(body *ast.BlockStmt, v *types.Var) int {
	n := 0
	ast.Inspect(body, func(node ast.Node) bool {
		switch s := node.(type) {
		case *ast.AssignStmt:
			for _, l := range s.Lhs {
				if id := rootIdent(l); id != nil && c.pkg.Info.Uses[id] == types.Object(v) {
					n++
				}
			}
		case *ast.IncDecStmt:
			if id := rootIdent(s.X); id != nil && c.pkg.Info.Uses[id] == types.Object(v) {
				n++
			}
		}
		return true
	})
	return n
}

// rootIdent returns x of x, x[i], x.f and *x.
func rootIdent(e ast.Expr) *ast.Ident {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x
		case *ast.IndexExpr:
			e = x.X
		case *ast.SelectorExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		default:
			return nil
		}
	}
}

// eachReturn calls f for the returns of body itself, not those of functions within.
func eachReturn(body *ast.BlockStmt, f func(*ast.ReturnStmt)) {
	ast.Inspect(body, func(n ast.Node) bool {
		if _, inner := n.(*ast.FuncLit); inner {
			return false
		}
		if r, ok := n.(*ast.ReturnStmt); ok {
			f(r)
		}
		return true
	})
}

func (c *fixContext) countReturns(body *ast.BlockStmt, text string, index int) int {
	n := 0
	eachReturn(body, func(r *ast.ReturnStmt) {
		if index < len(r.Results) && c.text(r.Results[index]) == text {
			n++
		}
	})
	return n
}

func (c *fixContext) returned(body *ast.BlockStmt, text string, index int) bool {
	return c.countReturns(body, text, index) > 0
}

// returnsIndex tells whether a return inside a loop returns the loop's index.
func returnsIndex(body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		r, ok := n.(*ast.RangeStmt)
		if !ok {
			return true
		}
		key, is := r.Key.(*ast.Ident)
		if !is {
			return true
		}
		eachReturn(r.Body, func(ret *ast.ReturnStmt) {
			if len(ret.Results) > 0 {
				if id, named := ret.Results[0].(*ast.Ident); named && id.Name == key.Name {
					found = true
				}
			}
		})
		return true
	})
	return found
}

// endSwitch adds a default, or an else, that returns zero values to a body that ends in a switch or if.
func (c *fixContext) endSwitch(body *ast.BlockStmt, sig *types.Signature) {
	if len(body.List) == 0 {
		return
	}
	s, ok := body.List[len(body.List)-1].(*ast.IfStmt)
	if !ok || s.Else != nil || len(s.Body.List) == 0 {
		return
	}
	if _, returns := s.Body.List[len(s.Body.List)-1].(*ast.ReturnStmt); returns {
		return
	}
	if x, is := s.Body.List[len(s.Body.List)-1].(*ast.ExprStmt); is && sig.Results().Len() == 1 {
		c.add(0.3, "RETURN", "return-expression", c.insert(x.Pos(), "return "))
	}
}

// unconditional replaces a last else-if by else, and a last loop's condition by none.
func (c *fixContext) unconditional(body *ast.BlockStmt) {
	if len(body.List) == 0 {
		return
	}
	switch s := body.List[len(body.List)-1].(type) {
	case *ast.IfStmt:
		for {
			next, ok := s.Else.(*ast.IfStmt)
			if !ok {
				break
			}
			if next.Else == nil && next.Init == nil {
				c.add(0.5, "CTRL", "else-if-to-else", c.span(next.Pos(), next.Body.Pos(), ""))
			}
			s = next
		}
	case *ast.SwitchStmt:
		if n := len(s.Body.List); n > 0 {
			last := s.Body.List[n-1].(*ast.CaseClause)
			if last.List != nil {
				c.add(0.15, "CTRL", "case-to-default", c.span(last.Pos(), last.Colon, "default"))
			}
		}
	case *ast.ForStmt:
		if s.Cond != nil && s.Init == nil && s.Post == nil {
			c.add(0.1, "CTRL", "endless-loop", c.span(s.Cond.Pos(), s.Cond.End(), ""))
		}
	}
}
