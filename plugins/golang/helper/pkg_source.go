package main

import (
	"sort"
	"strings"
	"sync"
)

// sharedImports serve every checkSource of the process, so that fmt is loaded once.
var sharedImports = sync.OnceValue(func() *importSet { return newImportSet(LoadParams{}) })

// checkSource checks a package given as text, by file name; names that end in _test.go are tests, of the external
// package when their package clause says so. Imports come from the sources of the standard library.
func checkSource(importPath string, files map[string]string) *Package {
	return sourceServer(importPath, files).Base()
}

// sourceServer returns a server whose base state is the given text.
func sourceServer(importPath string, files map[string]string) *Server {
	imports := *sharedImports()
	imports.spec.ImportPath = importPath
	s := &Server{
		spec: LoadParams{Dir: "/src", ImportPath: importPath}, imports: &imports,
		overlay: map[string]string{}, disk: map[string]*diskFile{},
	}
	for name, text := range files {
		test := strings.HasSuffix(name, "_test.go")
		s.spec.Files = append(s.spec.Files, FileSpec{
			Path: name, Test: test, XTest: test && strings.Contains(packageClause(text), "_test"), Editable: !test,
		})
		s.overlay[name] = text
	}
	sort.Slice(s.spec.Files, func(i, j int) bool { return s.spec.Files[i].Path < s.spec.Files[j].Path })
	return s
}

// packageClause returns the line of the package clause, "" for none.
func packageClause(text string) string {
	for _, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, "package ") {
			return line
		}
	}
	return ""
}
