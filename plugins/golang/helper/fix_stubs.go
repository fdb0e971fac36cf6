package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// tail returns the edit that appends a declaration to a file, or puts it behind a declaration of it.
func (c *fixContext) tail(f *File, behind ast.Node, text string) Edit {
	if behind != nil {
		at := c.off(behind.End())
		return Edit{Start: at, End: at, New: "\n\n" + text}
	}
	at := len(strings.TrimRight(string(f.Src), " \t\r\n"))
	return Edit{Start: at, End: at, New: "\n\n" + text}
}

// topLevel returns the declaration of the file on the path.
func (c *fixContext) topLevel() ast.Decl {
	for i := len(c.path) - 1; i >= 0; i-- {
		if d, ok := c.path[i].(ast.Decl); ok {
			return d
		}
	}
	return nil
}

// declareType declares an undefined type, the last resort.
func (c *fixContext) declareType(id *ast.Ident) {
	underlying := "struct{}"
	if strings.HasSuffix(id.Name, "er") {
		underlying = "interface{}"
	}
	c.add(0.02, "DECL", "declare-type", c.tail(c.file, c.topLevel(), "type "+id.Name+" "+underlying))
}

// declareValue declares an undefined name: a variable with its zero value, or a function with the signature its call shows.
func (c *fixContext) declareValue(id *ast.Ident, w want) {
	if w.call != nil {
		f := c.file
		if !f.Editable {
			f = c.editable()
		}
		if f != nil {
			c.addIn(f, 0.02, "DECL", "declare-function", c.tail(f, c.localTop(f), c.functionStub("func "+id.Name, w)))
		}
		return
	}
	stmt, _ := c.statement()
	if stmt == nil {
		return
	}
	if w.typ != nil && !isUntyped(w.typ) {
		text, need := c.typeText(w.typ)
		c.addWithImports(0.05, "DECL", "declare-variable", need, c.before(c.firstUse(id, stmt), "var "+id.Name+" "+text))
		return
	}
	if w.typ != nil {
		c.add(0.04, "DECL", "declare-variable", c.before(c.firstUse(id, stmt), "var "+id.Name+" "+types.Default(w.typ).String()))
		return
	}
	c.add(0.01, "DECL", "declare-variable", c.before(stmt, "var "+id.Name+" int"))
}

// firstUse returns the statement of the function's own list that holds the first use of the name.
func (c *fixContext) firstUse(id *ast.Ident, stmt ast.Stmt) ast.Stmt {
	others := c.sameUndeclared(id, false)
	if len(others) < 2 {
		return stmt
	}
	_, body, _ := c.function()
	if body == nil {
		return stmt
	}
	for _, s := range body.List {
		if s.Pos() <= others[0].Pos() && others[0].Pos() < s.End() {
			return s
		}
	}
	return stmt
}

// editable returns the first file of the package that may be edited, nil for none.
func (c *fixContext) editable() *File {
	for _, f := range c.pkg.Files {
		if f.Editable {
			return f
		}
	}
	return nil
}

// localTop returns the top-level declaration around the diagnostic when it is in f.
func (c *fixContext) localTop(f *File) ast.Node {
	if f == c.file {
		if d := c.topLevel(); d != nil {
			return d
		}
	}
	return nil
}

// functionStub writes a function whose parameters and result follow from the call it serves; its body panics or returns zero.
func (c *fixContext) functionStub(head string, w want) string {
	var params []string
	used := map[string]int{}
	for i, arg := range w.call.Args {
		t := c.typeOf(arg)
		text := "any"
		if t != nil && t != types.Typ[types.UntypedNil] {
			text, _ = c.typeText(types.Default(t))
		}
		name := "p" + strconv.Itoa(i)
		if id, ok := bare(arg).(*ast.Ident); ok && id.Name != "_" && id.Name != "nil" && id.Name != "true" && id.Name != "false" {
			name = id.Name
		}
		if used[name]++; used[name] > 1 {
			name += strconv.Itoa(i)
		}
		params = append(params, name+" "+text)
	}
	head += "(" + strings.Join(params, ", ") + ")"
	results := c.resultsWanted(w)
	if len(results) == 0 {
		return head + " {\n}"
	}
	var texts, zeros []string
	for _, t := range results {
		text, _ := c.typeText(types.Default(t))
		zero, _ := c.zero(types.Default(t))
		texts, zeros = append(texts, text), append(zeros, zero)
	}
	list := strings.Join(texts, ", ")
	if len(texts) > 1 {
		list = "(" + list + ")"
	}
	return head + " " + list + " {\n\treturn " + strings.Join(zeros, ", ") + "\n}"
}

