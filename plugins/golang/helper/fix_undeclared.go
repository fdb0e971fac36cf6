package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// foreignNames maps names of other languages to Go's.
var foreignNames = map[string][]string{
	"null": {"nil"}, "NULL": {"nil"}, "None": {"nil"}, "nullptr": {"nil"}, "undefined": {"nil"}, "Nil": {"nil"},
	"True": {"true"}, "TRUE": {"true"}, "False": {"false"}, "FALSE": {"false"}, "yes": {"true"}, "no": {"false"},
	"String": {"string"}, "str": {"string"}, "Str": {"string"}, "integer": {"int"}, "Integer": {"int"}, "Int": {"int"},
	"boolean": {"bool"}, "Boolean": {"bool"}, "Bool": {"bool"}, "float": {"float64"}, "Float": {"float64"},
	"double": {"float64"}, "number": {"float64", "int"}, "long": {"int64"}, "short": {"int16"}, "char": {"rune", "byte"},
	"unsigned": {"uint"}, "size_t": {"int"}, "object": {"any"}, "Object": {"any"}, "Any": {"any"}, "void": {"any"},
	"exception": {"error"}, "Exception": {"error"}, "Error": {"error"}, "length": {"len"}, "size": {"len"}, "sizeof": {"len"},
	"push": {"append"}, "print": {"println"}, "throw": {"panic"}, "raise": {"panic"}, "malloc": {"make"},
}

// fixUndeclaredName repairs a use of a name that is not in scope.
func fixUndeclaredName(c *fixContext) {
	id, ok := c.node().(*ast.Ident)
	if !ok {
		return
	}
	w := c.wanted(c.path)
	w.isType = w.isType || c.inType(c.path)
	if sel, is := c.parent(1).(*ast.SelectorExpr); is && sel.X == ast.Expr(id) {
		c.missingImport(id, sel)
	}
	c.nearNames(id, w)
	c.foreign(id, w)
	if w.isType {
		c.unqualified(id, w)
		c.nameBehindType(id)
		c.renameDeclaration(id)
		c.declareType(id)
		return
	}
	if ret, is := c.parent(1).(*ast.ReturnStmt); is {
		if _, _, sig := c.function(); sig != nil && sig.Results().Len() == 0 {
			c.add(1.2, "RETURN", "drop-values", c.replace(ret, "return"))
		}
	}
	c.viaReceiver(id, w)
	c.unqualified(id, w)
	c.define(id)
	c.secondValue(id)
	c.hoist(id)
	c.renameDeclaration(id)
	c.declareValue(id, w)
}

// nameBehindType turns "int n" in a list of fields or parameters into "n int".
func (c *fixContext) nameBehindType(id *ast.Ident) {
	field, ok := c.parent(1).(*ast.Field)
	if !ok || len(field.Names) != 1 || field.Type != ast.Expr(id) {
		return
	}
	name := field.Names[0].Name
	_, isType := c.pkg.Scope(c.file, field.Pos()).Lookup(name).(*types.TypeName)
	if _, universal := types.Universe.Lookup(name).(*types.TypeName); universal || isType {
		c.add(2.5, "DECL", "swap-name-and-type", c.replace(field.Names[0], id.Name), c.replace(id, name))
	}
}

