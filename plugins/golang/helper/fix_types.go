package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// fixNotType repairs a value that stands where a type is written.
func fixNotType(c *fixContext) {
	e := c.expr()
	if e == nil {
		return
	}
	id, ok := bare(e).(*ast.Ident)
	if !ok {
		if sel, _ := c.selector(); sel != nil {
			fixImportedMember(c)
		}
		return
	}
	for _, v := range c.names(e.Pos()) {
		if tn, is := v.obj.(*types.TypeName); is {
			if like := likeness(id.Name, v.name); like > 0 {
				c.add(like*nearness(v), "TYPE", "near-type", c.replace(id, v.name))
			}
			obj := c.lookup(id.Name, id.Pos())
			if variable, isVar := obj.(*types.Var); isVar && namedOf(variable.Type()) != nil && namedOf(variable.Type()).Obj() == tn {
				c.add(1, "TYPE", "type-of-value", c.replace(id, v.name))
			}
		}
	}
	if obj := c.lookup(id.Name, id.Pos()); obj != nil && known(obj.Type()) != nil && obj.Type() != types.Typ[types.UntypedNil] {
		if _, isFunc := obj.Type().Underlying().(*types.Signature); !isFunc {
			text, need := c.typeText(types.Default(obj.Type()))
			c.addWithImports(0.6, "TYPE", "type-of-value", need, c.replace(id, text))
		}
	}
	c.nameBehindType(id)
	for name, list := range foreignNames {
		if name == id.Name {
			for _, goName := range list {
				c.add(1, "TYPE", "foreign-name", c.replace(id, goName))
			}
		}
	}
}

// fixCycle makes a struct that would hold itself hold a pointer.
func fixCycle(c *fixContext) {
	for _, f := range c.pkg.Files {
		ast.Inspect(f.AST, func(n ast.Node) bool {
			st, ok := n.(*ast.StructType)
			if !ok {
				return true
			}
			for _, field := range st.Fields.List {
				c.pointerField(f, field.Type)
			}
			return true
		})
	}
}

// pointerField makes the type of a field, when it is a struct of the package, a pointer to it.
func (c *fixContext) pointerField(f *File, t ast.Expr) {
	if a, ok := t.(*ast.ArrayType); ok && a.Len != nil {
		c.addIn(f, 0.6, "TYPE", "slice-field", Edit{c.off(a.Len.Pos()), c.off(a.Len.End()), ""})
		return
	}
	id, ok := t.(*ast.Ident)
	if !ok {
		return
	}
	tn, ok := c.pkg.Info.Uses[id].(*types.TypeName)
	if !ok || tn.Pkg() != c.pkg.Types {
		return
	}
	weight := 0.7
	if strings.Contains(c.diag.Message, " "+tn.Name()) {
		weight = 1.4
	}
	c.addIn(f, weight, "TYPE", "pointer-field", Edit{c.off(id.Pos()), c.off(id.Pos()), "*"})
}

// fixNotExpr repairs a type, package or builtin that stands where a value is wanted.
func fixNotExpr(c *fixContext) {
	e, path := c.operand()
	if e == nil {
		return
	}
	w := c.wanted(path)
	text := c.text(e)
	if t := c.typeOf(e); t != nil && c.pkg.Info.Types[e].IsType() {
		if structOf(t) != nil || elemOf(t) != nil && !isString(t) {
			c.add(1, "LIT", "literal", c.insert(e.End(), "{}"))
		}
		if w.typ != nil {
			if p, ok := w.typ.Underlying().(*types.Pointer); ok && types.Identical(p.Elem(), t) {
				c.add(1.3, "LIT", "literal", c.replace(e, "&"+text+"{}"))
			}
		}
		zero, need := c.zero(t)
		c.addWithImports(0.5, "LIT", "zero-value", need, c.replace(e, zero))
	}
	if id, ok := bare(e).(*ast.Ident); ok {
		c.nearNames(id, w)
		c.viaReceiver(id, w)
	}
	if w.typ != nil {
		c.otherNames(e, nil, w.typ)
	}
	// f() used as a value though it returns nothing
	if call, ok := bare(e).(*ast.CallExpr); ok {
		c.noValue(call, path, w)
	}
	if sel, _ := c.selector(); sel != nil {
		c.add(0.4, "CALL", "call", c.insert(sel.End(), "()"))
	}
}

