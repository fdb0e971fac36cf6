package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// fixIndirection repairs *x where x is no pointer.
func fixIndirection(c *fixContext) {
	for _, n := range c.path {
		if star, ok := n.(*ast.StarExpr); ok {
			c.add(1.5, "CONV", "drop-deref", c.replace(star, c.text(star.X)))
			if t := c.typeOf(star.X); t != nil {
				c.changeDeclaredType(star.X, types.NewPointer(t), 0.25)
			}
			return
		}
	}
	e, path := c.operand()
	if e == nil || len(path) < 2 {
		return
	}
	if star, ok := path[1].(*ast.StarExpr); ok {
		c.add(1.5, "CONV", "drop-deref", c.replace(star, c.text(star.X)))
		if t := c.typeOf(star.X); t != nil {
			c.changeDeclaredType(star.X, types.NewPointer(t), 0.25)
		}
	}
}

// fixAddress repairs &x where x has no address.
func fixAddress(c *fixContext) {
	for _, n := range c.path {
		u, ok := n.(*ast.UnaryExpr)
		if !ok || u.Op != token.AND {
			continue
		}
		stmt, _ := c.statement()
		name := c.freshName("v")
		if stmt != nil {
			c.add(1.3, "INSERT", "name-value", c.replace(u, "&"+name), c.before(stmt, name+" := "+c.text(u.X)))
		}
		weight := 0.7
		if _, isPointer := orInvalid(c.typeOf(u.X)).Underlying().(*types.Pointer); isPointer {
			weight = 1.8
		}
		c.add(weight, "CONV", "drop-address", c.replace(u, c.text(u.X)))
		if x, is := bare(u.X).(*ast.IndexExpr); is && stmt != nil {
			c.add(0.4, "INSERT", "name-element", c.replace(u, "&"+name), c.before(stmt, name+" := "+c.text(x)))
		}
		return
	}
	if sel, _ := c.selector(); sel != nil {
		fixPointerMethod(c)
		return
	}
	if s, ok := enclosing[*ast.SliceExpr](c.path); ok {
		if stmt, _ := c.statement(); stmt != nil {
			name := c.freshName("v")
			c.add(1.3, "INSERT", "name-value", c.replace(s.X, name), c.before(stmt, name+" := "+c.text(s.X)))
		}
	}
}

// fixMapField stores a changed copy back where a field of a map element is assigned.
func fixMapField(c *fixContext) {
	stmt, _ := c.statement()
	var target *ast.SelectorExpr
	for _, n := range c.path {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			target = sel
		}
	}
	switch s := stmt.(type) {
	case *ast.AssignStmt:
		for _, l := range s.Lhs {
			if sel, ok := bare(l).(*ast.SelectorExpr); ok && l.Pos() <= c.pos && c.pos < l.End() {
				target = sel
			}
		}
	case *ast.IncDecStmt:
		target, _ = bare(s.X).(*ast.SelectorExpr)
	}
	if stmt == nil || target == nil {
		return
	}
	index := elementOf(target)
	if index == nil {
		return
	}
	name := c.freshName("v")
	rest := string(c.file.Src[c.off(index.End()):c.off(stmt.End())])
	head := string(c.file.Src[c.off(stmt.Pos()):c.off(index.Pos())])
	indent := "\n" + indentOf(c.file.Src, c.off(stmt.Pos()))
	c.add(1.6, "ASSIGN", "store-copy", c.replace(stmt, name+" := "+c.text(index)+indent+head+name+rest+indent+c.text(index)+" = "+name))
	if t := c.typeOf(index.X); t != nil {
		if m, ok := t.Underlying().(*types.Map); ok {
			c.changeDeclaredType(index.X, types.NewMap(m.Key(), types.NewPointer(m.Elem())), 0.2)
		}
	}
}

// elementOf returns the index expression a chain of selectors starts from, nil for none.
func elementOf(sel *ast.SelectorExpr) *ast.IndexExpr {
	e := ast.Expr(sel)
	for {
		switch x := e.(type) {
		case *ast.SelectorExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		case *ast.IndexExpr:
			return x
		default:
			return nil
		}
	}
}

