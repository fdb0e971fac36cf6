package main

import (
	"encoding/json"
	"go/token"
	"go/types"
	"sort"
)

func init() { methods["scope"] = handleScope }

// ScopeParams name a place.
type ScopeParams struct {
	Path   string `json:"path"`
	Offset int    `json:"offset"`
}

// ScopeResult holds what is visible there, innermost first.
type ScopeResult struct {
	Names []ScopeName `json:"names"`
}

// ScopeName is one visible name; a member of the method's receiver is named "receiver.member".
type ScopeName struct {
	Name string `json:"name"`
	Kind string `json:"kind"` // var, const, func, type, package, field, method or builtin
	Type string `json:"type"` // relative to the package; the import path of a package
}

func handleScope(s *Server, raw json.RawMessage) (any, error) {
	var params ScopeParams
	if err := json.Unmarshal(raw, &params); err != nil {
		return nil, err
	}
	pkg := s.Base()
	file, err := pkg.fileAt(params.Path)
	if err != nil {
		return nil, err
	}
	result := ScopeResult{Names: []ScopeName{}}
	for _, obj := range pkg.visible(file, file.posAt(params.Offset)) {
		result.Names = append(result.Names, pkg.scopeName(obj, ""))
	}
	return ScopeResult{Names: pkg.withReceiver(file, params.Offset, result.Names)}, nil
}

// posAt returns the position of a byte offset, clamped to the file.
func (f *File) posAt(offset int) token.Pos {
	if f.Tok == nil {
		return f.AST.FileStart
	}
	return f.Tok.Pos(max(0, min(offset, f.Tok.Size())))
}

// visible returns the objects that a name at pos can mean, innermost scope first, then by declaration.
func (p *Package) visible(f *File, pos token.Pos) []types.Object {
	var list []types.Object
	seen := map[string]bool{"_": true}
	for scope := p.Scope(f, pos); scope != nil; scope = scope.Parent() {
		var here []types.Object
		for _, name := range scope.Names() {
			if seen[name] {
				continue
			}
			if _, obj := scope.LookupParent(name, pos); obj != nil && obj.Parent() == scope {
				here = append(here, obj)
				seen[name] = true
			}
		}
		sort.SliceStable(here, func(i, j int) bool { return here[i].Pos() > here[j].Pos() })
		list = append(list, here...)
	}
	return list
}

// scopeName describes an object; prefix goes before its name.
func (p *Package) scopeName(obj types.Object, prefix string) ScopeName {
	n := ScopeName{Name: prefix + obj.Name(), Kind: objectKind(obj)}
	switch o := obj.(type) {
	case *types.PkgName:
		n.Type = o.Imported().Path()
	case *types.TypeName:
		if o.Type() != nil {
			n.Type = p.typeText(o.Type().Underlying())
		}
	case *types.Builtin:
	default:
		n.Type = p.typeText(obj.Type())
	}
	return n
}

// objectKind returns the word the protocol has for an object's kind.
func objectKind(obj types.Object) string {
	switch o := obj.(type) {
	case *types.Var:
		if o.IsField() {
			return "field"
		}
		return "var"
	case *types.Const, *types.Nil:
		return "const"
	case *types.Func:
		if sig, ok := o.Type().(*types.Signature); ok && sig.Recv() != nil {
			return "method"
		}
		return "func"
	case *types.TypeName:
		return "type"
	case *types.PkgName:
		return "package"
	case *types.Builtin:
		return "builtin"
	}
	return "label"
}

// withReceiver puts the fields and methods of the enclosing method's receiver after its parameters.
func (p *Package) withReceiver(f *File, offset int, names []ScopeName) []ScopeName {
	fd := p.EnclosingFunc(f, offset)
	if fd == nil || fd.Recv == nil || len(fd.Recv.List) == 0 || len(fd.Recv.List[0].Names) == 0 {
		return names
	}
	id := fd.Recv.List[0].Names[0]
	recv := p.Info.Defs[id]
	if recv == nil || id.Name == "_" {
		return names
	}
	var members []ScopeName
	for _, obj := range p.members(recv.Type()) {
		members = append(members, p.scopeName(obj, id.Name+"."))
	}
	for i, n := range names {
		if n.Name == id.Name {
			return append(names[:i+1:i+1], append(members, names[i+1:]...)...)
		}
	}
	return append(members, names...)
}

// members returns the fields of a type, embedded ones flattened one level, then its methods, as far as the package
// may use them.
func (p *Package) members(t types.Type) []types.Object {
	var list []types.Object
	seen := map[string]bool{}
	add := func(obj types.Object) {
		if !seen[obj.Name()] && (obj.Exported() || obj.Pkg() == nil || p.qualify(obj.Pkg()) == "") {
			seen[obj.Name()] = true
			list = append(list, obj)
		}
	}
	fields := func(t types.Type) (embedded []types.Type) {
		if st, ok := pointee(t).Underlying().(*types.Struct); ok {
			for i := 0; i < st.NumFields(); i++ {
				add(st.Field(i))
				if st.Field(i).Embedded() {
					embedded = append(embedded, st.Field(i).Type())
				}
			}
		}
		return embedded
	}
	for _, e := range fields(t) {
		fields(e)
	}
	base := pointee(t)
	if _, ok := base.Underlying().(*types.Interface); !ok {
		base = types.NewPointer(base)
	}
	set := types.NewMethodSet(base)
	for i := 0; i < set.Len(); i++ {
		add(set.At(i).Obj())
	}
	return list
}

// pointee returns what a pointer points to, and any other type itself.
func pointee(t types.Type) types.Type {
	if ptr, ok := t.Underlying().(*types.Pointer); ok {
		return ptr.Elem()
	}
	return t
}