// noValue repairs the use of a call that returns nothing: the call stands alone, or the function gets a result.
func (c *fixContext) noValue(call *ast.CallExpr, path []ast.Node, w want) {
	stmt, _ := statementOf(path)
	switch s := stmt.(type) {
	case *ast.ReturnStmt:
		if len(s.Results) == 1 {
			if _, _, sig := c.functionOf(path); sig != nil && sig.Results().Len() == 0 {
				c.add(1.5, "RETURN", "call-and-return", c.replace(s, c.text(call)+"\n"+indentOf(c.file.Src, c.off(s.Pos()))+"return"))
			}
		}
	case *ast.AssignStmt:
		if len(s.Rhs) == 1 {
			c.add(0.9, "ASSIGN", "drop-names", c.span(s.Pos(), call.Pos(), ""))
			if len(call.Args) > 0 && len(s.Lhs) == 1 && s.Tok == token.DEFINE {
				indent := "\n" + indentOf(c.file.Src, c.off(s.Pos()))
				c.add(0.5, "ASSIGN", "result-in-argument", c.replace(s, c.text(call)+indent+c.text(s.Lhs[0])+" := "+c.text(call.Args[0])))
			}
		}
	}
	if len(call.Args) > 0 {
		c.add(0.3, "CALL", "drop-call", c.replace(call, c.text(call.Args[0])))
		if stmt != nil {
			c.add(0.8, "INSERT", "call-before", c.replace(call, c.text(call.Args[0])), c.before(stmt, c.text(call)))
		}
	}
	if sel, ok := call.Fun.(*ast.SelectorExpr); ok && stmt != nil {
		if _, isPkg := c.pkg.Info.Uses[rootIdent(sel.X)].(*types.PkgName); !isPkg {
			c.add(0.5, "INSERT", "call-before", c.replace(call, c.text(sel.X)), c.before(stmt, c.text(call)))
		}
	}
	if obj := calleeObject(c, call); obj != nil && w.typ != nil {
		if f, fd := c.declaration(obj); fd != nil && fd.Type.Results == nil {
			text, need := c.typeTextIn(f, w.typ)
			if at := c.off(fd.Type.Params.End()); len(need) == 0 {
				c.addIn(f, 0.8, "TYPE", "declare-result", Edit{at, at, " " + text})
			}
		}
	}
}

// calleeObject returns the function or method a call names.
func calleeObject(c *fixContext, call *ast.CallExpr) types.Object {
	switch fun := bare(call.Fun).(type) {
	case *ast.Ident:
		return c.pkg.Info.Uses[fun]
	case *ast.SelectorExpr:
		return c.pkg.Info.Uses[fun.Sel]
	}
	return nil
}

// fixNil gives a nil without a type one.
func fixNil(c *fixContext) {
	e, path := c.operand()
	if e == nil || len(path) < 2 {
		return
	}
	switch p := path[1].(type) {
	case *ast.AssignStmt:
		if id, ok := p.Lhs[0].(*ast.Ident); ok && p.Tok == token.DEFINE && len(p.Lhs) == 1 {
			weight := map[bool]float64{true: 1.4, false: 0.4}[id.Name == "err"]
			c.add(weight, "DECL", "declare-error", c.replace(p, "var "+id.Name+" error"))
			for _, use := range c.targetTypes(id) {
				text, need := c.typeText(use)
				c.addWithImports(1.6, "DECL", "declare-typed", need, c.replace(p, "var "+id.Name+" "+text))
			}
			if c.outer(id) != nil || c.lookup(id.Name, p.Pos()) != nil {
				c.add(1.2, "ASSIGN", "assign", c.span(p.TokPos, p.TokPos+2, "="))
			}
			c.add(0.2, "DECL", "declare-any", c.replace(p, "var "+id.Name+" any"))
		}
	case *ast.ValueSpec:
		if p.Type == nil && len(p.Names) == 1 {
			weight := map[bool]float64{true: 1.2, false: 0.5}[strings.Contains(strings.ToLower(p.Names[0].Name), "err")]
			c.add(weight, "DECL", "declare-error", c.span(p.Names[0].End(), p.End(), " error"))
			for _, use := range c.targetTypes(p.Names[0]) {
				text, need := c.typeText(use)
				c.addWithImports(1.4, "DECL", "declare-typed", need, c.span(p.Names[0].End(), p.End(), " "+text))
			}
		}
	case *ast.BinaryExpr:
		fixNilMismatch(c)
	}
}

// targetTypes collects the types that later uses of a name give it: assigned values and places it is put.
func (c *fixContext) targetTypes(id *ast.Ident) []types.Type {
	_, body, _ := c.function()
	if body == nil {
		return nil
	}
	var out []types.Type
	give := func(t types.Type) {
		if t == nil || isUntyped(t) || t == types.Typ[types.UntypedNil] {
			return
		}
		for _, have := range out {
			if types.Identical(have, t) {
				return
			}
		}
		out = append(out, t)
	}
	ast.Inspect(body, func(n ast.Node) bool {
		use, ok := n.(*ast.Ident)
		if !ok || use.Name != id.Name || use.Pos() <= id.Pos() {
			return true
		}
		path := pathTo(c.file, use)
		if a, is := path[1].(*ast.AssignStmt); is {
			for i, l := range a.Lhs {
				if l == ast.Expr(use) && len(a.Lhs) == len(a.Rhs) {
					give(c.typeOf(a.Rhs[i]))
					if call, isCall := a.Rhs[i].(*ast.CallExpr); isCall && c.text(call.Fun) == "append" && len(call.Args) > 1 {
						if t := c.typeOf(call.Args[1]); t != nil {
							give(types.NewSlice(types.Default(t)))
						}
					}
				}
			}
		}
		give(c.wanted(path).typ)
		return true
	})
	return out
}

