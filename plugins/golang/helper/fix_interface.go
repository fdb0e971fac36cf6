package main

import (
	"go/ast"
	"go/types"
	"strings"
)

// implement makes the package's type from implement the interface to: the method that is nearly there, its receiver,
// its signature, or a stub.
func (c *fixContext) implement(from, to types.Type) {
	iface, ok := to.Underlying().(*types.Interface)
	named := namedOf(from)
	if !ok || named == nil || types.IsInterface(from) {
		return
	}
	f, id := c.declaredIn(named.Obj())
	if id == nil {
		return
	}
	_, isPointer := types.Unalias(from).(*types.Pointer)
	var stubs []string
	wrong := 0
	for i := range iface.NumMethods() {
		m := iface.Method(i)
		obj, _, indirect := types.LookupFieldOrMethod(from, false, m.Pkg(), m.Name())
		have, _ := obj.(*types.Func)
		if have != nil && !indirect && types.Identical(have.Type(), m.Type()) {
			continue
		}
		wrong++
		byPointer, _, _ := types.LookupFieldOrMethod(types.NewPointer(named), false, m.Pkg(), m.Name())
		if method, is := byPointer.(*types.Func); is {
			if types.Identical(method.Type(), m.Type()) && !isPointer {
				c.changeReceiver(method, false, 0.5)
			} else {
				c.changeSignature(method, m.Type().(*types.Signature))
			}
			continue
		}
		c.renameMethod(named, m)
		if stub, good := c.methodStub(f, named, m); good {
			stubs = append(stubs, stub)
		}
	}
	if len(stubs) > 0 && len(stubs) == wrong {
		_, behind := c.receiverText(f, named)
		c.addIn(f, 0.25, "DECL", "implement", c.tail(f, behind, strings.Join(stubs, "\n\n")))
	}
}

// methodStub writes a method of the interface for a type, returning zero values.
func (c *fixContext) methodStub(f *File, named *types.Named, m *types.Func) (string, bool) {
	recv, _ := c.receiverText(f, named)
	sig := m.Type().(*types.Signature)
	text, need := c.typeTextIn(f, sig)
	if len(need) > 0 {
		return "", false
	}
	head := "func (" + recv + ") " + m.Name() + strings.TrimPrefix(text, "func")
	if body := c.knownBody(named, recv, m); body != "" {
		return head + " {\n" + body + "\n}", true
	}
	if sig.Results().Len() == 0 {
		return head + " {\n}", true
	}
	var zeros []string
	for i := range sig.Results().Len() {
		zero, more := c.zero(sig.Results().At(i).Type())
		if len(more) > 0 {
			return "", false
		}
		zeros = append(zeros, zero)
	}
	return head + " {\n\treturn " + strings.Join(zeros, ", ") + "\n}", true
}

// knownBody writes the body of a method whose meaning follows from its name and the type's shape: those of
// sort.Interface, container/heap.Interface, error and fmt.Stringer. It is "" for every other.
func (c *fixContext) knownBody(named *types.Named, recv string, m *types.Func) string {
	name, typ, _ := strings.Cut(recv, " ")
	self := name
	if strings.HasPrefix(typ, "*") {
		self = "(*" + name + ")"
	}
	sig := m.Type().(*types.Signature)
	param := func(i int) string { return sig.Params().At(i).Name() }
	if s, ok := named.Underlying().(*types.Slice); ok {
		switch {
		case m.Name() == "Len":
			return "\treturn len(" + strings.Trim(self, "()") + ")"
		case m.Name() == "Swap" && sig.Params().Len() == 2:
			a, b := self+"["+param(0)+"]", self+"["+param(1)+"]"
			return "\t" + a + ", " + b + " = " + b + ", " + a
		case m.Name() == "Less" && sig.Params().Len() == 2 && basicInfo(s.Elem())&types.IsOrdered != 0:
			return "\treturn " + self + "[" + param(0) + "] < " + self + "[" + param(1) + "]"
		}
	}
	if (m.Name() == "Error" || m.Name() == "String") && sig.Results().Len() == 1 && isString(sig.Results().At(0).Type()) {
		if isString(named) {
			return "\treturn string(" + name + ")"
		}
		var texts []string
		c.fields(named, 0, func(f *types.Var) {
			if isString(f.Type()) {
				texts = append(texts, f.Name())
			}
		})
		if len(texts) == 1 {
			return "\treturn " + name + "." + texts[0]
		}
	}
	return ""
}

