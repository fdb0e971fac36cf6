package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// fixUnusedExpr gives a value that stands as a statement a use: an assignment, a call, a return; or drops it.
func fixUnusedExpr(c *fixContext) {
	var s *ast.ExprStmt
	for _, n := range c.path {
		if x, ok := n.(*ast.ExprStmt); ok {
			s = x
			break
		}
	}
	if s == nil {
		c.deferredExpr()
		return
	}
	switch e := bare(s.X).(type) {
	case *ast.BinaryExpr:
		c.unusedBinary(s, e)
	case *ast.CallExpr:
		c.unusedCall(s, e)
	case *ast.Ident, *ast.SelectorExpr:
		t := c.typeOf(s.X)
		if sig, ok := orInvalid(t).Underlying().(*types.Signature); ok {
			weight := 1.5
			if sig.Params().Len() > 0 && !sig.Variadic() {
				weight = 0.4
			}
			c.add(weight, "CALL", "call", c.insert(s.X.End(), "()"))
		}
		if t != nil && isNumeric(t) {
			c.add(0.7, "ASSIGN", "increment", c.insert(s.X.End(), "++"))
			c.add(0.3, "ASSIGN", "decrement", c.insert(s.X.End(), "--"))
		}
	case *ast.FuncLit:
		c.add(1.3, "CALL", "call", c.insert(s.X.End(), "()"))
		c.add(0.4, "CALL", "go", c.insert(s.X.Pos(), "go "), c.insert(s.X.End(), "()"))
	case *ast.UnaryExpr:
		if e.Op == token.ADD || e.Op == token.SUB {
			if inner, ok := e.X.(*ast.UnaryExpr); ok && inner.Op == e.Op {
				c.add(1.8, "SYNTAX", "postfix", c.replace(s.X, c.text(inner.X)+e.Op.String()+e.Op.String()))
			}
		}
	}
	if _, _, sig := c.function(); sig != nil && sig.Results().Len() == 1 {
		if t := c.typeOf(s.X); t != nil && types.AssignableTo(t, sig.Results().At(0).Type()) {
			weight := 0.6
			if c.lastInBlock(s) {
				weight = 1.5
			}
			c.add(weight, "RETURN", "return", c.insert(s.Pos(), "return "))
		}
	}
	weight := 0.15
	if c.pure(s.X) {
		weight = 0.3
	}
	c.add(weight, "DELETE", "delete", c.remove(s))
	c.add(0.05, "ASSIGN", "use-blank", c.insert(s.Pos(), "_ = "))
}

// fixBlank repairs the blank identifier used as a value: a comparison for an assignment, or a name that is missing.
func fixBlank(c *fixContext) {
	for i, n := range c.path {
		b, ok := n.(*ast.BinaryExpr)
		if !ok {
			continue
		}
		if s, is := c.parent(i + 1).(*ast.ExprStmt); is && b.Op == token.EQL {
			c.add(2, "ASSIGN", "assign", c.span(b.OpPos, b.OpPos+2, "="))
			c.add(0.3, "DELETE", "delete", c.remove(s))
		}
		break
	}
	if e, path := c.operand(); e != nil {
		if w := c.wanted(path); w.typ != nil {
			c.otherNames(e, nil, w.typ)
		}
	}
}

// lastInBlock tells whether a statement ends its list.
func (c *fixContext) lastInBlock(s ast.Stmt) bool {
	_, path := statementOf(pathTo(c.file, s))
	if len(path) == 0 {
		return false
	}
	list := stmtList(path[0])
	return len(list) > 0 && list[len(list)-1] == s
}

// unusedBinary turns a == b into a = b, and a + b into a += b.
func (c *fixContext) unusedBinary(s *ast.ExprStmt, b *ast.BinaryExpr) {
	at := func(text string) Edit {
		return c.span(b.OpPos, b.OpPos+token.Pos(len(b.Op.String())), text)
	}
	switch b.Op {
	case token.EQL:
		c.add(2, "ASSIGN", "assign", at("="))
	case token.LSS:
		if u, ok := b.Y.(*ast.UnaryExpr); ok && u.Op == token.SUB {
			c.add(1.6, "ASSIGN", "send", c.span(b.OpPos, u.X.Pos(), "<- "))
		}
	case token.ADD, token.SUB, token.MUL, token.QUO, token.REM, token.AND, token.OR, token.XOR, token.SHL, token.SHR:
		c.add(1.3, "ASSIGN", "compound-assign", at(b.Op.String()+"="))
		c.add(0.5, "ASSIGN", "assign-result", c.insert(s.Pos(), c.text(b.X)+" = "))
		if u, ok := b.Y.(*ast.UnaryExpr); ok && u.Op == b.Op {
			c.add(1, "ASSIGN", "compound-assign", c.span(b.OpPos, u.X.Pos(), b.Op.String()+"= "))
		}
	}
}

// unusedCall assigns the result of append and conversions back.
func (c *fixContext) unusedCall(s *ast.ExprStmt, call *ast.CallExpr) {
	if len(call.Args) == 0 {
		return
	}
	first := call.Args[0]
	if id, ok := bare(call.Fun).(*ast.Ident); ok && id.Name == "append" {
		switch bare(first).(type) {
		case *ast.Ident, *ast.SelectorExpr, *ast.IndexExpr, *ast.StarExpr:
			c.add(2.2, "ASSIGN", "assign-append", c.insert(s.Pos(), c.text(first)+" = "))
		}
		if sl, is := first.(*ast.SliceExpr); is {
			c.add(1.8, "ASSIGN", "assign-append", c.insert(s.Pos(), c.text(sl.X)+" = "))
		}
		for _, v := range c.variables(s.Pos(), func(t types.Type) bool {
			return types.Identical(t, orInvalid(c.typeOf(first)))
		}) {
			if v.name != c.text(first) && v.obj.Parent() != c.pkg.Types.Scope() {
				c.add(0.3, "ASSIGN", "assign-append", c.insert(s.Pos(), v.name+" = "))
			}
		}
		return
	}
	for _, arg := range call.Args {
		if id, ok := bare(arg).(*ast.Ident); ok {
			c.add(0.6, "ASSIGN", "assign-result", c.insert(s.Pos(), id.Name+" = "))
		}
	}
}

