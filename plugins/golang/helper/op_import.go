package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"go/version"
	"slices"
)

// emitImporting adds a candidate that needs a package, "" for none, and imports it where the file does not.
func (o *operators) emitImporting(path, op, rule string, n ast.Node, weight float64, edits ...Edit) {
	known := path == "" || o.importName(path) != ""
	if !known && (o.thin || o.lone || o.clashes(path)) {
		return
	}
	had := len(o.out)
	o.emit(op, rule, n, weight, edits...)
	if len(o.out) == had || known {
		return
	}
	c := fixContext{pkg: o.pkg, file: o.file}
	if e, ok := c.importEdit(o.file, path); ok {
		made := &o.out[had]
		made.Edits = slices.Insert(slices.Clone(made.Edits), 0, e)
	}
}

// clashes tells whether the name of a package means something else in the file or the package.
func (o *operators) clashes(path string) bool {
	name := stdName(path)
	_, obj := o.pkg.Scope(o.file, o.fn.Body.Lbrace).LookupParent(name, token.NoPos)
	return obj != nil || o.facts.idents[name]
}

// qualified returns the name under which the file has a package, or would have it.
func (o *operators) qualified(path string) string {
	if name := o.importName(path); name != "" {
		return name
	}
	return stdName(path)
}

// modern tells whether the package's language version is at least the one given.
func (o *operators) modern(least string) bool {
	have := o.pkg.Types.GoVersion()
	return have == "" || version.Compare(have, least) >= 0
}

// predeclared tells whether a name means the language's own function at pos, from a version on.
func (o *operators) predeclared(name string, pos token.Pos, least string) bool {
	_, obj := o.pkg.Scope(o.file, pos).LookupParent(name, pos)
	builtin, ok := obj.(*types.Builtin)
	return ok && builtin.Parent() == types.Universe && o.modern(least)
}

// importOps puts functions of math and strings around values where the file has not imported them: the call that is
// missing is often the only one.
func importOps(o *operators, n ast.Node) {
	e, ok := n.(ast.Expr)
	if !ok || !o.isValue(e) || o.info.Types[e].Value != nil || !o.wholePlace(e) {
		return
	}
	path, names := "", []string(nil)
	switch t := o.typeOf(e); {
	case t == nil:
		return
	case types.Identical(t, types.Typ[types.String]):
		path, names = "strings", stringWrappers
	case types.Identical(t, types.Typ[types.Float64]):
		path, names = "math", floatWrappers
	}
	if path == "" || o.importName(path) != "" {
		return
	}
	for _, fun := range names {
		o.emitImporting(path, o.opFor(e, "CALL"), "wrap-import", e, 1, Edit{o.off(e.Pos()), o.off(e.End()), stdName(path) + "." + fun + "(" + o.text(e) + ")"})
	}
}

// wholePlace tells whether an expression is a whole side of an assignment or comparison, a whole result, or what a
// loop goes over.
func (o *operators) wholePlace(e ast.Expr) bool {
	switch p := o.parent(1).(type) {
	case *ast.ReturnStmt, *ast.AssignStmt, *ast.RangeStmt:
		return true
	case *ast.BinaryExpr:
		return p.Op.Precedence() == token.EQL.Precedence()
	}
	return false
}

// sorts orders the lists in reach.
func (m *maker) sorts() {
	for i, x := range m.lists() {
		s, ok := under(x.t).(*types.Slice)
		if !ok || i > 2 || m.thin {
			continue
		}
		text := ""
		if name := map[types.BasicKind]string{types.Int: "Ints", types.String: "Strings", types.Float64: "Float64s"}[basicKind(s.Elem())]; name != "" && m.importName("slices") == "" {
			text = m.qualified("sort") + "." + name + "(" + x.text + ")"
			m.out = append(m.out, template{text: text, rule: "insert-sort", weight: 0.3 / float64(i+1), op: "INSERT", imports: "sort"})
		} else if ordered(s.Elem()) && m.modern("go1.21") {
			text = m.qualified("slices") + ".Sort(" + x.text + ")"
			m.out = append(m.out, template{text: text, rule: "insert-sort", weight: 0.3 / float64(i+1), op: "INSERT", imports: "slices"})
		}
	}
}

// applied puts a value through a function that keeps its type, before it is used.
func (m *maker) applied() {
	if m.thin {
		return
	}
	strings := 0
	for _, obj := range m.visible(m.pos) {
		v, ok := obj.(*types.Var)
		if !ok || !m.isLocal(v) {
			continue
		}
		if types.Identical(v.Type(), types.Typ[types.String]) && m.isParam(v) && strings < 2 {
			strings++
			for _, fun := range stringWrappers {
				text := v.Name() + " = " + m.qualified("strings") + "." + fun + "(" + v.Name() + ")"
				m.out = append(m.out, template{text: text, rule: "insert-apply", weight: 0.3, op: "INSERT", imports: "strings"})
			}
		}
		for _, fun := range m.wrappers(v.Type()) {
			if m.isParam(v) || m.facts.writes[v] > 0 {
				m.add("INSERT", "insert-apply", v.Name()+" = "+fun+"("+v.Name()+")", 0.15, false)
			}
		}
	}
}

// pointers updates what parameters point to: counting, adding to a list, the larger or smaller of two.
func (m *maker) pointers() {
	if m.thin {
		return
	}
	for _, obj := range m.visible(m.pos) {
		v, ok := obj.(*types.Var)
		if !ok || !m.isParam(v) {
			continue
		}
		pointer, ok := under(v.Type()).(*types.Pointer)
		if !ok {
			continue
		}
		text, t := "*"+v.Name(), pointer.Elem()
		names := m.namesFor(m.pos, t, nil)
		names = append(names[:min(2, len(names))], m.fieldsFor(m.pos, t, 1)...)
		switch {
		case isInteger(t):
			m.add("INSERT", "insert-pointer", text+"++", 0.6, false)
			m.add("INSERT", "insert-pointer", text+"--", 0.3, false)
		case isBoolean(t):
			m.add("INSERT", "insert-pointer", text+" = true", 0.5, false)
			m.add("INSERT", "insert-pointer", text+" = false", 0.3, false)
		}
		for i, name := range names {
			m.add("INSERT", "insert-pointer", text+" = "+name, 0.4/float64(i+1), false)
			if isNumeric(t) {
				m.add("INSERT", "insert-pointer", text+" += "+name, 0.4/float64(i+1), false)
			}
			for _, fun := range m.choosers(t, m.pos) {
				m.add("INSERT", "insert-pointer", text+" = "+fun+"("+text+", "+name+")", 0.4/float64(i+1), false)
			}
		}
		m.appends(text, t, 0.6)
	}
}

// basicKind returns the kind of an unnamed basic type.
func basicKind(t types.Type) types.BasicKind {
	if b, ok := t.(*types.Basic); ok {
		return b.Kind()
	}
	return types.Invalid
}
