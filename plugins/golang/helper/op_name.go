package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"sort"
)

// nameOps replaces a name that is read by another one in scope of a fitting type.
func nameOps(o *operators, n ast.Node) {
	id, ok := n.(*ast.Ident)
	if !ok || id.Name == "_" || !o.isValue(id) {
		return
	}
	obj := o.info.Uses[id]
	v, isVar := obj.(*types.Var)
	if isVar && v.IsField() || id.Name == "true" || id.Name == "false" || id.Name == "nil" || id.Name == "iota" {
		return
	}
	if call, ok := o.parent(1).(*ast.CallExpr); ok && call.Fun == id {
		return
	}
	if sel, ok := o.parent(1).(*ast.SelectorExpr); ok && sel.X == id {
		o.replaceBase(id, sel)
		return
	}
	if o.lastRead(obj) {
		return
	}
	op := o.wholeOp(id, "NAME")
	rule := "name-variable"
	if op == "RETURN" {
		rule = "return-name"
	}
	for i, name := range o.namesFor(id.Pos(), obj.Type(), obj) {
		o.replace(op, rule, id, name, 1/float64(i+2)+similarity(name, id.Name))
	}
	for _, field := range o.fieldsFor(id.Pos(), obj.Type(), 8) {
		o.replace(o.wholeOp(id, "FIELD"), "name-field", id, field, 0.3)
	}
	o.literalFor(id, obj.Type())
}

// literalFor replaces a name by a literal of its type that the function knows.
func (o *operators) literalFor(id *ast.Ident, t types.Type) {
	var texts []string
	switch {
	case isBoolean(t):
		texts = []string{"true", "false"}
	case isInt(t):
		texts = append([]string{"0", "1"}, o.facts.ints[:min(3, len(o.facts.ints))]...)
		switch p := o.parent(1).(type) {
		case *ast.BinaryExpr:
			if p.Op == token.QUO || p.Op == token.REM {
				texts = texts[1:]
			}
		case *ast.IndexExpr, *ast.SliceExpr:
			texts = texts[:2]
		}
	case types.Identical(t, types.Typ[types.String]):
		texts = append([]string{`""`}, o.facts.strings[:min(2, len(o.facts.strings))]...)
	}
	for _, text := range texts {
		o.replace(o.valueOp(id), "name-literal", id, text, 0.3)
	}
}

// lastRead tells whether the function reads a local variable once only, so that replacing that read would leave
// it unused.
func (o *operators) lastRead(obj types.Object) bool {
	v, ok := obj.(*types.Var)
	return ok && o.isLocal(v) && !o.isParam(v) && o.facts.reads[obj] <= 1
}

// isLocal tells whether a variable is declared inside the function, parameters included.
func (o *operators) isLocal(v *types.Var) bool {
	return !v.IsField() && v.Pos() >= o.fn.Pos() && v.Pos() < o.fn.End()
}

// isParam tells whether a variable is the receiver, a parameter or a named result of the function itself or of a
// function literal in it.
func (o *operators) isParam(v *types.Var) bool {
	return o.facts.params[v]
}

// replaceBase exchanges x in x.f by another name whose type is the same.
func (o *operators) replaceBase(id *ast.Ident, sel *ast.SelectorExpr) {
	obj := o.info.Uses[id]
	v, ok := obj.(*types.Var)
	if !ok || o.lastRead(v) {
		return
	}
	for i, name := range o.namesFor(id.Pos(), v.Type(), obj) {
		o.replace(o.opFor(sel, "NAME"), "name-base", id, name, 1/float64(i+2))
	}
}

// namesFor returns the names visible at pos whose values fit type t, nearest scope first; without is left out.
func (o *operators) namesFor(pos token.Pos, t types.Type, without types.Object) []string {
	if t == nil {
		return nil
	}
	var locals, globals []string
	for _, obj := range o.visible(pos) {
		if obj == without || !fits(obj.Type(), t) {
			continue
		}
		if obj.Parent() == o.pkg.Types.Scope() || obj.Pkg() == nil {
			globals = append(globals, obj.Name())
		} else {
			locals = append(locals, obj.Name())
		}
	}
	if len(locals) > 12 {
		locals = locals[:12]
	}
	if without != nil && len(globals) > 1 {
		sort.SliceStable(globals, func(i, j int) bool {
			return similarity(globals[i], without.Name()) > similarity(globals[j], without.Name())
		})
	}
	if len(globals) > 6 {
		globals = globals[:6]
	}
	return append(locals, globals...)
}

