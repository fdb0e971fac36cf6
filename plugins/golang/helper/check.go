package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"sort"
	"strings"
)

// maxErrors bounds what is collected of one unit: more than this helps nobody.
const maxErrors = 400

// rawError is one error of go/types before it is dressed as a Diag.
type rawError struct {
	pos, start, end token.Pos
	code            string
	msg             string
}

// state is one set of contents, parsed and sorted into the units that are checked together.
type state struct {
	pkg    *Package
	main   []*File // the package
	inner  []*File // its own _test files
	outer  []*File // the external test package
	broken []Diag  // parse findings of files that are not tests
}

// parseState parses sources; files of reuse are taken as they are.
func (s *Server) parseState(fset *token.FileSet, sources []source, reuse map[string]*File) *state {
	st := &state{pkg: &Package{Dir: s.spec.Dir, ImportPath: s.spec.ImportPath, Fset: fset}}
	for _, src := range sources {
		file := reuse[src.Path]
		if file == nil {
			var diags []Diag
			file, diags = parseFile(fset, src)
			if file.Test && len(diags) > 0 {
				s.note("%s does not parse and is left out", file.Path)
				continue
			}
			st.broken = append(st.broken, diags...)
		}
		st.pkg.Files = append(st.pkg.Files, file)
		switch {
		case src.XTest:
			st.outer = append(st.outer, file)
		case src.Test:
			st.inner = append(st.inner, file)
		default:
			st.main = append(st.main, file)
		}
	}
	return st
}

// checkState type-checks a state: the package, then the package with its own tests, then the external test package
// against that. With record, the package's Info is filled. The findings of the test units come second.
func (s *Server) checkState(st *state, record bool) (found, tests []Diag) {
	if record {
		st.pkg.Info = newInfo()
	}
	var raws []rawError
	st.pkg.Types, raws = s.checkUnit(st.pkg.Fset, s.spec.ImportPath, st.main, st.pkg.Info)
	found = s.diags(st.pkg, raws)
	return found, s.checkTests(st, found, record)
}

// checkTests checks the test units and returns the findings that the package alone does not have.
func (s *Server) checkTests(st *state, known []Diag, record bool) []Diag {
	var found []Diag
	variant := st.pkg.Types
	check := func(path string, all, own []*File) *types.Package {
		var info *types.Info
		if record {
			info = newInfo()
		}
		pkg, raws := s.checkUnit(st.pkg.Fset, path, all, info)
		if other := importerOf(pkg, s.spec.ImportPath); other != "" {
			s.note("tests are not type-checked: they import %s, which imports this package", other)
		} else {
			found = append(found, without(s.diags(st.pkg, raws), known)...)
		}
		if record {
			adopt(st.pkg, info, own)
		}
		return pkg
	}
	if len(st.inner) > 0 {
		variant = check(s.spec.ImportPath, append(append([]*File{}, st.main...), st.inner...), st.inner)
	}
	if len(st.outer) > 0 {
		s.imports.variant = variant
		defer func() { s.imports.variant = nil }()
		check(s.spec.ImportPath+"_test", st.outer, st.outer)
	}
	return found
}

// checkUnit type-checks files as one package; it always returns a package, complete as far as go/types got.
func (s *Server) checkUnit(fset *token.FileSet, path string, files []*File, info *types.Info) (*types.Package, []rawError) {
	var raws []rawError
	pkg := types.NewPackage(path, packageName(files))
	conf := s.config(&raws)
	asts := make([]*ast.File, len(files))
	for i, f := range files {
		asts[i] = f.AST
	}
	runChecker(types.NewChecker(conf, fset, pkg, info), asts, &raws)
	return pkg, raws
}

// config returns the checker's settings; errors are appended to raws.
func (s *Server) config(raws *[]rawError) *types.Config {
	version := s.spec.GoVersion
	if version != "" && !strings.HasPrefix(version, "go") {
		version = "go" + version
	}
	return &types.Config{
		GoVersion: version, Importer: s.imports, FakeImportC: true, Sizes: s.imports.sizes(),
		Error: func(err error) { *raws = appendError(*raws, err) },
	}
}

// runChecker checks files; a panic of go/types becomes an error at the first file.
func runChecker(checker *types.Checker, files []*ast.File, raws *[]rawError) {
	defer func() {
		if p := recover(); p != nil && len(files) > 0 {
			pos := files[0].Package
			*raws = append(*raws, rawError{pos, pos, pos, "Panic", fmt.Sprintf("internal error: type checker panicked: %v", p)})
		}
	}()
	_ = checker.Files(files) // every error reaches the Error function
}

// appendError keeps one error of go/types; continuation lines ("other declaration of x") are dropped, because
// they repeat a position that shifts with every edit.
func appendError(raws []rawError, err error) []rawError {
	e, ok := err.(types.Error)
	if !ok || strings.HasPrefix(e.Msg, "\t") || len(raws) >= maxErrors {
		return raws
	}
	raw := rawError{pos: e.Pos, start: e.Pos, end: e.Pos, code: "Other", msg: e.Msg}
	v := reflect.ValueOf(e)
	if f := v.FieldByName("go116code"); f.IsValid() && f.CanInt() {
		raw.code = codeName(int(f.Int()))
	}
	if f := v.FieldByName("go116start"); f.IsValid() && f.CanInt() && f.Int() != 0 {
		raw.start = token.Pos(f.Int())
	}
	if f := v.FieldByName("go116end"); f.IsValid() && f.CanInt() && f.Int() != 0 {
		raw.end = token.Pos(f.Int())
	}
	return append(raws, raw)
}