// fixSpreadDots removes dots where they may not stand.
func fixSpreadDots(c *fixContext) {
	call, _ := c.call()
	if call == nil || !call.Ellipsis.IsValid() {
		return
	}
	c.add(1, "ARG", "drop-dots", c.span(call.Ellipsis, call.Ellipsis+3, ""))
	last := call.Args[len(call.Args)-1]
	if sig := c.signatureOf(call); sig != nil {
		n := sig.Params().Len() - len(call.Args) + 1
		if elem := elemOf(c.typeOf(last)); elem != nil && n > 0 && n < 5 {
			var items []string
			for i := range n {
				items = append(items, c.text(last)+"["+string(rune('0'+i))+"]")
			}
			c.add(1.2, "ARG", "elements", c.span(last.Pos(), call.Ellipsis+3, strings.Join(items, ", ")))
		}
		if obj := calleeObject(c, call); obj != nil && sig.Params().Len() > 0 {
			if f, id := c.declaredIn(sig.Params().At(sig.Params().Len() - 1)); id != nil {
				if field, ok := enclosing[*ast.Field](pathTo(f, id)); ok {
					if at, is := field.Type.(*ast.ArrayType); is && at.Len == nil {
						c.addIn(f, 0.8, "TYPE", "variadic", Edit{c.off(at.Pos()), c.off(at.Elt.Pos()), "..."})
					}
				}
			}
		}
	}
}

// fixChannel repairs a send or receive on the wrong direction or on what is no channel.
func fixChannel(c *fixContext) {
	for _, n := range c.path {
		if s, ok := n.(*ast.SendStmt); ok {
			c.channelOperand(s.Chan)
			if p, is := orInvalid(c.typeOf(s.Chan)).Underlying().(*types.Slice); is && p != nil {
				c.add(1, "CALL", "append", c.replace(s, c.text(s.Chan)+" = append("+c.text(s.Chan)+", "+c.text(s.Value)+")"))
			}
			return
		}
		if u, ok := n.(*ast.UnaryExpr); ok && u.Op == token.ARROW {
			c.channelOperand(u.X)
			c.add(0.6, "CONV", "drop-receive", c.replace(u, c.text(u.X)))
			return
		}
	}
	if r, ok := enclosing[*ast.RangeStmt](c.path); ok {
		c.channelOperand(r.X)
	}
	if call, _ := c.call(); call != nil && len(call.Args) == 1 {
		c.channelOperand(call.Args[0])
	}
}

// channelOperand makes a parameter's channel two-way, and proposes other channels.
func (c *fixContext) channelOperand(ch ast.Expr) {
	t := c.typeOf(ch)
	if sig, ok := orInvalid(t).Underlying().(*types.Signature); ok && sig.Params().Len() == 0 && sig.Results().Len() == 1 && isChan(sig.Results().At(0).Type()) {
		c.add(2, "CALL", "call", c.insert(ch.End(), "()"))
	}
	if u, ok := orInvalid(t).Underlying().(*types.Chan); ok && u.Dir() != types.SendRecv {
		dir := types.SendOnly
		if u.Dir() == types.SendOnly {
			dir = types.RecvOnly
		}
		c.changeDeclaredType(ch, types.NewChan(types.SendRecv, u.Elem()), 1.2)
		c.changeDeclaredType(ch, types.NewChan(dir, u.Elem()), 1)
	}
	if t != nil {
		for _, m := range c.members(t) {
			if isChan(m.typ) {
				c.add(1.2, "FIELD", "member", c.insert(ch.End(), "."+m.name))
			}
		}
	}
	for _, v := range c.variables(ch.Pos(), isChan) {
		if v.name != c.text(ch) {
			c.add(0.5, "NAME", "other-channel", c.replace(ch, v.name))
		}
	}
}

// fixReceiver repairs a method's receiver.
func fixReceiver(c *fixContext) {
	fd, ok := enclosing[*ast.FuncDecl](c.path)
	if !ok || fd.Recv == nil {
		return
	}
	for _, field := range fd.Recv.List {
		if star, is := field.Type.(*ast.StarExpr); is {
			if inner, double := star.X.(*ast.StarExpr); double {
				c.add(1, "TYPE", "single-pointer", c.replace(star, c.text(inner)))
			}
			c.add(0.9, "TYPE", "value-receiver", c.replace(star, c.text(star.X)))
		}
	}
	if len(fd.Recv.List) > 0 {
		lead := c.text(fd.Recv)
		params := strings.TrimPrefix(c.text(fd.Type.Params), "(")
		sep := ", "
		if len(fd.Type.Params.List) == 0 {
			sep = ""
		}
		c.add(0.8, "DECL", "function-instead", c.span(fd.Recv.Pos(), fd.Type.Params.End(), fd.Name.Name+"("+strings.Trim(lead, "()")+sep+params))
	}
}