// resultsWanted infers the result types of a call from where it stands.
func (c *fixContext) resultsWanted(w want) []types.Type {
	path := pathTo(c.file, w.call)
	if len(path) < 2 {
		return nil
	}
	if _, ok := path[1].(*ast.ExprStmt); ok {
		return nil
	}
	if s, ok := path[1].(*ast.ReturnStmt); ok && len(s.Results) == 1 {
		_, _, sig := c.functionOf(path)
		var out []types.Type
		for i := 0; sig != nil && i < sig.Results().Len(); i++ {
			out = append(out, sig.Results().At(i).Type())
		}
		return out
	}
	if s, ok := path[1].(*ast.AssignStmt); ok && len(s.Rhs) == 1 && len(s.Lhs) > 1 {
		var out []types.Type
		for _, l := range s.Lhs {
			t := c.typeOf(l)
			if id, is := l.(*ast.Ident); is && t == nil && (id.Name == "err" || id.Name == "ok") {
				t = map[string]types.Type{"err": types.Universe.Lookup("error").Type(), "ok": types.Typ[types.Bool]}[id.Name]
			}
			if t == nil {
				t = types.Typ[types.Int]
			}
			out = append(out, t)
		}
		return out
	}
	if outer := c.wanted(path); outer.typ != nil && outer.typ != types.Typ[types.UntypedNil] {
		return []types.Type{outer.typ}
	}
	return []types.Type{types.Typ[types.Int]}
}

// addMember declares a missing field, or a method when it is called.
func (c *fixContext) addMember(sel *ast.SelectorExpr, path []ast.Node, t types.Type) {
	named := namedOf(t)
	if named == nil {
		return
	}
	f, id := c.declaredIn(named.Obj())
	if id == nil {
		return
	}
	spec, ok := enclosing[*ast.TypeSpec](pathTo(f, id))
	if !ok {
		return
	}
	w := c.wanted(path)
	if w.call != nil {
		c.addMethod(f, named, sel.Sel.Name, w)
		return
	}
	st, ok := spec.Type.(*ast.StructType)
	if !ok || w.typ == nil && w.test == nil && !w.lhs {
		return
	}
	fieldType := w.typ
	if fieldType == nil || fieldType == types.Typ[types.UntypedNil] {
		fieldType = types.Typ[types.Int]
	}
	text, need := c.typeTextIn(f, types.Default(fieldType))
	if len(need) == 0 {
		c.addIn(f, 0.06, "DECL", "add-field", c.fieldEdit(f, st, sel.Sel.Name+" "+text))
	}
}

// fieldEdit returns the edit that adds a field at the end of a struct type.
func (c *fixContext) fieldEdit(f *File, st *ast.StructType, field string) Edit {
	at := c.off(st.Fields.Closing)
	if c.pkg.Line(st.Fields.Opening) == c.pkg.Line(st.Fields.Closing) {
		lead := "; "
		if len(st.Fields.List) == 0 {
			lead = " "
		}
		end := len(strings.TrimRight(string(f.Src[:at]), " "))
		return Edit{Start: end, End: at, New: lead + field + " "}
	}
	return Edit{Start: startOfLine(f.Src, at), End: startOfLine(f.Src, at), New: indentOf(f.Src, at) + "\t" + field + "\n"}
}

// addMethod declares a method stub behind the type's last method.
func (c *fixContext) addMethod(f *File, named *types.Named, name string, w want) {
	recv, behind := c.receiverText(f, named)
	stub := c.functionStub("func ("+recv+") "+name, w)
	c.addIn(f, 0.03, "DECL", "add-method", c.tail(f, behind, stub))
}

// receiverText writes a receiver as the type's other methods have it, and finds what a new method goes behind.
func (c *fixContext) receiverText(f *File, named *types.Named) (string, ast.Node) {
	name := named.Obj().Name()
	short := strings.ToLower(name[:1])
	text, behind := short+" *"+name, ast.Node(nil)
	if types.IsInterface(named) {
		text = short + " " + name
	}
	for _, d := range f.AST.Decls {
		switch d := d.(type) {
		case *ast.GenDecl:
			if d.Tok == token.TYPE && d.Pos() <= named.Obj().Pos() && named.Obj().Pos() < d.End() {
				behind = d
			}
		case *ast.FuncDecl:
			if d.Recv != nil && len(d.Recv.List) == 1 && receiverBase(d.Recv.List[0].Type) == name {
				behind = d
				field := d.Recv.List[0]
				text = string(f.Src[c.off(field.Pos()):c.off(field.End())])
				if len(field.Names) == 0 {
					text = short + " " + text
				}
			}
		}
	}
	return text, behind
}

// receiverBase returns the type name of a receiver's type expression.
func receiverBase(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.StarExpr:
		return receiverBase(e.X)
	case *ast.ParenExpr:
		return receiverBase(e.X)
	case *ast.IndexExpr:
		return receiverBase(e.X)
	case *ast.IndexListExpr:
		return receiverBase(e.X)
	}
	return ""
}