// diags dresses the errors of one unit, without the duplicates and those that only echo an invalid operand.
func (s *Server) diags(pkg *Package, raws []rawError) []Diag {
	return s.dress(pkg, raws, func(*Diag, token.Pos) {})
}

// dress is diags with a last word on where each finding is.
func (s *Server) dress(pkg *Package, raws []rawError, place func(*Diag, token.Pos)) []Diag {
	raws = withoutEchoes(raws)
	if s.spec.Cgo && len(raws) > 0 && echoes(raws[0].msg) {
		raws = nil // what hangs on a type of C alone is left to the go command, which knows the type
	}
	list := make([]Diag, 0, len(raws))
	for _, raw := range raws {
		if raw.code == "BrokenImport" && s.tolerated(raw.msg) {
			continue
		}
		pos := pkg.Fset.PositionFor(raw.pos, false)
		d := Diag{
			Path: pos.Filename, Line: pos.Line, Column: pos.Column, Offset: pkg.Offset(raw.start), End: pkg.Offset(raw.end),
			Stage: "types", Code: raw.code, Message: raw.msg, Root: true,
		}
		if strings.HasSuffix(raw.msg, "("+errCycle.Error()+")") {
			d.Code = "ImportCycle"
		}
		d.Names = names(pkg, raw)
		place(&d, raw.pos)
		list = append(list, d)
	}
	return without(list, nil)
}

// withoutEchoes applies go/types' own rule independently of order: errors that mention an invalid operand or
// type follow from another error, so they count only when there is no other.
func withoutEchoes(raws []rawError) []rawError {
	var kept []rawError
	for _, raw := range raws {
		if !echoes(raw.msg) {
			kept = append(kept, raw)
		}
	}
	if len(kept) == 0 && len(raws) > 0 {
		return raws[:1]
	}
	return kept
}

func echoes(msg string) bool {
	return strings.Index(msg, "invalid operand") > 0 || strings.Index(msg, "invalid type") > 0
}

// tolerated tells whether a failed import is only worth a note, and takes the note.
func (s *Server) tolerated(msg string) bool {
	for path := range s.imports.tolerant {
		if strings.HasPrefix(msg, "could not import "+path+" ") {
			s.note("import %s could not be read; what is used of it is not checked", path)
			return true
		}
	}
	return false
}

// note remembers something to tell people, once.
func (s *Server) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	for _, n := range s.notes {
		if n == text {
			return
		}
	}
	s.notes = append(s.notes, text)
}

// without returns the findings of list that are not in known, each once.
func without(list, known []Diag) []Diag {
	type key struct {
		path   string
		offset int
		msg    string
	}
	seen := map[key]bool{}
	for _, d := range known {
		seen[key{d.Path, d.Offset, d.Message}] = true
	}
	kept := list[:0:0]
	for _, d := range list {
		k := key{d.Path, d.Offset, d.Message}
		if !seen[k] {
			seen[k] = true
			kept = append(kept, d)
		}
	}
	return kept
}

// packageName returns the name most files declare, the earliest on a tie.
func packageName(files []*File) string {
	count, best := map[string]int{}, ""
	for _, f := range files {
		if f.AST.Name != nil && f.AST.Name.Name != "_" {
			count[f.AST.Name.Name]++
		}
	}
	for _, f := range files {
		if f.AST.Name != nil && count[f.AST.Name.Name] > count[best] {
			best = f.AST.Name.Name
		}
	}
	if best == "" {
		return "p"
	}
	return best
}

// importerOf returns a direct import of pkg that itself imports path, "" for none.
func importerOf(pkg *types.Package, path string) string {
	direct := append([]*types.Package{}, pkg.Imports()...)
	sort.Slice(direct, func(i, j int) bool { return direct[i].Path() < direct[j].Path() })
	for _, imp := range direct {
		for _, next := range imp.Imports() {
			if next.Path() == path && imp.Path() != path {
				return imp.Path()
			}
		}
	}
	return ""
}

// newInfo returns an Info that records everything the other files of this program use.
func newInfo() *types.Info {
	return &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Instances: map[*ast.Ident]types.Instance{},
		Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
		Scopes: map[ast.Node]*types.Scope{},
	}
}

// adopt copies what info says of files into the package's own Info, which keeps the package's objects free of
// what only its tests declare.
func adopt(pkg *Package, info *types.Info, files []*File) {
	for _, f := range files {
		ast.Inspect(f.AST, func(n ast.Node) bool {
			if n == nil {
				return false
			}
			if scope, ok := info.Scopes[n]; ok {
				pkg.Info.Scopes[n] = scope
			}
			if obj, ok := info.Implicits[n]; ok {
				pkg.Info.Implicits[n] = obj
			}
			if id, ok := n.(*ast.Ident); ok {
				adoptIdent(pkg.Info, info, id)
			}
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if found := info.Selections[sel]; found != nil {
					pkg.Info.Selections[sel] = found
				}
			}
			if expr, ok := n.(ast.Expr); ok {
				if tv, ok := info.Types[expr]; ok {
					pkg.Info.Types[expr] = tv
				}
			}
			return true
		})
	}
}

func adoptIdent(to, from *types.Info, id *ast.Ident) {
	if obj, ok := from.Defs[id]; ok {
		to.Defs[id] = obj
	}
	if obj, ok := from.Uses[id]; ok {
		to.Uses[id] = obj
	}
	if inst, ok := from.Instances[id]; ok {
		to.Instances[id] = inst
	}
}
