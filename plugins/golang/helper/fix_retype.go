package main

import (
	"go/ast"
	"go/token"
	"go/types"
)

// changeTarget gives the variable, field, parameter or result that is assigned the value's type instead.
func (c *fixContext) changeTarget(e ast.Expr, path []ast.Node, from, to types.Type) {
	if from == nil || from == types.Typ[types.UntypedNil] {
		return
	}
	switch p := path[1].(type) {
	case *ast.AssignStmt:
		for i, r := range p.Rhs {
			if r == e && len(p.Lhs) == len(p.Rhs) {
				if ptr, ok := to.Underlying().(*types.Pointer); ok && p.Tok == token.ASSIGN && suits(from, ptr.Elem()) {
					weight := 0.9
					if _, plain := p.Lhs[i].(*ast.Ident); plain {
						weight = 1.8
					}
					if _, fresh := bare(e).(*ast.CompositeLit); fresh {
						weight *= 0.4
					}
					c.add(weight, "ASSIGN", "assign-through-pointer", c.insert(p.Lhs[i].Pos(), "*"))
				}
				c.changeDeclaredType(p.Lhs[i], types.Default(from), 0.3)
				c.atDefinition(p.Lhs[i], types.Default(from), 0.5)
			}
		}
	case *ast.ValueSpec:
		if p.Type != nil && len(p.Values) == 1 {
			weight := 0.4
			if len(p.Names) == 1 && p.Names[0].Name == "_" {
				weight = 0.01
			}
			text, need := c.typeText(types.Default(from))
			c.addWithImports(weight, "TYPE", "change-type", need, c.replace(p.Type, text))
		}
	case *ast.ReturnStmt:
		c.changeResult(e, p, path, types.Default(from))
	case *ast.CallExpr:
		if id, ok := bare(p.Fun).(*ast.Ident); ok && id.Name == "append" && p.Args[0] != e {
			c.changeDeclaredType(p.Args[0], types.NewSlice(types.Default(from)), 0.8)
		}
		c.changeParameter(e, p, types.Default(from))
	case *ast.KeyValueExpr, *ast.CompositeLit:
		c.changeElement(e, path, types.Default(from))
	}
}

// changeDeclaredType changes the written type of the variable or field that an expression names.
func (c *fixContext) changeDeclaredType(target ast.Expr, to types.Type, weight float64) {
	var obj types.Object
	switch x := bare(target).(type) {
	case *ast.Ident:
		obj = c.lookup(x.Name, x.Pos())
	case *ast.SelectorExpr:
		obj = c.pkg.Info.Uses[x.Sel]
	case *ast.IndexExpr:
		// an element takes the type that its container is made for
		if m, ok := orInvalid(c.typeOf(x.X)).Underlying().(*types.Map); ok {
			c.changeDeclaredType(x.X, types.NewMap(m.Key(), to), weight)
		} else if _, ok := orInvalid(c.typeOf(x.X)).Underlying().(*types.Slice); ok {
			c.changeDeclaredType(x.X, types.NewSlice(to), weight)
		}
		return
	case *ast.StarExpr:
		return
	}
	c.changeTypeOf(obj, to, weight)
}

// changeTypeOf rewrites the type in the declaration of a variable, parameter or field.
func (c *fixContext) changeTypeOf(obj types.Object, to types.Type, weight float64) {
	f, id := c.declaredIn(obj)
	if id == nil {
		return
	}
	text, need := c.typeTextIn(f, to)
	if len(need) > 0 {
		return
	}
	edit := func(t ast.Expr) Edit { return Edit{Start: c.off(t.Pos()), End: c.off(t.End()), New: text} }
	for _, n := range pathTo(f, id) {
		switch n := n.(type) {
		case *ast.Field:
			if len(n.Names) == 1 {
				c.addIn(f, weight*0.6, "TYPE", "change-type", edit(n.Type))
			}
			return
		case *ast.ValueSpec:
			if n.Type != nil && len(n.Names) == 1 {
				c.addIn(f, weight, "TYPE", "change-type", edit(n.Type))
			}
			return
		case *ast.AssignStmt:
			c.retypeDefinition(f, n, obj, to, text, weight)
			return
		case *ast.FuncType, *ast.BlockStmt:
			return
		}
	}
}

// retypeDefinition gives x := 0 another type by its literal (x := 0.0, x := int64(0)).
func (c *fixContext) retypeDefinition(f *File, s *ast.AssignStmt, obj types.Object, to types.Type, text string, weight float64) {
	if s.Tok != token.DEFINE || len(s.Lhs) != len(s.Rhs) {
		return
	}
	for i, l := range s.Lhs {
		id, ok := l.(*ast.Ident)
		if !ok || id.Name != obj.Name() {
			continue
		}
		start, end := c.off(s.Rhs[i].Pos()), c.off(s.Rhs[i].End())
		old := string(f.Src[start:end])
		lit, isLit := bare(s.Rhs[i]).(*ast.BasicLit)
		if _, param := to.(*types.TypeParam); param && isLit && old == "0" && len(s.Lhs) == 1 {
			c.addIn(f, 1.6, "DECL", "typed-definition", Edit{c.off(s.Pos()), c.off(s.End()), "var " + id.Name + " " + text})
		}
		if e := typeWritten(s.Rhs[i]); e != nil {
			c.addIn(f, weight, "TYPE", "change-type", Edit{c.off(e.Pos()), c.off(e.End()), text})
		}
		switch {
		case isLit && lit.Kind == token.INT && types.Identical(to, types.Typ[types.Float64]):
			c.addIn(f, weight*2.5, "LIT", "float-definition", Edit{start, end, old + ".0"})
		case isLit && isNumeric(to) && lit.Kind == token.INT:
			c.addIn(f, weight*2, "CONV", "typed-definition", Edit{start, end, text + "(" + old + ")"})
		case isLit && (old == "0" || old == `""`) && isString(to):
			c.addIn(f, weight*1.5, "LIT", "string-definition", Edit{start, end, `""`})
		case isLit && old == `""` && isNumeric(to):
			c.addIn(f, weight*1.5, "LIT", "number-definition", Edit{start, end, "0"})
		}
	}
}

