package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"sort"
	"strings"
)

// visible is one name that can be used at a place.
type visible struct {
	name  string
	obj   types.Object
	depth int // 0 is the innermost scope
}

// names lists what is in scope at pos, innermost first, the universe included; shadowed names are left out.
func (c *fixContext) names(pos token.Pos) []visible {
	seen := map[string]bool{"_": true}
	var out []visible
	depth := 0
	for s := c.pkg.Scope(c.file, pos); s != nil; s = s.Parent() {
		all := s.Names()
		local := s != types.Universe && s != c.pkg.Types.Scope() && s.Parent() != c.pkg.Types.Scope()
		if local {
			sort.SliceStable(all, func(a, b int) bool { return s.Lookup(all[a]).Pos() > s.Lookup(all[b]).Pos() })
		}
		for _, name := range all {
			obj := s.Lookup(name)
			if seen[name] || local && !declaredBefore(s, obj, pos) {
				continue
			}
			seen[name] = true
			out = append(out, visible{name, obj, depth})
		}
		depth++
	}
	return out
}

// declaredBefore tells whether a local object can be used at pos: its scope begins behind its declaration.
func declaredBefore(s *types.Scope, obj types.Object, pos token.Pos) bool {
	_, found := s.LookupParent(obj.Name(), pos)
	return found == obj
}

// lookup returns the object that name stands for at pos, nil for none.
func (c *fixContext) lookup(name string, pos token.Pos) types.Object {
	_, obj := c.pkg.Scope(c.file, pos).LookupParent(name, pos)
	return obj
}

// variables lists local variables, then package-level ones, that can be used at pos and satisfy ok.
func (c *fixContext) variables(pos token.Pos, ok func(types.Type) bool) []visible {
	var out []visible
	for _, v := range c.names(pos) {
		if obj, is := v.obj.(*types.Var); is && known(obj.Type()) != nil && ok(obj.Type()) {
			out = append(out, v)
		}
	}
	return out
}

// isValue tells whether an object can be an operand.
func isValue(obj types.Object) bool {
	switch obj.(type) {
	case *types.Var, *types.Const, *types.Func, *types.Nil, *types.Builtin:
		return true
	}
	return false
}

// typeText writes a type as this file may name it, and the import paths it needs in addition.
func (c *fixContext) typeText(t types.Type) (string, []string) {
	return c.typeTextIn(c.file, t)
}

func (c *fixContext) typeTextIn(f *File, t types.Type) (string, []string) {
	var need []string
	text := types.TypeString(t, func(p *types.Package) string {
		if c.own(p) {
			return ""
		}
		if name, ok := importName(f.AST, p.Path(), p.Name()); ok {
			return name
		}
		need = append(need, p.Path())
		return p.Name()
	})
	return text, need
}

// importName returns the name under which a file knows an import path.
func importName(f *ast.File, path, name string) (string, bool) {
	for _, spec := range f.Imports {
		if strings.Trim(spec.Path.Value, "\"`") != path {
			continue
		}
		if spec.Name != nil {
			return spec.Name.Name, spec.Name.Name != "_"
		}
		return name, true
	}
	return "", false
}

// importPaths lists what a file imports: path by name used in the file.
func (c *fixContext) importPaths(f *File) map[string]string {
	out := map[string]string{}
	for _, spec := range f.AST.Imports {
		path := strings.Trim(spec.Path.Value, "\"`")
		name := path[strings.LastIndexByte(path, '/')+1:]
		for _, p := range c.pkg.Types.Imports() {
			if p.Path() == path {
				name = p.Name()
			}
		}
		if spec.Name != nil {
			name = spec.Name.Name
		}
		out[name] = path
	}
	return out
}

// imported returns the package an import name of the file stands for, nil for none.
func (c *fixContext) imported(name string) *types.Package {
	scope := c.pkg.Info.Scopes[c.file.AST]
	if scope == nil {
		return nil
	}
	if p, ok := scope.Lookup(name).(*types.PkgName); ok {
		return p.Imported()
	}
	return nil
}

// zero writes the zero value of a type; a pointer's or interface's is nil.
func (c *fixContext) zero(t types.Type) (string, []string) {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsBoolean != 0:
			return "false", nil
		case u.Info()&types.IsNumeric != 0:
			return "0", nil
		case u.Info()&types.IsString != 0:
			return `""`, nil
		}
		return "nil", nil
	case *types.Struct, *types.Array:
		text, need := c.typeText(t)
		return text + "{}", need
	}
	if _, ok := t.(*types.TypeParam); ok {
		text, need := c.typeText(t)
		return "*new(" + text + ")", need
	}
	return "nil", nil
}

// isNamed tells whether t is the named type path.name (pointers are not followed).
func isNamed(t types.Type, path, name string) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == path && n.Obj().Name() == name
}

// isUntyped tells whether t is the type of an untyped constant or nil.
func isUntyped(t types.Type) bool {
	return basicInfo(t)&types.IsUntyped != 0 || t == types.Typ[types.UntypedNil]
}

// nillable tells whether nil is a value of t.
func nillable(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Pointer, *types.Slice, *types.Map, *types.Chan, *types.Signature, *types.Interface:
		_, param := t.(*types.TypeParam)
		return !param
	case *types.Basic:
		return u.Kind() == types.UnsafePointer
	}
	return false
}

// elemOf returns what indexing or ranging over t gives, nil when it cannot be indexed.
func elemOf(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	switch u := t.Underlying().(type) {
	case *types.Slice:
		return u.Elem()
	case *types.Array:
		return u.Elem()
	case *types.Map:
		return u.Elem()
	case *types.Chan:
		return u.Elem()
	case *types.Pointer:
		if a, ok := u.Elem().Underlying().(*types.Array); ok {
			return a.Elem()
		}
	case *types.Basic:
		if u.Info()&types.IsString != 0 {
			return types.Typ[types.Byte]
		}
	}
	return nil
}

// structOf returns the struct behind t or *t, nil for another kind of type.
func structOf(t types.Type) *types.Struct {
	if t == nil {
		return nil
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	s, _ := t.Underlying().(*types.Struct)
	return s
}

// namedOf returns the defined type behind t or *t, nil for none.
func namedOf(t types.Type) *types.Named {
	if t == nil {
		return nil
	}
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	n, _ := t.(*types.Named)
	return n
}