// declaration returns the file and declaration of a function or method of this package.
func (c *fixContext) declaration(obj types.Object) (*File, *ast.FuncDecl) {
	f, id := c.declaredIn(obj)
	if id == nil {
		return nil, nil
	}
	fd, ok := enclosing[*ast.FuncDecl](pathTo(f, id))
	if !ok || fd.Name != id {
		return nil, nil
	}
	return f, fd
}

// changeReceiver turns a method's pointer receiver into a value receiver, or the other way round.
func (c *fixContext) changeReceiver(obj types.Object, toPointer bool, weight float64) {
	f, fd := c.declaration(obj)
	if fd == nil || fd.Recv == nil || len(fd.Recv.List) != 1 {
		return
	}
	t := fd.Recv.List[0].Type
	star, isPointer := t.(*ast.StarExpr)
	switch {
	case isPointer && !toPointer:
		at := c.off(star.Star)
		if assignsReceiver(fd) {
			weight *= 0.2
		}
		c.addIn(f, weight, "TYPE", "value-receiver", Edit{at, at + 1, ""})
	case !isPointer && toPointer:
		at := c.off(t.Pos())
		c.addIn(f, weight, "TYPE", "pointer-receiver", Edit{at, at, "*"})
	}
}

// assignsReceiver tells whether a method assigns to its receiver's fields, so that it needs a pointer.
func assignsReceiver(fd *ast.FuncDecl) bool {
	if len(fd.Recv.List[0].Names) == 0 || fd.Body == nil {
		return false
	}
	name, found := fd.Recv.List[0].Names[0].Name, false
	ast.Inspect(fd.Body, func(n ast.Node) bool {
		var targets []ast.Expr
		switch n := n.(type) {
		case *ast.AssignStmt:
			targets = n.Lhs
		case *ast.IncDecStmt:
			targets = []ast.Expr{n.X}
		}
		for _, t := range targets {
			if sel, ok := t.(*ast.SelectorExpr); ok {
				if id, is := sel.X.(*ast.Ident); is && id.Name == name {
					found = true
				}
			}
		}
		return true
	})
	return found
}

// renameMethod renames a method that is spelt like the missing one or has its signature.
func (c *fixContext) renameMethod(named *types.Named, m *types.Func) {
	for i := range named.NumMethods() {
		have := named.Method(i)
		like := likeness(have.Name(), m.Name())
		same := types.Identical(have.Type(), m.Type())
		if synonym(have.Name(), m.Name()) {
			like = max(like, 0.5)
		}
		if like < 0.2 {
			continue
		}
		weight := like
		if same {
			weight *= 1.6
		}
		if edits := c.renameEdits(have, m.Name()); edits != nil {
			f, _ := c.declaredIn(have)
			c.addIn(f, weight, "NAME", "rename-method", edits...)
		}
	}
}

// changeSignature gives a method the parameters and results the interface asks for, keeping its parameters' names.
func (c *fixContext) changeSignature(method *types.Func, sig *types.Signature) {
	f, fd := c.declaration(method)
	if fd == nil {
		return
	}
	var names []string
	for _, field := range fd.Type.Params.List {
		for _, name := range field.Names {
			names = append(names, name.Name)
		}
	}
	var params []string
	for i := range sig.Params().Len() {
		p := sig.Params().At(i)
		text, need := c.typeTextIn(f, p.Type())
		if len(need) > 0 {
			return
		}
		if sig.Variadic() && i == sig.Params().Len()-1 {
			text = "..." + strings.TrimPrefix(text, "[]")
		}
		name := p.Name()
		if i < len(names) {
			name = names[i]
		} else if name == "" {
			name = "_"
		}
		params = append(params, name+" "+text)
	}
	old := method.Type().(*types.Signature)
	results := ""
	if types.Identical(old.Results(), sig.Results()) && fd.Type.Results != nil {
		results = " " + string(f.Src[c.off(fd.Type.Results.Pos()):c.off(fd.Type.Results.End())])
	} else if sig.Results().Len() > 0 {
		// without names, which might already be taken in the body
		var texts []string
		for i := range sig.Results().Len() {
			text, need := c.typeTextIn(f, sig.Results().At(i).Type())
			if len(need) > 0 {
				return
			}
			texts = append(texts, text)
		}
		results = " " + strings.Join(texts, ", ")
		if len(texts) > 1 {
			results = " (" + strings.Join(texts, ", ") + ")"
		}
	}
	c.addIn(f, 0.8, "TYPE", "change-signature", Edit{
		Start: c.off(fd.Type.Params.Pos()), End: c.off(fd.Type.End()), New: "(" + strings.Join(params, ", ") + ")" + results,
	})
}

