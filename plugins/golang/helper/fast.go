package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
)

// The body-only path: an edit inside one function's body changes no declaration, so only that function is parsed and
// checked, as a method or function named _ that is added to the already checked package. What other functions and
// the tests say stays as it was, moved by the edit. Where that reasoning has a gap (initialization order, infinite
// instantiation, dot imports, errors in declarations that mention the function) the whole state is checked instead.

// maxReuse is how many candidates share one checked package: each leaves a scope in it.
const maxReuse = 1000

// fastState is the base as the body-only path needs it.
type fastState struct {
	usable   bool
	types    *types.Package
	used     int // candidates checked against types
	layout   *layout
	generics bool                     // the package declares type parameters
	files    map[string]*fastFile     // files a candidate may edit
	initDeps map[*ast.FuncDecl]depSet // package-level objects used by functions that initializers reach
}

// depSet holds the keys of package-level functions, methods and variables.
type depSet map[string]bool

// fastFile is one editable file of the base.
type fastFile struct {
	file    *File
	imports []ast.Decl
	uses    map[token.Pos][]int // import spec -> offsets at which its name is used
}

// edited is a body-only edit: the function and its new text.
type edited struct {
	in    *fastFile
	decl  *ast.FuncDecl
	start int    // offset of the declaration
	text  []byte // its new text
	delta int    // bytes added behind it
	lines int    // lines added behind it
}

// prepare builds the state that body-only checks reuse.
func (s *Server) prepare() *fastState {
	if s.fast != nil {
		return s.fast
	}
	base := s.Base()
	f := &fastState{files: map[string]*fastFile{}, layout: base.layout(), generics: hasGenerics(base)}
	s.fast = f
	for _, d := range base.Diags {
		if d.Stage == "parse" || d.Code == "InvalidInitCycle" || d.Code == "Panic" || echoes(d.Message) {
			return f
		}
	}
	if len(base.Diags) >= maxErrors {
		return f
	}
	for _, file := range base.Files {
		if !file.Editable || file.Test || file.AST.Name.Name != base.Types.Name() {
			continue
		}
		if ff := newFastFile(base, file); ff != nil {
			f.files[file.Path] = ff
		}
	}
	f.initDeps = initReach(base)
	f.usable = true
	return f
}

// newFastFile returns nil for a file whose imports the body-only path cannot account for.
func newFastFile(pkg *Package, file *File) *fastFile {
	ff := &fastFile{file: file, uses: map[token.Pos][]int{}}
	for _, decl := range file.AST.Decls {
		if gd, ok := decl.(*ast.GenDecl); ok && gd.Tok == token.IMPORT {
			ff.imports = append(ff.imports, gd)
		}
	}
	specs := map[types.Object]token.Pos{}
	for _, spec := range file.AST.Imports {
		if spec.Path.Value == `"C"` || spec.Name != nil && spec.Name.Name == "." {
			return nil
		}
		obj := pkg.Info.Implicits[spec]
		if spec.Name != nil {
			obj = pkg.Info.Defs[spec.Name]
		}
		if obj != nil {
			specs[obj] = spec.Pos()
		}
	}
	ast.Inspect(file.AST, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if pos, ok := specs[pkg.Info.Uses[id]]; ok {
				ff.uses[pos] = append(ff.uses[pos], pkg.Offset(id.Pos()))
			}
		}
		return true
	})
	return ff
}

// bodyEdit returns the body-only edit that edits are, nil when they are something else.
func (s *Server) bodyEdit(edits []FileEdits) *edited {
	if len(edits) != 1 || len(edits[0].Edits) == 0 {
		return nil
	}
	f := s.prepare()
	ff := f.files[edits[0].Path]
	if !f.usable || ff == nil {
		return nil
	}
	lo, hi := edits[0].Edits[0].Start, edits[0].Edits[0].End
	delta := 0
	for _, e := range edits[0].Edits {
		lo, hi = min(lo, e.Start), max(hi, e.End)
		delta += len(e.New) - (e.End - e.Start)
	}
	fd := s.base.EnclosingFunc(ff.file, lo)
	if fd == nil || fd.Body == nil || lo <= s.base.Offset(fd.Body.Lbrace) || hi > s.base.Offset(fd.Body.Rbrace) {
		return nil
	}
	start, end, brace := s.base.Offset(fd.Pos()), s.base.Offset(fd.End()), s.base.Offset(fd.Body.Lbrace)
	lastLine := s.base.Line(fd.End())
	for _, d := range s.base.Diags {
		if d.Path != ff.file.Path {
			continue
		}
		if d.Offset <= brace && d.End >= start || d.Offset > end && d.Line == lastLine {
			return nil // the declaration itself is at fault, or something behind it on its last line
		}
	}
	old := ff.file.Src[start:end]
	moved := make([]Edit, len(edits[0].Edits))
	for i, e := range edits[0].Edits {
		moved[i] = Edit{e.Start - start, e.End - start, e.New}
	}
	text, err := splice(old, moved)
	if err != nil {
		return nil
	}
	return &edited{
		in: ff, decl: fd, start: start, text: text, delta: delta,
		lines: bytes.Count(text, []byte("\n")) - bytes.Count(old, []byte("\n")),
	}
}

