package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
)

// fixDuplicateDecl removes or renames what is declared twice.
func fixDuplicateDecl(c *fixContext) {
	if spec, ok := enclosing[*ast.ImportSpec](c.path); ok {
		c.add(1.5, "IMPORT", "remove-import", c.importRemoval(spec))
		return
	}
	id, ok := c.node().(*ast.Ident)
	if !ok {
		return
	}
	for i, n := range c.path {
		switch d := n.(type) {
		case *ast.FuncDecl:
			if d.Name == id {
				c.duplicateFunc(d)
				return
			}
		case *ast.TypeSpec:
			if d.Name == id {
				c.duplicateSpec(d, c.path[i:])
				return
			}
		case *ast.ValueSpec:
			c.duplicateValue(id, d, c.path[i:])
			return
		case *ast.Field:
			c.duplicateField(id, d, c.path[i:])
			return
		case *ast.AssignStmt:
			c.add(1, "ASSIGN", "assign", c.span(d.TokPos, d.TokPos+token.Pos(len(d.Tok.String())), "="))
			c.renameOnly(id)
			return
		}
	}
}

// renameOnly proposes other names for one declaring identifier.
func (c *fixContext) renameOnly(id *ast.Ident) {
	c.add(0.12, "NAME", "rename", c.replace(id, c.freshName(id.Name+"2")))
}

// duplicateFunc drops a function that is declared twice: the later one, or the one whose body is poorer.
func (c *fixContext) duplicateFunc(d *ast.FuncDecl) {
	first, file := c.otherFunc(d)
	weight, other := 1.0, 0.5
	if first != nil && d.Body != nil && first.Body != nil {
		a, b := string(file.Src[c.off(first.Body.Pos()):c.off(first.Body.End())]), c.text(d.Body)
		switch {
		case a == b:
			weight, other = 2, 0.5
		case stubBody(first.Body) && !stubBody(d.Body):
			weight, other = 0.3, 1.8
		case stubBody(d.Body):
			weight, other = 2, 0.2
		}
		c.addIn(file, other, "DELETE", "drop-duplicate", declRemoval(file, c.off(docStart(first)), c.off(first.End())))
	}
	c.add(weight, "DELETE", "drop-duplicate", declRemoval(c.file, c.off(docStart(d)), c.off(d.End())))
	c.renameOnly(d.Name)
}

func docStart(d *ast.FuncDecl) token.Pos {
	if d.Doc != nil {
		return d.Doc.Pos()
	}
	return d.Pos()
}

// declRemoval deletes a top-level declaration and one blank line next to it.
func declRemoval(f *File, start, end int) Edit {
	e := removal(f.Src, start, end)
	for e.End < len(f.Src) && f.Src[e.End] == '\n' {
		e.End++
	}
	return e
}

// stubBody tells whether a body does nothing but return or panic.
func stubBody(b *ast.BlockStmt) bool {
	if len(b.List) == 0 {
		return true
	}
	if len(b.List) > 1 {
		return false
	}
	switch s := b.List[0].(type) {
	case *ast.ReturnStmt:
		return len(s.Results) == 0
	case *ast.ExprStmt:
		call, ok := s.X.(*ast.CallExpr)
		if !ok {
			return false
		}
		id, named := call.Fun.(*ast.Ident)
		return named && id.Name == "panic"
	}
	return false
}

// otherFunc returns another declaration of the same function or method, and its file.
func (c *fixContext) otherFunc(d *ast.FuncDecl) (*ast.FuncDecl, *File) {
	recv := func(f *ast.FuncDecl) string {
		if f.Recv == nil || len(f.Recv.List) == 0 {
			return ""
		}
		return receiverBase(f.Recv.List[0].Type)
	}
	for _, f := range c.pkg.Files {
		for _, decl := range f.AST.Decls {
			other, ok := decl.(*ast.FuncDecl)
			if ok && other != d && other.Name.Name == d.Name.Name && recv(other) == recv(d) {
				return other, f
			}
		}
	}
	return nil, nil
}

// duplicateSpec drops or renames a type that is declared twice.
func (c *fixContext) duplicateSpec(spec *ast.TypeSpec, path []ast.Node) {
	var target ast.Node = spec
	if decl, ok := path[1].(*ast.GenDecl); ok && len(decl.Specs) == 1 {
		target = decl
	}
	c.add(1, "DELETE", "drop-duplicate", c.remove(target))
	c.renameOnly(spec.Name)
	for _, f := range c.pkg.Files {
		for _, decl := range f.AST.Decls {
			gd, ok := decl.(*ast.GenDecl)
			if !ok || gd.Tok != token.TYPE || len(gd.Specs) != 1 {
				continue
			}
			if other, is := gd.Specs[0].(*ast.TypeSpec); is && other != spec && other.Name.Name == spec.Name.Name {
				c.addIn(f, 0.6, "DELETE", "drop-duplicate", declRemoval(f, c.off(gd.Pos()), c.off(gd.End())))
			}
		}
	}
}

// duplicateValue drops, assigns or renames a variable or constant that is declared twice.
func (c *fixContext) duplicateValue(id *ast.Ident, v *ast.ValueSpec, path []ast.Node) {
	decl, ok := path[1].(*ast.GenDecl)
	if !ok {
		return
	}
	var target ast.Node = v
	if len(decl.Specs) == 1 {
		target = decl
	}
	_, inFunc := enclosing[*ast.BlockStmt](path)
	if len(v.Names) == 1 {
		if inFunc && decl.Tok == token.VAR && len(v.Values) == 1 && len(decl.Specs) == 1 {
			c.add(1.3, "ASSIGN", "assign", c.replace(decl, id.Name+" = "+c.text(v.Values[0])))
		}
		weight := 1.0
		if len(v.Values) > 0 && inFunc {
			weight = 0.4
		}
		c.add(weight, "DELETE", "drop-duplicate", c.remove(target))
	} else {
		names := make([]ast.Expr, len(v.Names))
		at := 0
		for i, name := range v.Names {
			names[i] = name
			if name == id {
				at = i
			}
		}
		edits := []Edit{c.dropElement(names, at)}
		if len(v.Values) == len(v.Names) {
			edits = append(edits, c.dropElement(v.Values, at))
		}
		c.add(0.8, "DECL", "drop-name", edits...)
	}
	c.renameOnly(id)
	c.misspeltTwin(id)
}