// visible returns the variables and constants in scope at pos, innermost first; package-level ones must be of
// the same file or used by the function.
func (o *operators) visible(pos token.Pos) []types.Object {
	var out []types.Object
	seen := map[string]bool{}
	for s := o.pkg.Scope(o.file, pos); s != nil && s != types.Universe; s = s.Parent() {
		if s == o.pkg.Types.Scope() {
			out = append(out, o.packageLevel()...)
			break
		}
		names, ok := o.scope[s]
		if !ok {
			for _, name := range s.Names() {
				switch obj := s.Lookup(name).(type) {
				case *types.Var, *types.Const:
					names = append(names, obj)
				}
			}
			sort.SliceStable(names, func(i, j int) bool { return names[i].Pos() > names[j].Pos() })
			o.scope[s] = names
		}
		for _, obj := range names {
			if seen[obj.Name()] || obj.Name() == "_" {
				continue
			}
			if _, found := s.LookupParent(obj.Name(), pos); found == obj {
				seen[obj.Name()] = true
				out = append(out, obj)
			}
		}
	}
	return out
}

// packageLevel returns the package's variables and constants that the function or its file mentions.
func (o *operators) packageLevel() []types.Object {
	s := o.pkg.Types.Scope()
	if names, ok := o.scope[s]; ok {
		return names
	}
	names := []types.Object{}
	for _, name := range s.Names() {
		switch obj := s.Lookup(name).(type) {
		case *types.Var, *types.Const:
			if o.facts.idents[name] || o.pkg.FileOf(obj.Pos()) == o.file {
				names = append(names, obj)
			}
		}
	}
	o.scope[s] = names
	return names
}

// fieldsFor returns selectors of the form x.f, x a parameter, receiver or local struct, whose type fits t.
func (o *operators) fieldsFor(pos token.Pos, t types.Type, limit int) []string {
	var out []string
	for _, obj := range o.visible(pos) {
		v, ok := obj.(*types.Var)
		if !ok || !o.isLocal(v) {
			continue
		}
		for _, f := range structFields(v.Type()) {
			if fits(f.Type(), t) && (f.Exported() || f.Pkg() == o.pkg.Types) && f.Name() != "_" && len(out) < limit {
				out = append(out, v.Name()+"."+f.Name())
			}
		}
	}
	return out
}

// structFields returns the fields of a struct type or of the struct that a pointer points to.
func structFields(t types.Type) []*types.Var {
	if p, ok := under(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	s, ok := under(t).(*types.Struct)
	if !ok {
		return nil
	}
	out := make([]*types.Var, s.NumFields())
	for i := range out {
		out[i] = s.Field(i)
	}
	return out
}

// memberOps replaces a selected field by a sibling of the same type, or the whole selection by a name in scope.
func memberOps(o *operators, n ast.Node) {
	sel, ok := n.(*ast.SelectorExpr)
	if !ok {
		return
	}
	selection := o.info.Selections[sel]
	if selection == nil || selection.Kind() != types.FieldVal {
		return
	}
	call, called := o.parent(1).(*ast.CallExpr)
	called = called && call.Fun == sel
	op := o.wholeOp(sel, "FIELD")
	for _, f := range structFields(o.typeOf(sel.X)) {
		if f.Name() != sel.Sel.Name && f.Name() != "_" && (f.Exported() || f.Pkg() == o.pkg.Types) && types.Identical(f.Type(), selection.Type()) {
			o.replace(op, "field-sibling", sel.Sel, f.Name(), 1+similarity(f.Name(), sel.Sel.Name))
		}
	}
	if called || !o.isValue(sel) {
		return
	}
	if base, ok := sel.X.(*ast.Ident); ok && o.lastRead(o.info.Uses[base]) {
		return
	}
	for _, name := range o.namesFor(sel.Pos(), selection.Type(), nil) {
		if name == o.text(sel.X) {
			o.replace(o.opFor(sel, "FIELD"), "name-for-field", sel, name, 0.4)
			continue
		}
		o.replace(o.wholeOp(sel, "NAME"), "name-for-field", sel, name, 0.4)
	}
	for _, other := range o.fieldsFor(sel.Pos(), selection.Type(), 10) {
		o.replace(op, "field-other-base", sel, other, 0.3)
	}
}

// similarity returns how alike two names are, 0 to 1: the share of common head and tail.
func similarity(a, b string) float64 {
	if a == "" || b == "" {
		return 0
	}
	head, tail, short := 0, 0, min(len(a), len(b))
	for head < short && a[head] == b[head] {
		head++
	}
	for tail < short-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	return float64(head+tail) / float64(max(len(a), len(b)))
}