// fixUnassignable repairs an assignment to what cannot be assigned: a byte of a string, a constant, a call.
func fixUnassignable(c *fixContext) {
	stmt, _ := c.statement()
	e, _ := c.operand()
	if e == nil || stmt == nil {
		return
	}
	if x, ok := bare(e).(*ast.IndexExpr); ok && isString(orInvalid(c.typeOf(x.X))) {
		if a, is := stmt.(*ast.AssignStmt); is && len(a.Lhs) == 1 && len(a.Rhs) == 1 {
			c.assignByte(a, x)
		}
	}
	if id, ok := bare(e).(*ast.Ident); ok {
		obj := c.lookup(id.Name, id.Pos())
		if k, is := obj.(*types.Const); is {
			c.constToVar(k)
		}
		for _, v := range c.variables(id.Pos(), func(t types.Type) bool { return obj == nil || types.AssignableTo(obj.Type(), t) }) {
			c.add(0.6*likeness(id.Name, v.name), "NAME", "near-name", c.replace(id, v.name))
		}
		if a, is := stmt.(*ast.AssignStmt); is && a.Tok == token.ASSIGN {
			c.add(0.4, "ASSIGN", "define", c.span(a.TokPos, a.TokPos+1, ":="))
		}
	}
	if call, ok := bare(e).(*ast.CallExpr); ok {
		if a, is := stmt.(*ast.AssignStmt); is && len(a.Lhs) == 1 {
			c.add(0.6, "CMP", "compare", c.span(a.TokPos, a.TokPos+token.Pos(len(a.Tok.String())), "=="))
			if len(call.Args) == 1 {
				c.add(0.9, "INDEX", "index", c.replace(call, c.text(call.Fun)+"["+c.text(call.Args[0])+"]"))
			}
		}
	}
	if x, ok := bare(e).(*ast.BinaryExpr); ok {
		if a, is := stmt.(*ast.AssignStmt); is && len(a.Rhs) == 1 {
			c.add(0.5, "ASSIGN", "compound-assign", c.replace(a, c.text(x.X)+" "+x.Op.String()+"= "+c.text(a.Rhs[0])))
		}
	}
}

// assignByte writes a byte of a string by way of a slice of it.
func (c *fixContext) assignByte(a *ast.AssignStmt, x *ast.IndexExpr) {
	s, index := c.text(x.X), c.text(x.Index)
	indent := "\n" + indentOf(c.file.Src, c.off(a.Pos()))
	name := c.freshName("b")
	for weight, kind := range map[float64]string{1.2: "[]byte", 1.1: "[]rune"} {
		c.add(weight, "ASSIGN", "assign-through-slice",
			c.replace(a, name+" := "+kind+"("+s+")"+indent+name+"["+index+"] "+a.Tok.String()+" "+c.text(a.Rhs[0])+indent+s+" = string("+name+")"))
	}
	if a.Tok == token.ASSIGN {
		c.add(0.5, "ASSIGN", "assign-by-slicing", c.replace(a, s+" = "+s+"[:"+index+"] + string("+c.text(a.Rhs[0])+") + "+s+"["+index+"+1:]"))
	}
	if id, ok := x.X.(*ast.Ident); ok {
		c.changeTypeOf(c.lookup(id.Name, id.Pos()), types.NewSlice(types.Typ[types.Byte]), 0.3)
	}
}

// constToVar declares a constant as a variable.
func (c *fixContext) constToVar(k *types.Const) {
	f, id := c.declaredIn(k)
	if id == nil {
		return
	}
	if decl, ok := enclosing[*ast.GenDecl](pathTo(f, id)); ok && len(decl.Specs) == 1 {
		at := c.off(decl.TokPos)
		c.addIn(f, 0.9, "DECL", "const-to-var", Edit{at, at + len("const"), "var"})
	}
}

// fixInvalidCall repairs the call of what is no function.
func fixInvalidCall(c *fixContext) {
	call, path := c.call()
	if call == nil {
		return
	}
	t := c.typeOf(call.Fun)
	if _, alone := path[1].(*ast.ExprStmt); len(call.Args) == 0 && !alone {
		c.add(1.5, "CALL", "drop-call", c.replace(call, c.text(call.Fun)))
	}
	if len(call.Args) == 1 {
		if elemOf(t) != nil {
			c.add(1.5, "INDEX", "index", c.replace(call, c.text(call.Fun)+"["+c.text(call.Args[0])+"]"))
		}
		if isNumeric(orInvalid(t)) {
			c.add(1.2, "ARITH", "multiply", c.replace(call, c.text(call.Fun)+" * ("+c.text(call.Args[0])+")"))
		}
	}
	w := want{call: call, typ: c.wanted(path).typ}
	switch fun := bare(call.Fun).(type) {
	case *ast.Ident:
		for _, v := range c.names(call.Pos()) {
			if f, ok := v.obj.(*types.Func); ok {
				c.add((0.1+likeness(fun.Name, v.name))*w.fit(f.Type())*c.argumentFit(call, f), "CALL", "other-function", c.replace(fun, v.name))
			}
		}
		if pkgFunc := c.shadowedFunction(fun); pkgFunc != nil {
			c.add(0.8, "NAME", "rename-shadow", pkgFunc...)
		}
	case *ast.SelectorExpr:
		if owner := c.typeOf(fun.X); owner != nil {
			for _, m := range c.members(owner) {
				if m.method {
					c.add((0.1+likeness(fun.Sel.Name, m.name))*w.fit(m.typ), "CALL", "other-method", c.replace(fun.Sel, m.name))
				}
			}
		}
	}
}