// misspeltTwin renames a duplicate to an undeclared name that is spelt like it.
func (c *fixContext) misspeltTwin(id *ast.Ident) {
	for _, d := range c.pkg.Diags {
		if d.Code != "UndeclaredName" || d.Path != c.file.Path || d.End <= d.Offset || d.End > len(c.file.Src) {
			continue
		}
		name := string(c.file.Src[d.Offset:d.End])
		c.add(0.6+likeness(id.Name, name), "NAME", "rename-to-missing", c.replace(id, name))
	}
}

// duplicateField drops or renames a field, parameter or method name that stands twice.
func (c *fixContext) duplicateField(id *ast.Ident, field *ast.Field, path []ast.Node) {
	list, ok := path[1].(*ast.FieldList)
	if !ok {
		return
	}
	if len(field.Names) > 1 {
		for i, name := range field.Names {
			if name != id {
				continue
			}
			if i+1 < len(field.Names) {
				c.add(0.7, "DECL", "drop-name", c.span(name.Pos(), field.Names[i+1].Pos(), ""))
			} else {
				c.add(0.7, "DECL", "drop-name", c.span(field.Names[i-1].End(), name.End(), ""))
			}
		}
	} else if _, inStruct := path[2].(*ast.StructType); inStruct || len(path) > 2 && isInterfaceType(path[2]) {
		weight := 1.0
		for _, other := range list.List {
			if other != field && c.sameField(other, field) {
				weight = 1.6
			}
		}
		c.add(weight, "DELETE", "drop-duplicate", c.remove(field))
	} else {
		for i, other := range list.List {
			if other == field && i > 0 {
				c.add(0.6, "DELETE", "drop-parameter", c.span(list.List[i-1].End(), field.End(), ""))
			}
		}
	}
	c.renameOnly(id)
	c.misspeltTwin(id)
}

func isInterfaceType(n ast.Node) bool { _, ok := n.(*ast.InterfaceType); return ok }

func (c *fixContext) sameField(a, b *ast.Field) bool {
	return len(a.Names) == 1 && len(b.Names) == 1 && a.Names[0].Name == b.Names[0].Name && c.text(a.Type) == c.text(b.Type)
}

// fixDuplicateMethod drops or renames a method declared twice, or one named like a field.
func fixDuplicateMethod(c *fixContext) {
	id, ok := c.node().(*ast.Ident)
	if !ok {
		return
	}
	for i, n := range c.path {
		switch d := n.(type) {
		case *ast.FuncDecl:
			if c.diag.Code == "DuplicateFieldAndMethod" {
				c.add(0.5, "NAME", "rename-method", c.replace(id, "Get"+capitalised(id.Name)))
				c.add(0.4, "NAME", "rename-method", c.replace(id, capitalised(id.Name)))
				c.renameFieldOf(d)
			}
			c.duplicateFunc(d)
			return
		case *ast.Field:
			c.duplicateField(id, d, c.path[i:])
			return
		}
	}
}

// renameFieldOf renames the field that a method is named like to its lower-case spelling.
func (c *fixContext) renameFieldOf(d *ast.FuncDecl) {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return
	}
	tn, ok := c.pkg.Types.Scope().Lookup(receiverBase(d.Recv.List[0].Type)).(*types.TypeName)
	if !ok {
		return
	}
	s := structOf(tn.Type())
	for i := 0; s != nil && i < s.NumFields(); i++ {
		if f := s.Field(i); f.Name() == d.Name.Name {
			name := lowered(f.Name())
			if name == f.Name() {
				name += "Value"
			}
			if edits := c.renameEdits(f, name); edits != nil {
				file, _ := c.declaredIn(f)
				c.addIn(file, 0.8, "NAME", "rename-field", edits...)
			}
		}
	}
}

// fixDuplicateCase drops or corrects a case that stands twice.
func fixDuplicateCase(c *fixContext) {
	clause, ok := enclosing[*ast.CaseClause](c.path)
	if !ok {
		return
	}
	e := c.expr()
	if e == nil {
		return
	}
	if len(clause.List) > 1 {
		c.add(1.4, "DELETE", "drop-case-value", c.dropElement(clause.List, indexOf(clause.List, outermost(clause.List, e))))
		return
	}
	start := startOfLine(c.file.Src, c.off(clause.Pos()))
	end := endOfLine(c.file.Src, c.off(clause.End()))
	c.add(1, "DELETE", "drop-case", Edit{Start: start, End: end})
	if n, err := strconv.Atoi(c.text(e)); err == nil {
		c.add(0.6, "LIT", "next-value", c.replace(e, strconv.Itoa(n+1)))
	}
	t := c.typeOf(e)
	for _, v := range c.names(e.Pos()) {
		if k, is := v.obj.(*types.Const); is && t != nil && types.Identical(k.Type(), t) && !isUntyped(t) {
			c.add(0.5, "NAME", "other-constant", c.replace(e, v.name))
		}
	}
}

func outermost(list []ast.Expr, inner ast.Expr) ast.Expr {
	for _, e := range list {
		if e.Pos() <= inner.Pos() && inner.End() <= e.End() {
			return e
		}
	}
	return inner
}