// deferredExpr calls what defer and go are given without a call.
func (c *fixContext) deferredExpr() {
	for _, n := range c.path {
		switch s := n.(type) {
		case *ast.DeferStmt:
			c.add(0.8, "CALL", "wrap-deferred", c.replace(s.Call, "func() { _ = "+c.text(s.Call)+" }()"))
			c.add(0.3, "DELETE", "delete", c.remove(s))
			return
		case *ast.GoStmt:
			c.add(0.8, "CALL", "wrap-go", c.replace(s.Call, "func() { _ = "+c.text(s.Call)+" }()"))
			return
		}
	}
}

// fixUnusedLabel removes a label, or gives it to the loop control that was meant for it.
func fixUnusedLabel(c *fixContext) {
	l, ok := enclosing[*ast.LabeledStmt](c.path)
	if !ok {
		return
	}
	end := c.off(l.Stmt.Pos())
	c.add(0.6, "DELETE", "delete-label", Edit{Start: startOfLine(c.file.Src, c.off(l.Pos())), End: startOfLine(c.file.Src, end)}, Edit{Start: end, End: end})
	c.add(0.5, "DELETE", "delete-label", Edit{Start: c.off(l.Pos()), End: end})
	depth := 0
	ast.Inspect(l.Stmt, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.SelectStmt, *ast.TypeSwitchStmt:
			if n != ast.Node(l.Stmt) {
				depth++
			}
		case *ast.FuncLit:
			return false
		case *ast.BranchStmt:
			if n.Label == nil && (n.Tok == token.BREAK || n.Tok == token.CONTINUE) && depth > 0 {
				c.add(1, "CTRL", "use-label", c.insert(n.End(), " "+l.Label.Name))
			}
			if n.Label != nil && likeness(n.Label.Name, l.Label.Name) > 0 {
				c.add(2, "NAME", "label-typo", c.replace(n.Label, l.Label.Name))
			}
		}
		return true
	})
}

// fixBranch repairs break, continue and labels that lead nowhere.
func fixBranch(c *fixContext) {
	b, ok := enclosing[*ast.BranchStmt](c.path)
	if !ok {
		return
	}
	body := ast.Node(c.file.AST)
	if _, block, _ := c.function(); block != nil {
		body = block
	}
	if b.Label != nil {
		ast.Inspect(body, func(n ast.Node) bool {
			if l, is := n.(*ast.LabeledStmt); is {
				c.add(0.3+1.2*likeness(b.Label.Name, l.Label.Name), "NAME", "label-typo", c.replace(b.Label, l.Label.Name))
			}
			return true
		})
		c.add(0.4, "CTRL", "drop-label", c.span(b.Pos()+token.Pos(len(b.Tok.String())), b.End(), ""))
		c.labelLoop(b)
	}
	_, _, sig := c.function()
	switch {
	case sig != nil && sig.Results().Len() == 0:
		c.add(1.2, "CTRL", "return", c.replace(b, "return"))
	case sig != nil && sig.Results().At(0).Name() != "":
		c.add(1.2, "CTRL", "return", c.replace(b, "return"))
	case sig != nil:
		var zeros []string
		for i := range sig.Results().Len() {
			zero, _ := c.zero(sig.Results().At(i).Type())
			zeros = append(zeros, zero)
		}
		c.add(0.6, "CTRL", "return", c.replace(b, "return "+strings.Join(zeros, ", ")))
	}
	if b.Tok == token.CONTINUE {
		c.add(0.5, "CTRL", "break", c.span(b.Pos(), b.Pos()+8, "break"))
	}
	c.add(0.4, "DELETE", "delete", c.remove(b))
}

// labelLoop puts the missing label in front of the outermost loop around a branch.
func (c *fixContext) labelLoop(b *ast.BranchStmt) {
	var loop ast.Stmt
	for _, n := range c.path {
		switch s := n.(type) {
		case *ast.ForStmt:
			loop = s
		case *ast.RangeStmt:
			loop = s
		case *ast.FuncLit, *ast.FuncDecl:
			if loop != nil {
				c.add(0.9, "CTRL", "add-label", c.before(loop, b.Label.Name+":"))
			}
			return
		}
	}
}

// fixCondition makes a condition of a value that is none.
func fixCondition(c *fixContext) {
	e, _ := c.operand()
	if e == nil {
		return
	}
	from := c.typeOf(e)
	c.convertOperand(e, from, types.Typ[types.Bool], 1)
	c.membership(e, pathTo(c.file, e), types.Typ[types.Bool])
	if from == nil {
		return
	}
	if b, ok := bare(e).(*ast.BinaryExpr); ok {
		switch b.Op {
		case token.AND:
			c.add(0.9, "LOGIC", "logical-and", c.span(b.OpPos, b.OpPos+1, "&&"))
		case token.OR:
			c.add(0.9, "LOGIC", "logical-or", c.span(b.OpPos, b.OpPos+1, "||"))
		}
	}
	if tuple, ok := c.pkg.Info.TypeOf(e).(*types.Tuple); ok && tuple.Len() == 2 {
		c.add(1, "ASSIGN", "bind-ok", c.replace(e, "_, ok := "+c.text(e)+"; ok"))
	}
	c.otherNames(e, from, types.Typ[types.Bool])
}