// shadowedFunction renames a local variable that hides the function or builtin that is called.
func (c *fixContext) shadowedFunction(id *ast.Ident) []Edit {
	obj := c.lookup(id.Name, id.Pos())
	v, ok := obj.(*types.Var)
	if !ok || v.Parent() == nil || v.Parent().Parent() == nil {
		return nil
	}
	_, hidden := v.Parent().Parent().LookupParent(id.Name, id.Pos())
	switch hidden.(type) {
	case *types.Func, *types.Builtin, *types.TypeName:
	default:
		return nil
	}
	edits := c.renameEdits(v, c.freshName(id.Name+"Value"))
	kept := edits[:0:0]
	for _, e := range edits {
		if e.Start != c.off(id.Pos()) {
			kept = append(kept, e)
		}
	}
	return kept
}

// fixUndefinedOp repairs an operator that its operands do not have.
func fixUndefinedOp(c *fixContext) {
	for i, n := range c.path {
		switch n := n.(type) {
		case *ast.UnaryExpr:
			c.undefinedUnary(n)
			return
		case *ast.BinaryExpr:
			c.undefinedBinary(n, c.path[i:])
			return
		case *ast.AssignStmt:
			if s, ok := orInvalid(c.typeOf(n.Lhs[0])).Underlying().(*types.Slice); ok && n.Tok == token.ADD_ASSIGN {
				c.appendInstead(n.Lhs[0], n.Rhs[0], s, orInvalid(c.typeOf(n.Rhs[0])), c.path[i:])
			}
			return
		case *ast.IncDecStmt:
			c.convertIncDec(n)
			return
		case *ast.CaseClause:
			return
		}
	}
}

func (c *fixContext) convertIncDec(s *ast.IncDecStmt) {
	t := c.typeOf(s.X)
	if t == nil {
		return
	}
	if p, ok := t.Underlying().(*types.Pointer); ok && isNumeric(p.Elem()) {
		c.add(1.6, "CONV", "deref", c.replace(s.X, "(*"+c.text(s.X)+")"))
	}
	for _, m := range c.members(t) {
		if !m.method && isNumeric(m.typ) {
			c.add(0.6, "FIELD", "member", c.insert(s.X.End(), "."+m.name))
		}
	}
	c.changeDeclaredType(s.X, types.Typ[types.Int], 0.5)
}

func (c *fixContext) undefinedUnary(u *ast.UnaryExpr) {
	t := c.typeOf(u.X)
	if t == nil {
		return
	}
	if u.Op == token.NOT {
		for _, conv := range c.conversions(u.X, t, types.Typ[types.Bool]) {
			switch {
			case strings.HasSuffix(conv.text, " != nil"), strings.HasSuffix(conv.text, " != 0"), strings.HasSuffix(conv.text, ` != ""`):
				c.addWithImports(conv.weight, conv.op, conv.rule, conv.imports, c.replace(u, strings.Replace(conv.text, " != ", " == ", 1)))
			case strings.HasSuffix(conv.text, " > 0"):
				c.addWithImports(conv.weight, conv.op, conv.rule, conv.imports, c.replace(u, strings.Replace(conv.text, " > ", " == ", 1)))
			default:
				c.addWithImports(conv.weight, conv.op, conv.rule, conv.imports, c.replace(u.X, conv.text))
			}
		}
	}
	if isBoolean(t) {
		c.add(1.2, "LOGIC", "not", c.span(u.OpPos, u.X.Pos(), "!"))
	}
	c.add(0.4, "ARITH", "drop-operator", c.replace(u, c.text(u.X)))
}