// fixImpossibleAssert repairs x.(T), and a type switch case T, where no T can be in x.
func fixImpossibleAssert(c *fixContext) {
	var target, x ast.Expr
	if ta, ok := enclosing[*ast.TypeAssertExpr](c.path); ok && ta.Type != nil {
		target, x = ta.Type, ta.X
	} else if sw, is := enclosing[*ast.TypeSwitchStmt](c.path); is {
		target, x = c.expr(), typeSwitchSubject(sw)
	}
	if target == nil || x == nil {
		return
	}
	t, iface := c.typeOf(target), c.typeOf(x)
	if t == nil || iface == nil {
		return
	}
	if star, ok := target.(*ast.StarExpr); ok {
		c.add(0.9, "TYPE", "value-type", c.replace(target, c.text(star.X)))
	} else {
		c.add(1.3, "TYPE", "pointer-type", c.replace(target, "*"+c.text(target)))
	}
	c.implement(t, iface)
	base := strings.TrimPrefix(c.text(target), "*")
	for _, name := range c.pkg.Types.Scope().Names() {
		tn, ok := c.pkg.Types.Scope().Lookup(name).(*types.TypeName)
		if !ok || known(tn.Type()) == nil || name == base {
			continue
		}
		underlying, isIface := iface.Underlying().(*types.Interface)
		if !isIface {
			continue
		}
		if types.Implements(tn.Type(), underlying) {
			c.add(0.2+likeness(base, name), "TYPE", "other-type", c.replace(target, name))
		} else if types.Implements(types.NewPointer(tn.Type()), underlying) {
			c.add(0.2+likeness(base, name), "TYPE", "other-type", c.replace(target, "*"+name))
		}
	}
	c.changeDeclaredType(x, types.Universe.Lookup("any").Type(), 0.1)
}

// typeSwitchSubject returns x of switch x.(type).
func typeSwitchSubject(s *ast.TypeSwitchStmt) ast.Expr {
	var e ast.Expr
	switch a := s.Assign.(type) {
	case *ast.ExprStmt:
		e = a.X
	case *ast.AssignStmt:
		e = a.Rhs[0]
	}
	if ta, ok := e.(*ast.TypeAssertExpr); ok {
		return ta.X
	}
	return nil
}

// fixInvalidAssert repairs x.(T) where x is no interface.
func fixInvalidAssert(c *fixContext) {
	if ta, ok := enclosing[*ast.TypeAssertExpr](c.path); ok && ta.Type != nil {
		t, from := c.typeOf(ta.Type), c.typeOf(ta.X)
		if t == nil {
			t = c.typeNamed(c.text(ta.Type))
		}
		if t != nil && from != nil {
			if s, path := c.statement(); s != nil && len(path) > 0 {
				c.dropCommaOk(s, ta)
			}
			if types.Identical(t, from) {
				c.add(1.5, "CONV", "drop-assertion", c.replace(ta, c.text(ta.X)))
			}
			for _, conv := range c.conversions(ta.X, from, t) {
				c.addWithImports(conv.weight, conv.op, conv.rule, conv.imports, c.replace(ta, conv.text))
			}
		}
		c.add(0.4, "CONV", "via-any", c.replace(ta.X, "any("+c.text(ta.X)+")"))
	}
	if sw, ok := enclosing[*ast.TypeSwitchStmt](c.path); ok {
		if x := typeSwitchSubject(sw); x != nil {
			c.add(1, "CONV", "via-any", c.replace(x, "any("+c.text(x)+")"))
		}
	}
}

// dropCommaOk turns v, ok := x.(T) on a concrete x into v := x or a conversion, with ok true.
func (c *fixContext) dropCommaOk(s ast.Stmt, ta *ast.TypeAssertExpr) {
	a, ok := s.(*ast.AssignStmt)
	if !ok || len(a.Lhs) != 2 || len(a.Rhs) != 1 || a.Rhs[0] != ast.Expr(ta) {
		return
	}
	c.add(0.8, "CONV", "drop-assertion", c.replace(ta, c.text(ta.X)+", true"))
}