// snippetHead goes before a function that is parsed alone.
const snippetHead = "package p;"

// checkBody checks a body-only edit; ok is false when the whole state has to be checked instead.
func (s *Server) checkBody(e *edited) (found []Diag, ok bool) {
	fset := s.base.Fset
	src := append([]byte(snippetHead), e.text...)
	tree, err := parser.ParseFile(fset, e.in.file.Path, src, parser.AllErrors|parser.SkipObjectResolution)
	if tree != nil && tree.FileStart.IsValid() {
		defer fset.RemoveFile(fset.File(tree.FileStart))
	}
	if err != nil || len(tree.Decls) != 1 {
		return nil, false
	}
	fd, isFunc := tree.Decls[0].(*ast.FuncDecl)
	if !isFunc || fd.Body == nil || s.base.Offset(fd.Body.Rbrace) != len(src)-1 {
		return nil, false
	}
	raws, deps := s.checkSnippet(e, tree, fd)
	for _, raw := range raws {
		if raw.code == "Panic" || s.base.Offset(raw.pos) < s.base.Offset(fd.Body.Lbrace) && fset.File(raw.pos) == fset.File(fd.Pos()) {
			return nil, false
		}
	}
	if old, reached := s.fast.initDeps[e.decl]; reached && !deps.within(old) {
		return nil, false
	}
	found = s.merge(e, tree, fd, raws)
	if len(found) == 0 && s.fast.generics && (len(s.base.Diags) > 0 || isGeneric(fd)) {
		return nil, false // only error-free packages are searched for endless instantiation
	}
	return found, true
}

// checkSnippet checks one function against the base package; deps are the package-level objects it uses.
func (s *Server) checkSnippet(e *edited, tree *ast.File, fd *ast.FuncDecl) ([]rawError, depSet) {
	f := s.fast
	if f.types == nil || f.used >= maxReuse {
		var main []*File
		for i, spec := range s.spec.Files {
			if file := s.first.files[s.spec.Files[i].Path]; file != nil && !spec.Test && !spec.XTest {
				main = append(main, file)
			}
		}
		f.types, _ = s.checkUnit(s.base.Fset, s.spec.ImportPath, main, nil)
		f.used = 0
	}
	f.used++
	info := &types.Info{}
	if f.initDeps[e.decl] != nil {
		info.Uses = map[*ast.Ident]types.Object{}
	}
	name := fd.Name
	fd.Name = &ast.Ident{NamePos: name.NamePos, Name: "_"}
	tree.Name = &ast.Ident{NamePos: tree.Name.NamePos, Name: f.types.Name()}
	tree.GoVersion = e.in.file.AST.GoVersion
	tree.Decls = append(append([]ast.Decl{}, e.in.imports...), fd)
	var raws []rawError
	runChecker(types.NewChecker(s.config(&raws), s.base.Fset, f.types, info), []*ast.File{tree}, &raws)
	fd.Name = name
	if len(raws) > 0 && raws[len(raws)-1].code == "Panic" {
		f.types = nil
	}
	deps := depSet{}
	for _, obj := range info.Uses {
		if key := depKey(obj, f.types); key != "" {
			deps[key] = true
		}
	}
	return raws, deps
}

// merge puts the function's new findings in the place of its old ones.
func (s *Server) merge(e *edited, tree *ast.File, fd *ast.FuncDecl, raws []rawError) []Diag {
	base, path := s.base, e.in.file.Path
	oldEnd := base.Offset(e.decl.End())
	var kept []Diag
	for _, d := range base.Diags {
		if d.Path == path {
			switch {
			case d.Code == "UnusedImport", e.start <= d.Offset && d.Offset <= oldEnd:
				continue
			case d.Offset > oldEnd:
				d.Offset, d.End, d.Line = d.Offset+e.delta, d.End+e.delta, d.Line+e.lines
			}
		}
		d.Root = true
		kept = append(kept, d)
	}
	real := raws[:0:0]
	inside := base.Fset.File(fd.Pos())
	for _, raw := range raws {
		in := base.Fset.File(raw.pos) == inside
		if in || raw.code == "UnusedImport" && !e.in.usedOutside(raw.pos, e.start, oldEnd) {
			real = append(real, raw)
		}
	}
	if len(kept) > 0 {
		real = withoutEchoes(real)
		if len(real) > 0 && echoes(real[0].msg) {
			real = nil
		}
	}
	view := &Package{
		Dir: base.Dir, ImportPath: base.ImportPath, Fset: base.Fset, Types: s.fast.types,
		Files: []*File{{Path: path, AST: tree, Tok: inside}},
	}
	line, column := base.Line(e.decl.Pos()), base.Fset.PositionFor(e.decl.Pos(), false).Column
	fresh := s.dress(view, real, func(d *Diag, pos token.Pos) {
		if base.Fset.File(pos) != inside {
			return
		}
		if d.Line == 1 {
			d.Column += column - 1 - len(snippetHead)
		}
		d.Line += line - 1
		d.Offset += e.start - len(snippetHead)
		d.End += e.start - len(snippetHead)
	})
	found := append(kept, fresh...)
	if len(found) > 1 {
		rankIn(s.fast.layout.moved(e, view.spans(fd)), found)
	}
	return found
}

