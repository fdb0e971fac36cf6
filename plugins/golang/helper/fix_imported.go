package main

import (
	"go/ast"
	"go/types"
)

// fixImportedMember repairs pkg.Name where the package has no such exported name.
func fixImportedMember(c *fixContext) {
	sel, path := c.selector()
	if sel == nil {
		return
	}
	x, ok := sel.X.(*ast.Ident)
	if !ok {
		return
	}
	pkg := c.imported(x.Name)
	w := c.wanted(path)
	w.isType = w.isType || c.inType(path)
	if moved, known := movedMembers[x.Name+"."+sel.Sel.Name]; known && moved != "" {
		c.replaceMember(1.6, sel, moved)
	}
	if pkg == nil {
		return
	}
	if !c.file.Editable && c.own(pkg) {
		c.declareForTests(sel, pkg, w)
	}
	for _, name := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(name)
		like := likeness(sel.Sel.Name, name)
		if !obj.Exported() || like == 0 && !(w.call != nil && synonym(sel.Sel.Name, name)) {
			continue
		}
		fit := 0.05
		if _, isType := obj.(*types.TypeName); isType {
			if w.isType || w.call != nil && len(w.call.Args) == 1 {
				fit = 1
			}
		} else if !w.isType {
			fit = w.fit(obj.Type()) * c.argumentFit(w.call, obj)
		}
		if weight := max(like, 0.4) * like * fit; weight > 0.003 {
			c.add(weight, "FIELD", "near-import-member", c.replace(sel.Sel, name))
		}
	}
	c.otherPackages(sel, x.Name)
}

// declareForTests gives the package under repair the name that its external tests use: by renaming, or as a stub.
func (c *fixContext) declareForTests(sel *ast.SelectorExpr, pkg *types.Package, w want) {
	for _, name := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(name)
		like := likeness(sel.Sel.Name, name)
		if _, isFunc := obj.(*types.Func); like < 0.2 || w.call != nil && !isFunc {
			continue
		}
		if edits := c.renameEdits(obj, sel.Sel.Name); edits != nil {
			f, _ := c.declaredIn(obj)
			c.addIn(f, like, "NAME", "rename-declaration", edits...)
		}
	}
	if f := c.editable(); f != nil && w.call != nil {
		c.addIn(f, 0.02, "DECL", "declare-function", c.tail(f, nil, c.functionStub("func "+sel.Sel.Name, w)))
	}
}

// argumentFit rates how many of a call's arguments the parameters of obj take.
func (c *fixContext) argumentFit(call *ast.CallExpr, obj types.Object) float64 {
	sig, ok := obj.Type().Underlying().(*types.Signature)
	if call == nil || !ok || sig.Variadic() || sig.Params().Len() != len(call.Args) {
		return 1
	}
	score := 1.0
	for i, arg := range call.Args {
		if t := c.typeOf(arg); t != nil && !types.AssignableTo(t, sig.Params().At(i).Type()) {
			if _, generic := sig.Params().At(i).Type().(*types.TypeParam); !generic {
				score *= 0.3
			}
		}
	}
	return score
}

// otherPackages selects the name from another imported package, or a standard one of the same name.
func (c *fixContext) otherPackages(sel *ast.SelectorExpr, used string) {
	for name := range c.importPaths(c.file) {
		if pkg := c.imported(name); name != used && pkg != nil {
			if obj := pkg.Scope().Lookup(sel.Sel.Name); obj != nil && obj.Exported() {
				c.add(0.7, "NAME", "other-package", c.replace(sel.X, name))
			}
		}
	}
	for _, path := range stdByName(used) {
		for _, spec := range c.file.AST.Imports {
			if spec.Path.Value != `"`+path+`"` && c.importPaths(c.file)[used] == spec.Path.Value[1:len(spec.Path.Value)-1] {
				c.add(0.5, "IMPORT", "same-name-import", c.replace(spec.Path, `"`+path+`"`))
			}
		}
	}
	for _, path := range []string{"strings", "bytes", "strconv", "fmt", "errors", "io", "os", "path/filepath", "unicode/utf8", "slices", "maps", "math", "time", "sort", "net/url", "sync/atomic", "unicode"} {
		if c.importPaths(c.file)[stdName(path)] == "" && likelyMoves[used+">"+stdName(path)] {
			c.addWithImports(0.4, "NAME", "other-package+add-import", []string{path}, c.replace(sel.X, stdName(path)))
		}
	}
}

// likelyMoves are pairs of packages whose functions people look for in the first and find in the second.
var likelyMoves = map[string]bool{
	"strings>bytes": true, "bytes>strings": true, "strings>strconv": true, "strconv>strings": true, "io>os": true,
	"os>io": true, "ioutil>os": true, "ioutil>io": true, "path>filepath": true, "unicode>utf8": true, "utf8>unicode": true,
	"sort>slices": true, "slices>sort": true, "slices>maps": true, "maps>slices": true, "fmt>errors": true,
	"errors>fmt": true, "strings>unicode": true, "sync>atomic": true, "os>filepath": true, "http>url": true, "strings>fmt": true,
}
