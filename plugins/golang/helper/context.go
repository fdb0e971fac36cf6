package main

import (
	"encoding/json"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

func init() { methods["context"] = handleContext }

// ContextParams name lines of a file.
type ContextParams struct {
	Path  string `json:"path"`
	First int    `json:"first"`
	Last  int    `json:"last"`
}

// ContextResult holds what the lines refer to, one symbol a string, most telling first.
type ContextResult struct {
	Symbols []string `json:"symbols"`
}

const (
	maxSymbols   = 40
	maxNear      = 4   // near names for one unknown name
	maxMethods   = 8   // methods of the receiver
	maxSymbolLen = 240 // bytes of one symbol
)

func handleContext(s *Server, raw json.RawMessage) (any, error) {
	var params ContextParams
	if err := json.Unmarshal(raw, &params); err != nil {
		return nil, err
	}
	pkg := s.Base()
	file, err := pkg.fileAt(params.Path)
	if err != nil {
		return nil, err
	}
	return ContextResult{Symbols: symbols(pkg, file, params.First, params.Last)}, nil
}

// symbolList collects symbols once each, in order.
type symbolList struct {
	pkg  *Package
	list []string
	seen map[string]bool
}

func (l *symbolList) add(text string) {
	if text == "" || l.seen[text] || len(l.list) >= maxSymbols {
		return
	}
	l.seen[text] = true
	if len(text) > maxSymbolLen {
		text = strings.ToValidUTF8(text[:maxSymbolLen], "") + "..."
	}
	l.list = append(l.list, text)
}

// object adds an object unless the window shows its declaration itself.
func (l *symbolList) object(obj types.Object) {
	if obj == nil || obj.Pkg() == nil || obj.Name() == "_" {
		return
	}
	l.add(l.pkg.objectText(obj))
}

// named adds the declaration of the named type behind t, with the type's own package's declarations only.
func (l *symbolList) named(t types.Type) {
	if t == nil {
		return
	}
	for {
		switch u := types.Unalias(t).(type) {
		case *types.Pointer:
			t = u.Elem()
			continue
		case *types.Slice:
			t = u.Elem()
			continue
		case *types.Map:
			t = u.Elem()
			continue
		case *types.Named:
			if u.Obj().Pkg() != nil {
				l.add(l.pkg.objectText(u.Obj()))
			}
		}
		return
	}
}

// symbols lists what lines first..last of a file refer to: names near to unknown ones, the receiver, signatures of
// what is called, the types of literals and operands, package-level names, the receiver's methods, imports.
func symbols(pkg *Package, file *File, first, last int) []string {
	l := &symbolList{pkg: pkg, list: []string{}, seen: map[string]bool{}}
	refs := collectRefs(pkg, file, first, last)
	for _, d := range pkg.Diags {
		if d.Path == file.Path && first <= d.Line && d.Line <= last {
			l.nearNames(file, d)
		}
	}
	receiver := enclosingReceiver(pkg, file, first, last)
	l.named(receiver)
	for _, obj := range refs.callees {
		l.object(obj)
	}
	for _, t := range refs.literals {
		l.named(t)
	}
	for _, t := range refs.operands {
		l.named(t)
	}
	for _, obj := range refs.globals {
		l.object(obj)
	}
	if receiver != nil {
		count := 0
		for _, obj := range pkg.members(receiver) {
			if f, ok := obj.(*types.Func); ok && count < maxMethods && !refs.declared[f] {
				l.object(f)
				count++
			}
		}
	}
	for _, obj := range refs.imports {
		l.object(obj)
	}
	return l.list
}

// references are the objects and types that some lines mention, each list in order of appearance.
type references struct {
	callees  []types.Object
	literals []types.Type
	operands []types.Type
	globals  []types.Object
	imports  []types.Object
	declared map[types.Object]bool // declared on the lines themselves
}

func collectRefs(pkg *Package, file *File, first, last int) *references {
	refs := &references{declared: map[types.Object]bool{}}
	inside := func(n ast.Node) bool { l := pkg.Line(n.Pos()); return first <= l && l <= last }
	called := map[*ast.Ident]bool{}
	ast.Inspect(file.AST, func(n ast.Node) bool {
		if n == nil || pkg.Line(n.End()) < first || pkg.Line(n.Pos()) > last {
			return false
		}
		if !inside(n) {
			return true
		}
		switch e := n.(type) {
		case *ast.CallExpr:
			if id := calleeIdent(e.Fun); id != nil {
				called[id] = true
			}
		case *ast.CompositeLit:
			if tv, ok := pkg.Info.Types[e]; ok && tv.Type != nil {
				refs.literals = append(refs.literals, tv.Type)
			}
		case *ast.SelectorExpr:
			if tv, ok := pkg.Info.Types[e.X]; ok && tv.Type != nil && !tv.IsType() {
				refs.operands = append(refs.operands, tv.Type)
			}
		case *ast.Ident:
			refs.ident(pkg, e, called[e])
		}
		return true
	})
	return refs
}

// ident files one identifier.
func (r *references) ident(pkg *Package, id *ast.Ident, called bool) {
	if obj := pkg.Info.Defs[id]; obj != nil {
		r.declared[obj] = true
		return
	}
	obj := pkg.Info.Uses[id]
	if obj == nil {
		return
	}
	switch o := obj.(type) {
	case *types.Func:
		r.callees = append(r.callees, o)
	case *types.PkgName:
		r.imports = append(r.imports, o)
	case *types.Var, *types.Const, *types.TypeName:
		switch {
		case called && isFuncValue(obj):
			r.callees = append(r.callees, obj)
		case o.Pkg() != nil && o.Parent() == o.Pkg().Scope():
			r.globals = append(r.globals, obj)
		}
	}
}

func isFuncValue(obj types.Object) bool {
	if _, ok := obj.(*types.Var); !ok || obj.Type() == nil {
		return false
	}
	_, ok := obj.Type().Underlying().(*types.Signature)
	return ok
}

// calleeIdent returns the identifier that names what is called, nil where nothing does.
func calleeIdent(fun ast.Expr) *ast.Ident {
	switch f := fun.(type) {
	case *ast.Ident:
		return f
	case *ast.SelectorExpr:
		return f.Sel
	case *ast.ParenExpr:
		return calleeIdent(f.X)
	case *ast.IndexExpr:
		return calleeIdent(f.X)
	case *ast.IndexListExpr:
		return calleeIdent(f.X)
	}
	return nil
}

// enclosingReceiver returns the receiver type of the method that holds the lines, nil for none.
func enclosingReceiver(pkg *Package, file *File, first, last int) types.Type {
	for _, decl := range file.AST.Decls {
		fd, ok := decl.(*ast.FuncDecl)
		if !ok || pkg.Line(fd.Pos()) > last || pkg.Line(fd.End()) < first || fd.Recv == nil {
			continue
		}
		for _, field := range fd.Recv.List {
			if tv, ok := pkg.Info.Types[field.Type]; ok {
				return tv.Type
			}
		}
	}
	return nil
}

// nearNames adds what an unknown name may have been meant to be.
func (l *symbolList) nearNames(file *File, d Diag) {
	if len(d.Names) == 0 {
		return
	}
	var pool []types.Object
	switch d.Code {
	case "UndeclaredName":
		pool = l.pkg.visible(file, file.posAt(d.Offset))
		pool = append(pool, l.receiverMembers(file, d.Offset)...)
	case "UndeclaredImportedName", "UnexportedName", "MissingFieldOrMethod", "MissingLitField":
		pool = l.memberPool(file, d)
	default:
		return
	}
	byName := map[string]types.Object{}
	var names []string
	for _, obj := range pool {
		if _, ok := byName[obj.Name()]; !ok {
			byName[obj.Name()] = obj
			names = append(names, obj.Name())
		}
	}
	for _, name := range nearest(d.Names[0], names, maxNear) {
		l.add(l.pkg.objectText(byName[name]))
	}
}

// receiverMembers returns what the receiver of the enclosing method offers.
func (l *symbolList) receiverMembers(file *File, offset int) []types.Object {
	line := l.pkg.Line(file.posAt(offset))
	if t := enclosingReceiver(l.pkg, file, line, line); t != nil {
		return l.pkg.members(t)
	}
	return nil
}

// memberPool returns the members of whatever the selector or literal at a finding selects from.
func (l *symbolList) memberPool(file *File, d Diag) (pool []types.Object) {
	pos := file.posAt(d.Offset)
	ast.Inspect(file.AST, func(n ast.Node) bool {
		if n == nil || n.End() < pos || n.Pos() > pos {
			return false
		}
		switch e := n.(type) {
		case *ast.SelectorExpr:
			if e.Sel.Name != d.Names[0] {
				break
			}
			if id, ok := e.X.(*ast.Ident); ok {
				if name, ok := l.pkg.Info.Uses[id].(*types.PkgName); ok {
					pool = exportedObjects(name.Imported())
					return false
				}
			}
			if tv, ok := l.pkg.Info.Types[e.X]; ok && tv.Type != nil {
				pool = l.pkg.members(tv.Type)
			}
		case *ast.CompositeLit:
			if tv, ok := l.pkg.Info.Types[e]; ok && tv.Type != nil && len(pool) == 0 && d.Code == "MissingLitField" {
				pool = l.pkg.members(tv.Type)
			}
		}
		return true
	})
	return pool
}

// exportedObjects lists what a package offers, by name.
func exportedObjects(pkg *types.Package) []types.Object {
	var list []types.Object
	for _, name := range pkg.Scope().Names() {
		if token.IsExported(name) {
			list = append(list, pkg.Scope().Lookup(name))
		}
	}
	return list
}
