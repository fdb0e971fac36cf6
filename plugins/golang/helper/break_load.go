package main

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// sourceLoader loads packages from source alone: no go command, no export data. Packages of the standard library
// are checked without their function bodies when they are imported; other imports fail, which go/types answers
// with an empty package whose members it does not question (the tolerant mode).
type sourceLoader struct {
	root     string // GOROOT
	fset     *token.FileSet
	ctxt     build.Context
	imported map[string]*types.Package
	failed   map[string]error
	loading  map[string]bool
	foreign  bool // the package loaded last imports something that cannot be read
}

// newSourceLoader prepares a loader for the Go tree at root.
func newSourceLoader(root string) *sourceLoader {
	ctxt := build.Default
	ctxt.GOROOT, ctxt.CgoEnabled = root, false
	return &sourceLoader{root: root, fset: token.NewFileSet(), ctxt: ctxt, imported: map[string]*types.Package{"unsafe": types.Unsafe}, failed: map[string]error{}, loading: map[string]bool{}}
}

// Import returns the package of the standard library with the given path, declarations only.
func (l *sourceLoader) Import(path string) (*types.Package, error) {
	if p := l.imported[path]; p != nil {
		return p, nil
	}
	if err := l.failed[path]; err != nil {
		l.foreign = true
		return nil, err
	}
	dir := l.standardDir(path)
	if dir == "" || l.loading[path] {
		l.foreign = true
		err := fmt.Errorf("package %s is not in the standard library", path)
		if dir == "" {
			l.failed[path] = err
		}
		return nil, err
	}
	l.loading[path] = true
	defer delete(l.loading, path)
	files, err := l.parseDir(dir, 0)
	if err != nil {
		return nil, err
	}
	conf := types.Config{Importer: l, IgnoreFuncBodies: true, FakeImportC: true, Error: func(error) {}}
	asts := make([]*ast.File, len(files))
	for i, f := range files {
		asts[i] = f.AST
	}
	pkg, _ := conf.Check(path, l.fset, asts, nil)
	l.imported[path] = pkg
	return pkg, nil
}

// standardDir returns the folder of a standard package, vendored ones included, "" for none.
func (l *sourceLoader) standardDir(path string) string {
	for _, sub := range []string{"", "vendor", filepath.Join("cmd", "vendor")} {
		dir := filepath.Join(l.root, "src", sub, filepath.FromSlash(path))
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			return dir
		}
	}
	return ""
}

// parseDir parses the Go files of a folder that the build context selects, tests left out.
func (l *sourceLoader) parseDir(dir string, mode parser.Mode) ([]*File, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var files []*File
	for _, e := range entries {
		name := e.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		if ok, err := l.ctxt.MatchFile(dir, name); err != nil || !ok {
			continue
		}
		path := filepath.Join(dir, name)
		src, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		tree, err := parser.ParseFile(l.fset, path, src, mode|parser.SkipObjectResolution)
		if err != nil || tree.Name.Name == "documentation" {
			continue
		}
		files = append(files, &File{Path: path, Src: src, AST: tree, Tok: l.fset.File(tree.FileStart), Editable: true})
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no Go files in %s", dir)
	}
	return onePackage(files), nil
}

// onePackage keeps the files of the most common package clause.
func onePackage(files []*File) []*File {
	count := map[string]int{}
	best := ""
	for _, f := range files {
		name := f.AST.Name.Name
		if count[name]++; count[name] > count[best] {
			best = name
		}
	}
	kept := files[:0]
	for _, f := range files {
		if f.AST.Name.Name == best {
			kept = append(kept, f)
		}
	}
	return kept
}

// load parses and checks the package in dir with bodies and comments.
func (l *sourceLoader) load(dir string) (*Package, error) {
	files, err := l.parseDir(dir, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	path := filepath.ToSlash(filepath.Base(dir))
	if rel, err := filepath.Rel(filepath.Join(l.root, "src"), dir); err == nil && !strings.HasPrefix(rel, "..") {
		path = filepath.ToSlash(rel)
	}
	p := &Package{Dir: dir, ImportPath: path, Fset: l.fset, Files: files, Info: newInfo()}
	asts := make([]*ast.File, len(files))
	for i, f := range files {
		asts[i] = f.AST
	}
	l.foreign = false
	conf := types.Config{Importer: l, FakeImportC: true, Error: func(error) {}}
	p.Types, _ = conf.Check(path, l.fset, asts, p.Info)
	return p, nil
}

// forget drops the files of a package that is done with.
func (l *sourceLoader) forget(p *Package) {
	for _, f := range p.Files {
		l.fset.RemoveFile(f.Tok)
	}
}

// packageDirs returns every folder under root that holds Go files, testdata, vendored and hidden folders left out,
// in path order.
func packageDirs(root string) ([]string, error) {
	found := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if path != root && (name == "testdata" || name == "vendor" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")) {
				return filepath.SkipDir
			}
			return nil
		}
		if strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			found[filepath.Dir(path)] = true
		}
		return nil
	})
	dirs := make([]string, 0, len(found))
	for dir := range found {
		dirs = append(dirs, dir)
	}
	sort.Strings(dirs)
	return dirs, err
}