// usedOutside tells whether the import at pos is used outside the bytes start..end of the file.
func (f *fastFile) usedOutside(pos token.Pos, start, end int) bool {
	for spec, uses := range f.uses {
		if spec != pos {
			continue
		}
		for _, at := range uses {
			if at < start || at > end {
				return true
			}
		}
	}
	return false
}

// moved returns the layout after a body-only edit; fresh are the function's spans in the snippet.
func (l *layout) moved(e *edited, fresh []span) *layout {
	next := &layout{files: map[string][]span{}}
	for path, spans := range l.files {
		next.files[path] = spans
	}
	path := e.in.file.Path
	shifted := make([]span, 0, len(l.files[path]))
	for _, s := range l.files[path] {
		switch {
		case s.start == e.start && s.name == "":
			for _, f := range fresh {
				f.start, f.end = f.start+e.start-len(snippetHead), f.end+e.start-len(snippetHead)
				if f.last >= 0 {
					f.last += e.start - len(snippetHead)
				}
				shifted = append(shifted, f)
			}
			continue
		case s.start > e.start:
			s.start, s.end = s.start+e.delta, s.end+e.delta
			if s.last >= 0 {
				s.last += e.delta
			}
		}
		shifted = append(shifted, s)
	}
	next.files[path] = shifted
	return next
}

// hasGenerics tells whether any declaration of the package has type parameters.
func hasGenerics(pkg *Package) bool {
	for _, f := range pkg.Files {
		if f.Test {
			continue
		}
		for _, decl := range f.AST.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if isGeneric(d) {
					return true
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if ts, ok := spec.(*ast.TypeSpec); ok && ts.TypeParams.NumFields() > 0 {
						return true
					}
				}
			}
		}
	}
	return false
}

// isGeneric tells whether a function or its receiver has type parameters.
func isGeneric(d *ast.FuncDecl) bool {
	if d.Type.TypeParams.NumFields() > 0 {
		return true
	}
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return false
	}
	t := d.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	switch t.(type) {
	case *ast.IndexExpr, *ast.IndexListExpr:
		return true
	}
	return false
}

// within tells whether every member is in other.
func (d depSet) within(other depSet) bool {
	for key := range d {
		if !other[key] {
			return false
		}
	}
	return true
}

// depKey names an object that initialization order depends on, "" for the others.
func depKey(obj types.Object, pkg *types.Package) string {
	if obj == nil || obj.Pkg() != pkg {
		return ""
	}
	switch o := obj.(type) {
	case *types.Func:
		return strings.TrimPrefix(o.Origin().FullName(), pkg.Path()+".")
	case *types.Var, *types.Const:
		if o.Parent() == pkg.Scope() {
			return o.Name()
		}
	}
	return ""
}

// initReach returns what each function that a package-level initializer reaches uses.
func initReach(pkg *Package) map[*ast.FuncDecl]depSet {
	funcs := map[string]*ast.FuncDecl{}
	var queue []depSet
	for _, f := range pkg.Files {
		if f.Test {
			continue
		}
		for _, decl := range f.AST.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if key := depKey(pkg.Info.Defs[d.Name], pkg.Types); key != "" {
					funcs[key] = d
				}
			case *ast.GenDecl:
				if d.Tok == token.VAR {
					queue = append(queue, depsOf(pkg, d))
				}
			}
		}
	}
	reach := map[*ast.FuncDecl]depSet{}
	for len(queue) > 0 {
		deps := queue[0]
		queue = queue[1:]
		for key := range deps {
			if fd := funcs[key]; fd != nil && reach[fd] == nil {
				reach[fd] = depsOf(pkg, fd)
				queue = append(queue, reach[fd])
			}
		}
	}
	return reach
}

// depsOf returns the package-level objects used below a node.
func depsOf(pkg *Package, n ast.Node) depSet {
	deps := depSet{}
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if key := depKey(pkg.Info.Uses[id], pkg.Types); key != "" {
				deps[key] = true
			}
		}
		return true
	})
	return deps
}