// typeWritten returns the type that a make call or composite literal names, nil for none.
func typeWritten(e ast.Expr) ast.Expr {
	switch e := bare(e).(type) {
	case *ast.CompositeLit:
		return e.Type
	case *ast.CallExpr:
		if id, ok := e.Fun.(*ast.Ident); ok && id.Name == "make" && len(e.Args) > 0 {
			return e.Args[0]
		}
	}
	return nil
}

// changeResult changes the result type in the signature of the function that returns e.
func (c *fixContext) changeResult(e ast.Expr, s *ast.ReturnStmt, path []ast.Node, to types.Type) {
	ft, _, sig := c.functionOf(path)
	if ft == nil || ft.Results == nil || sig == nil || sig.Results().Len() != len(s.Results) {
		return
	}
	at := 0
	for _, field := range ft.Results.List {
		for range max(1, len(field.Names)) {
			if at < len(s.Results) && s.Results[at] == e && len(field.Names) < 2 {
				text, need := c.typeText(to)
				weight := 0.15
				if declared := c.typeOf(field.Type); declared != nil && types.IsInterface(declared) {
					weight = 0.05 // what is returned as an interface is meant to be
				}
				c.addWithImports(weight, "TYPE", "change-result", need, c.replace(field.Type, text))
			}
			at++
		}
	}
}

// changeParameter changes the parameter of a function of this package that takes e.
func (c *fixContext) changeParameter(e ast.Expr, call *ast.CallExpr, to types.Type) {
	t := c.typeOf(call.Fun)
	if t == nil {
		return
	}
	sig, ok := t.Underlying().(*types.Signature)
	if !ok || sig.Variadic() {
		return
	}
	for i, arg := range call.Args {
		if arg == e && i < sig.Params().Len() {
			c.changeTypeOf(sig.Params().At(i), to, 0.2)
		}
	}
}

// changeElement changes a struct field's type, or the element type in a composite literal.
func (c *fixContext) changeElement(e ast.Expr, path []ast.Node, to types.Type) {
	lit, ok := enclosing[*ast.CompositeLit](path[1:])
	if !ok {
		return
	}
	if kv, is := path[1].(*ast.KeyValueExpr); is && kv.Value == e {
		if key, named := kv.Key.(*ast.Ident); named {
			if s := structOf(c.typeOf(lit)); s != nil {
				for i := range s.NumFields() {
					if s.Field(i).Name() == key.Name {
						c.changeTypeOf(s.Field(i), to, 0.3)
					}
				}
			}
		}
	}
	text, need := c.typeText(to)
	switch t := lit.Type.(type) {
	case *ast.ArrayType:
		c.addWithImports(0.35, "TYPE", "change-element", need, c.replace(t.Elt, text))
	case *ast.MapType:
		if kv, is := path[1].(*ast.KeyValueExpr); is && kv.Key == e {
			c.addWithImports(0.35, "TYPE", "change-key", need, c.replace(t.Key, text))
		} else {
			c.addWithImports(0.35, "TYPE", "change-element", need, c.replace(t.Value, text))
		}
	}
}

// changeSource changes the declared type of the variable that holds the value.
func (c *fixContext) changeSource(e ast.Expr, to types.Type) {
	if to == types.Typ[types.UntypedNil] || isUntyped(to) {
		return
	}
	c.changeDeclaredType(e, to, 0.35)
	if call, ok := bare(e).(*ast.CallExpr); ok {
		if id, is := bare(call.Fun).(*ast.Ident); is {
			if obj := c.pkg.Info.Uses[id]; obj != nil {
				c.changeResultOf(obj, to)
			}
		}
	}
}

// changeResultOf changes the single result type of a function of this package.
func (c *fixContext) changeResultOf(obj types.Object, to types.Type) {
	f, id := c.declaredIn(obj)
	if id == nil {
		return
	}
	fd, ok := enclosing[*ast.FuncDecl](pathTo(f, id))
	if !ok || fd.Type.Results == nil || len(fd.Type.Results.List) != 1 || len(fd.Type.Results.List[0].Names) > 1 {
		return
	}
	text, need := c.typeTextIn(f, to)
	if len(need) == 0 {
		t := fd.Type.Results.List[0].Type
		c.addIn(f, 0.12, "TYPE", "change-result", Edit{c.off(t.Pos()), c.off(t.End()), text})
	}
}