// nearNames proposes every visible name that is spelt alike and fits.
func (c *fixContext) nearNames(id *ast.Ident, w want) {
	inFunc := c.sameUndeclared(id, false)
	inFile := c.sameUndeclared(id, true)
	for _, v := range c.names(id.Pos()) {
		like := likeness(id.Name, v.name)
		typ, isType := v.obj.(*types.TypeName)
		fit := 0.05
		switch {
		case isType:
			if w.isType || w.call != nil && len(w.call.Args) == 1 {
				fit = 1
			}
			if w.isType && v.obj.Parent() == types.Universe && !strings.EqualFold(id.Name, typ.Name()) {
				fit = 0.7
			}
		case isValue(v.obj) && !w.isType:
			fit = c.fitOf(v.obj, w)
		}
		if _, isPkg := v.obj.(*types.PkgName); isPkg {
			continue
		}
		weight := like * fit * nearness(v)
		if local, is := v.obj.(*types.Var); is && local.Parent() != c.pkg.Types.Scope() && like > 0 && !c.usedElsewhere(local) {
			weight *= 1.8 // what is declared and not used is meant
		}
		if like == 0 && fit >= 1 && w.known() && !w.lhs && v.depth < 4 && !isType {
			weight = 0.004
		}
		if weight < 0.003 {
			continue
		}
		c.add(weight, "NAME", "near-name", c.replace(id, v.name))
		others := inFunc
		if v.obj.Parent() == c.pkg.Types.Scope() || v.obj.Parent() == types.Universe {
			others = inFile
		}
		if len(others) > 1 && like > 0 {
			var all []Edit
			for _, other := range others {
				if other != id {
					all = append(all, c.replace(other, v.name))
				}
			}
			c.add(weight*0.9, "NAME", "near-name-all", append([]Edit{c.replace(id, v.name)}, all...)...)
		}
	}
}

// fitOf rates an object for a place: types decide, builtins only where they are called.
func (c *fixContext) fitOf(obj types.Object, w want) float64 {
	switch obj.(type) {
	case *types.Builtin:
		if w.call != nil {
			return 0.9
		}
		return 0.01
	case *types.Nil:
		if w.typ == nil || nillable(w.typ) {
			return 0.8
		}
		return 0.03
	case *types.Const:
		if w.lhs {
			return 0.01
		}
	case *types.Func:
		if w.lhs {
			return 0.01
		}
	}
	return w.fit(obj.Type())
}

// nearness prefers local names to those of the package and of the universe.
func nearness(v visible) float64 {
	switch {
	case v.obj.Parent() == types.Universe:
		return 0.75
	case v.depth <= 1:
		return 1
	case v.depth <= 3:
		return 0.95
	}
	return 0.85
}

// sameUndeclared returns the identifiers of the enclosing function, or of the file, that spell the same undeclared name.
func (c *fixContext) sameUndeclared(id *ast.Ident, whole bool) []*ast.Ident {
	var out []*ast.Ident
	var root ast.Node = c.file.AST
	if fd, ok := enclosing[*ast.FuncDecl](c.path); ok && !whole {
		root = fd
	}
	reported := map[int]bool{}
	for _, d := range c.pkg.Diags {
		if d.Path == c.file.Path && d.Code == "UndeclaredName" {
			reported[d.Offset] = true
		}
	}
	ast.Inspect(root, func(n ast.Node) bool {
		if other, ok := n.(*ast.Ident); ok && other.Name == id.Name && reported[c.off(other.Pos())] {
			out = append(out, other)
		}
		return true
	})
	return out
}

// foreign proposes Go's word for a name of another language, and the receiver for this and self.
func (c *fixContext) foreign(id *ast.Ident, w want) {
	for i, name := range foreignNames[id.Name] {
		if obj := types.Universe.Lookup(name); obj != nil {
			weight := 1.2 / float64(i+1)
			if _, isType := obj.(*types.TypeName); isType != (w.isType || w.call != nil && len(w.call.Args) == 1 && isType) {
				weight = 0.05
			}
			c.add(weight, "NAME", "foreign-name", c.replace(id, name))
		}
	}
	if name, _ := c.receiver(); name != "" && (id.Name == "this" || id.Name == "self" || id.Name == "me") {
		c.add(2, "NAME", "receiver", c.replace(id, name))
	}
}

