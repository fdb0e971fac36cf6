package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
)

// errCycle is what an import of the package under repair by itself gives.
var errCycle = errors.New("import cycle not allowed")

// importSet imports packages once and keeps them: from export data where the host named a file, else from the
// sources of the standard library, so that a candidate may import a package that nothing imported before.
//
// The host's export files are closed under dependencies, so a package that comes from source is never one that
// export data refers to, and every type has one identity.
type importSet struct {
	spec     LoadParams
	context  build.Context
	fset     *token.FileSet
	export   types.Importer
	known    map[string]*types.Package
	failed   map[string]error
	loading  map[string]bool
	tolerant map[string]bool // imports whose failure is a note, not a finding
	wanted   map[string]bool // imports without export data that are not of the standard library
	variant  *types.Package  // what the import path of the package itself means (external tests only)
}

func newImportSet(spec LoadParams) *importSet {
	context := build.Default
	context.CgoEnabled = false // the pure Go variants of net and os/user need no generated files
	if spec.GoRoot != "" {
		context.GOROOT = spec.GoRoot
	}
	if spec.GoArch != "" {
		context.GOARCH = spec.GoArch
	}
	set := &importSet{
		spec: spec, context: context, fset: token.NewFileSet(), known: map[string]*types.Package{},
		failed: map[string]error{}, loading: map[string]bool{}, tolerant: map[string]bool{},
		wanted: map[string]bool{},
	}
	set.export = importer.ForCompiler(set.fset, "gc", set.open)
	return set
}

// takeWanted returns the imports that nothing was known of since it was last called, in order.
func (s *importSet) takeWanted() []string {
	var list []string
	for path := range s.wanted {
		list = append(list, path)
	}
	sort.Strings(list)
	clear(s.wanted)
	return list
}

// others returns the import paths beyond the standard library that the package may import, in order.
func (s *importSet) others() []string {
	var list []string
	for path := range s.spec.Exports {
		if path != s.spec.ImportPath && !s.isStd(path) && !strings.HasPrefix(path, "vendor/") && s.mayUse(path) {
			list = append(list, path)
		}
	}
	sort.Strings(list)
	return list
}

// mayUse tells whether a path is open to the package: what is internal belongs to the tree above it.
func (s *importSet) mayUse(path string) bool {
	at := strings.LastIndex("/"+path+"/", "/internal/")
	return at < 0 || strings.HasPrefix(s.spec.ImportPath+"/", path[:at])
}

// open finds the export data of a package.
func (s *importSet) open(path string) (io.ReadCloser, error) {
	file, ok := s.spec.Exports[path]
	if !ok {
		return nil, fmt.Errorf("package %s is not in the export data", path)
	}
	return os.Open(file)
}

// Import implements types.Importer for the files of the package.
func (s *importSet) Import(path string) (*types.Package, error) {
	if mapped, ok := s.spec.ImportMap[path]; ok {
		path = mapped
	}
	if path == s.spec.ImportPath && path != "" {
		if s.variant != nil {
			return s.variant, nil
		}
		return nil, errCycle
	}
	if strings.Contains(path+"/", "internal/") && s.isStd(path) && !s.isStd(s.spec.ImportPath) {
		return nil, fmt.Errorf("use of internal package %s not allowed", path)
	}
	return s.load(path)
}

// load returns a package by its path as built.
func (s *importSet) load(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if pkg := s.known[path]; pkg != nil {
		return pkg, nil
	}
	if err := s.failed[path]; err != nil {
		return nil, err
	}
	pkg, err := s.fetch(path)
	if err != nil {
		s.failed[path] = err
		return nil, err
	}
	s.known[path] = pkg
	return pkg, nil
}

func (s *importSet) fetch(path string) (pkg *types.Package, err error) {
	if _, ok := s.spec.Exports[path]; ok {
		pkg, err = s.fromExport(path)
		if err == nil {
			return pkg, nil
		}
		s.tolerant[path] = true
		return nil, fmt.Errorf("export data cannot be read: %w", err)
	}
	if !s.isStd(path) {
		s.wanted[path] = true
		return nil, fmt.Errorf("package %s is not available", path)
	}
	return s.fromSource(path)
}

// fromExport reads export data; a malformed file is an error, whatever the reader does.
func (s *importSet) fromExport(path string) (pkg *types.Package, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	return s.export.Import(path)
}

// isStd tells whether path is a package of the standard library.
func (s *importSet) isStd(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	if path == "" || strings.Contains(first, ".") || strings.HasPrefix(path, "/") || first == "vendor" || first == "cmd" {
		return false
	}
	stat, err := os.Stat(filepath.Join(s.context.GOROOT, "src", filepath.FromSlash(path)))
	return err == nil && stat.IsDir()
}

// fromSource type-checks the declarations of a standard package.
func (s *importSet) fromSource(path string) (*types.Package, error) {
	if s.loading[path] {
		return nil, errCycle
	}
	s.loading[path] = true
	defer delete(s.loading, path)
	dir := filepath.Join(s.context.GOROOT, "src", filepath.FromSlash(path))
	found, err := s.context.ImportDir(dir, 0)
	if err != nil {
		return nil, err
	}
	files := make([]*ast.File, 0, len(found.GoFiles))
	for _, name := range found.GoFiles {
		file, err := parser.ParseFile(s.fset, filepath.Join(dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	conf := types.Config{
		Importer: stdImporter{s}, IgnoreFuncBodies: true, FakeImportC: true, Sizes: s.sizes(),
		Error: func(error) {}, // a declaration that cannot be checked costs only its own name
	}
	pkg, _ := conf.Check(path, s.fset, files, nil)
	if pkg == nil {
		return nil, fmt.Errorf("package %s cannot be checked", path)
	}
	return pkg, nil
}

// stdImporter resolves the imports of the standard library's own sources.
type stdImporter struct{ set *importSet }

// Import implements types.Importer.
func (i stdImporter) Import(path string) (*types.Package, error) {
	if _, ok := i.set.spec.Exports[path]; !ok && strings.Contains(path, ".") {
		path = "vendor/" + path
		return i.set.vendored(path)
	}
	return i.set.load(path)
}

// vendored returns a package that the standard library carries in its own vendor folder.
func (s *importSet) vendored(path string) (*types.Package, error) {
	if pkg := s.known[path]; pkg != nil {
		return pkg, nil
	}
	if _, ok := s.spec.Exports[path]; ok {
		return s.load(path)
	}
	pkg, err := s.fromSource(path)
	if err == nil {
		s.known[path] = pkg
	}
	return pkg, err
}

// sizes returns the sizes of basic types on the target.
func (s *importSet) sizes() types.Sizes {
	if sizes := types.SizesFor("gc", s.context.GOARCH); sizes != nil {
		return sizes
	}
	return types.SizesFor("gc", runtime.GOARCH)
}