func (c *fixContext) undefinedBinary(b *ast.BinaryExpr, path []ast.Node) {
	tx, ty := c.typeOf(b.X), c.typeOf(b.Y)
	op := func(text string) Edit {
		return c.span(b.OpPos, b.OpPos+token.Pos(len(b.Op.String())), text)
	}
	if tx == nil || ty == nil {
		return
	}
	_, isSlice := tx.Underlying().(*types.Slice)
	switch {
	case b.Op == token.ADD && isSlice:
		c.appendInstead(b.X, b.Y, tx.Underlying().(*types.Slice), ty, path)
	case b.Op == token.EQL || b.Op == token.NEQ:
		c.equalByValue(b, tx)
	case (b.Op == token.LSS || b.Op == token.GTR) && isNamed(tx, "time", "Time"):
		method := map[token.Token]string{token.LSS: "Before", token.GTR: "After"}[b.Op]
		c.add(2, "CALL", "time-order", c.replace(b, c.text(b.X)+"."+method+"("+c.text(b.Y)+")"))
	case isBoolean(tx) && isBoolean(ty):
		c.add(1.2, "LOGIC", "logical-and", op("&&"))
		c.add(1.1, "LOGIC", "logical-or", op("||"))
		c.add(0.5, "CMP", "equal", op("=="))
		c.add(0.4, "CMP", "not-equal", op("!="))
	case b.Op == token.LAND || b.Op == token.LOR:
		c.add(0.8, "ARITH", "bitwise", op(b.Op.String()[:1]))
		c.convertOperand(b.X, tx, types.Typ[types.Bool], 0.9)
		c.convertOperand(b.Y, ty, types.Typ[types.Bool], 0.9)
	case b.Op == token.REM && basicInfo(tx)&types.IsFloat != 0:
		c.addWithImports(1.6, "CALL", "float-remainder", []string{"math"}, c.replace(b, "math.Mod("+c.text(b.X)+", "+c.text(b.Y)+")"))
		c.add(0.6, "CONV", "convert-both", c.replace(b.X, "int("+c.text(b.X)+")"), c.replace(b.Y, "int("+c.text(b.Y)+")"))
	case isString(tx) && b.Op == token.SUB:
		c.addWithImports(0.8, "CALL", "trim-suffix", []string{"strings"}, c.replace(b, "strings.TrimSuffix("+c.text(b.X)+", "+c.text(b.Y)+")"))
	case isString(tx) && b.Op == token.MUL:
		c.addWithImports(1.5, "CALL", "repeat", []string{"strings"}, c.replace(b, "strings.Repeat("+c.text(b.X)+", "+c.text(b.Y)+")"))
	}
	for i, x := range []ast.Expr{b.X, b.Y} {
		t := []types.Type{tx, ty}[i]
		if sig, ok := t.Underlying().(*types.Signature); ok && sig.Params().Len() == 0 && sig.Results().Len() == 1 {
			c.add(1.6, "CALL", "call", c.insert(x.End(), "()"))
		}
		if p, ok := t.Underlying().(*types.Pointer); ok && basicInfo(p.Elem()) != 0 {
			c.add(1, "CONV", "deref", c.replace(b.X, derefText(c.text(b.X), tx)), c.replace(b.Y, derefText(c.text(b.Y), ty)))
		}
	}
	c.comparableMembers(b, tx)
	if strings.Contains(c.diag.Message, "type parameters") || strings.Contains(c.diag.Message, "incomparable types in type set") || strings.Contains(c.diag.Message, "constrained by") {
		c.strengthenConstraint(tx, b.Op)
	}
}

func derefText(text string, t types.Type) string {
	if _, ok := t.Underlying().(*types.Pointer); ok {
		return "*" + text
	}
	return text
}

// equalByValue compares slices, maps and functions by their contents, or with nil.
func (c *fixContext) equalByValue(b *ast.BinaryExpr, t types.Type) {
	not := ""
	if b.Op == token.NEQ {
		not = "!"
	}
	args := "(" + c.text(b.X) + ", " + c.text(b.Y) + ")"
	switch t.Underlying().(type) {
	case *types.Slice:
		if isBytes(t) {
			c.addWithImports(1.5, "CALL", "bytes-equal", []string{"bytes"}, c.replace(b, not+"bytes.Equal"+args))
		}
		c.addWithImports(1.3, "CALL", "slices-equal", []string{"slices"}, c.replace(b, not+"slices.Equal"+args))
	case *types.Map:
		c.addWithImports(1.3, "CALL", "maps-equal", []string{"maps"}, c.replace(b, not+"maps.Equal"+args))
	}
	c.addWithImports(0.6, "CALL", "deep-equal", []string{"reflect"}, c.replace(b, not+"reflect.DeepEqual"+args))
}

// comparableMembers compares a field of both structs instead of the structs.
func (c *fixContext) comparableMembers(b *ast.BinaryExpr, t types.Type) {
	if structOf(t) == nil {
		return
	}
	for _, m := range c.members(t) {
		if !m.method && (isNumeric(m.typ) || isString(m.typ)) {
			c.add(0.5, "FIELD", "compare-member", c.insert(b.X.End(), "."+m.name), c.insert(b.Y.End(), "."+m.name))
		}
	}
}