// viaReceiver proposes fields and methods whose owner was forgotten, the receiver's first.
func (c *fixContext) viaReceiver(id *ast.Ident, w want) {
	recv, _ := c.receiver()
	for _, v := range c.variables(id.Pos(), func(t types.Type) bool { return namedOf(t) != nil || structOf(t) != nil }) {
		if v.obj.Parent() == c.pkg.Types.Scope() {
			continue
		}
		base := 0.35
		if v.name == recv {
			base = 1.7
		}
		for _, m := range c.members(v.obj.Type()) {
			like := likeness(id.Name, m.name)
			switch {
			case m.name == id.Name:
				like = 1
			case v.name != recv:
				continue
			default:
				like *= 0.4
			}
			if weight := base * like * w.fit(m.typ); weight > 0.004 {
				c.add(weight, "FIELD", "forgotten-owner", c.replace(id, v.name+"."+m.name))
			}
		}
	}
}

// define turns = into := where an undeclared name is assigned.
func (c *fixContext) define(id *ast.Ident) {
	s, ok := c.parent(1).(*ast.AssignStmt)
	if !ok || s.Tok != token.ASSIGN {
		if r, is := c.parent(1).(*ast.RangeStmt); is && r.Tok == token.ASSIGN {
			c.add(1.2, "ASSIGN", "define", c.span(r.TokPos, r.TokPos+1, ":="))
		}
		return
	}
	for _, l := range s.Lhs {
		if l != ast.Expr(id) {
			continue
		}
		weight := 0.7
		if len(c.sameUndeclared(id, false)) > 1 {
			weight = 1.2
		}
		for _, v := range c.names(id.Pos()) {
			if likeness(id.Name, v.name) > 0.5 {
				weight *= 0.5
				break
			}
		}
		c.add(weight, "ASSIGN", "define", c.span(s.TokPos, s.TokPos+1, ":="))
		return
	}
}

// hoist moves the declaration of a variable that a statement's block hides in front of that statement.
func (c *fixContext) hoist(id *ast.Ident) {
	_, body, _ := c.function()
	fd, ok := enclosing[*ast.FuncDecl](c.path)
	if ok {
		body = fd.Body
	}
	if body == nil {
		return
	}
	ast.Inspect(body, func(n ast.Node) bool {
		if s, is := n.(*ast.AssignStmt); is && s.Tok == token.DEFINE && s.Pos() < id.Pos() {
			for _, l := range s.Lhs {
				if name, named := l.(*ast.Ident); named && name.Name == id.Name {
					c.hoistAssign(s, name)
				}
			}
		}
		if v, is := n.(*ast.ValueSpec); is && v.Pos() < id.Pos() {
			for _, name := range v.Names {
				if name.Name == id.Name {
					c.hoistSpec(v, name)
				}
			}
		}
		return true
	})
}

// hoistAssign declares name in front of the block statement that holds s, and assigns in s.
func (c *fixContext) hoistAssign(s *ast.AssignStmt, name *ast.Ident) {
	outer := c.commonStatement(s)
	obj := c.pkg.Info.Defs[name]
	if outer == nil || obj == nil || known(obj.Type()) == nil {
		return
	}
	path := pathTo(c.file, s)
	if len(path) > 1 && isInit(path[1], s) && path[1] == ast.Node(outer) {
		init := c.text(s)
		rest := initEnd(c.file.Src, c.off(s.End()))
		c.add(1.4, "MOVE", "hoist-init", c.before(outer, init), Edit{Start: c.off(s.Pos()), End: rest})
	}
	text, need := c.typeText(obj.Type())
	fresh := []string{"var " + name.Name + " " + text}
	for _, l := range s.Lhs {
		other, ok := l.(*ast.Ident)
		if !ok || other == name || other.Name == "_" {
			continue
		}
		if o := c.pkg.Info.Defs[other]; o != nil && known(o.Type()) != nil {
			t, more := c.typeText(o.Type())
			fresh, need = append(fresh, "var "+other.Name+" "+t), append(need, more...)
		}
	}
	c.addWithImports(1.2, "DECL", "hoist", need, c.span(s.TokPos, s.TokPos+2, "="), c.before(outer, fresh...))
	if r, ok := outer.(*ast.RangeStmt); ok && len(s.Lhs) == 1 && r.Key != nil && c.text(r.Key) == c.text(s.Rhs[0]) && isInteger(obj.Type()) {
		// a position that is looked for and may not be found
		c.add(1.6, "DECL", "hoist-position", c.span(s.TokPos, s.TokPos+2, "="), c.before(outer, name.Name+" := -1"))
	}
}

// hoistSpec moves a var declaration in front of the block statement that holds it.
func (c *fixContext) hoistSpec(v *ast.ValueSpec, name *ast.Ident) {
	outer := c.commonStatement(v)
	path := pathTo(c.file, v)
	decl, ok := enclosing[*ast.GenDecl](path)
	if outer == nil || !ok || len(decl.Specs) != 1 || decl.Tok != token.VAR {
		return
	}
	if v.Type != nil && len(v.Values) == 0 {
		c.add(1.2, "MOVE", "hoist", c.remove(decl), c.before(outer, c.text(decl)))
	} else if obj := c.pkg.Info.Defs[name]; obj != nil && known(obj.Type()) != nil && len(v.Names) == 1 {
		text, need := c.typeText(obj.Type())
		assign := name.Name + " = " + c.text(v.Values[0])
		c.addWithImports(1.1, "DECL", "hoist", need, c.replace(decl, assign), c.before(outer, "var "+name.Name+" "+text))
	}
}

// commonStatement returns the statement around inner that stands in a list which also holds the diagnostic.
func (c *fixContext) commonStatement(inner ast.Node) ast.Stmt {
	path := pathTo(c.file, inner)
	for i := 0; i+1 < len(path); i++ {
		s, ok := path[i].(ast.Stmt)
		if !ok || stmtList(path[i+1]) == nil {
			continue
		}
		if holder := path[i+1]; holder.Pos() <= c.pos && c.pos < holder.End() && !(s.Pos() <= c.pos && c.pos < s.End()) {
			return s
		}
	}
	return nil
}

// isInit tells whether s is the init statement of n.
func isInit(n ast.Node, s ast.Stmt) bool {
	switch n := n.(type) {
	case *ast.IfStmt:
		return n.Init == s
	case *ast.SwitchStmt:
		return n.Init == s
	case *ast.ForStmt:
		return n.Init == s
	}
	return false
}

// initEnd returns the offset behind the semicolon and blanks that follow an init statement.
func initEnd(src []byte, at int) int {
	for at < len(src) && (src[at] == ';' || src[at] == ' ') {
		at++
	}
	return at
}

// renameDeclaration renames a variable that is spelt like the undeclared name and used less.
func (c *fixContext) renameDeclaration(id *ast.Ident) {
	uses := len(c.sameUndeclared(id, true))
	for _, v := range c.names(id.Pos()) {
		if v.obj.Parent() == types.Universe || !c.own(v.obj.Pkg()) {
			continue
		}
		like := memberLikeness(id.Name, v.name)
		if like < 0.3 {
			continue
		}
		edits := c.renameEdits(v.obj, id.Name)
		if len(edits) == 0 {
			continue
		}
		weight := 0.12 * like
		switch {
		case len(edits) == 1 && uses > 1:
			weight *= 12 // nothing uses the declared spelling
		case len(edits) < uses || len(edits) == 1:
			weight *= 4
		}
		f, _ := c.declaredIn(v.obj)
		c.addIn(f, weight, "NAME", "rename-declaration", edits...)
	}
}

// renameEdits returns the edits that rename a variable or function of one file everywhere, nil when it spans files.
func (c *fixContext) renameEdits(obj types.Object, name string) []Edit {
	f, id := c.declaredIn(obj)
	if id == nil || !f.Editable {
		return nil
	}
	edits := []Edit{{Start: c.off(id.Pos()), End: c.off(id.End()), New: name}}
	for use, o := range c.pkg.Info.Uses {
		if o.Pos() != obj.Pos() || o.Name() != obj.Name() {
			continue
		}
		if c.pkg.FileOf(use.Pos()) != f {
			return nil
		}
		edits = append(edits, Edit{Start: c.off(use.Pos()), End: c.off(use.End()), New: name})
	}
	return append(edits[:1], sortedEdits(edits[1:])...)
}
