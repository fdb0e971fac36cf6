package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
)

// funcChecker checks changed versions of single function declarations against an already checked package: only the
// one function is parsed and type-checked, under the blank name, which go/types checks but declares nowhere.
type funcChecker struct {
	pkg      *Package
	importer types.Importer
	file     *File
	fn       *ast.FuncDecl
	imports  []ast.Decl
	used     map[string]bool // imports (by spec path) that the rest of the file uses
	line     int             // file line of the declaration
}

// newFuncChecker prepares the checks of fn in file f.
func newFuncChecker(p *Package, imp types.Importer, f *File, fn *ast.FuncDecl) *funcChecker {
	c := &funcChecker{pkg: p, importer: imp, file: f, fn: fn, used: map[string]bool{}, line: p.Fset.PositionFor(fn.Pos(), false).Line}
	for _, d := range f.AST.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			c.imports = append(c.imports, d)
			continue
		}
		if d == fn {
			continue
		}
		ast.Inspect(d, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				if name, ok := p.Info.Uses[id].(*types.PkgName); ok {
					c.used[name.Imported().Path()] = true
				}
			}
			return true
		})
	}
	return c
}

// finding is one error of a changed declaration; the line counts from the declaration's first line as 1, and lines
// outside it are 0.
type finding struct {
	diag Diag
	line int
}

// check returns the findings of the declaration's new text. A text that does not parse is judged as part of its
// file, since what follows it decides what the parser says.
func (c *funcChecker) check(text string) []finding {
	src := "package p;" + text
	tree, err := parser.ParseFile(c.pkg.Fset, c.file.Path, src, parser.SkipObjectResolution)
	if tree != nil {
		defer c.pkg.Fset.RemoveFile(c.pkg.Fset.File(tree.FileStart))
	}
	if err != nil || len(tree.Decls) != 1 {
		return c.parseErrors(text)
	}
	fn, ok := tree.Decls[0].(*ast.FuncDecl)
	if !ok {
		return c.parseErrors(text)
	}
	return c.typeErrors(tree, fn, src)
}

// typeErrors checks one parsed declaration.
func (c *funcChecker) typeErrors(tree *ast.File, fn *ast.FuncDecl, src string) []finding {
	var raws []rawError
	conf := types.Config{Importer: c.importer, FakeImportC: true, Error: func(err error) { raws = appendError(raws, err) }}
	name := fn.Name.Name
	fn.Name.Name = "_"
	file := &ast.File{
		Package: fn.Pos(), Name: &ast.Ident{NamePos: fn.Pos(), Name: c.pkg.Types.Name()},
		Decls: append(append([]ast.Decl{}, c.imports...), fn), FileStart: fn.Pos(), FileEnd: fn.End(),
	}
	runChecker(types.NewChecker(&conf, c.pkg.Fset, c.pkg.Types, nil), []*ast.File{file}, &raws)
	fn.Name.Name = name
	return c.dress(tree, src, raws)
}

// dress turns raw errors of a changed declaration into findings, root causes first.
func (c *funcChecker) dress(tree *ast.File, src string, raws []rawError) []finding {
	kept := raws[:0]
	for _, raw := range raws {
		if raw.code != "BrokenImport" && !(raw.code == "UnusedImport" && c.usedElsewhere(raw.msg)) {
			kept = append(kept, raw)
		}
	}
	if len(kept) == 0 {
		return nil
	}
	small := &Package{
		Dir: c.pkg.Dir, ImportPath: c.pkg.ImportPath, Fset: c.pkg.Fset, Types: c.pkg.Types, Info: newInfo(),
		Files: []*File{{Path: c.file.Path, Src: []byte(src), AST: tree, Tok: c.pkg.Fset.File(tree.FileStart), Editable: true}},
	}
	var diags []Diag
	for _, raw := range withoutEchoes(kept) {
		pos := small.Fset.Position(raw.pos)
		inside := small.Fset.File(raw.pos) == small.Files[0].Tok
		d := Diag{
			Path: pos.Filename, Line: pos.Line, Column: pos.Column, Offset: small.Offset(raw.start), End: small.Offset(raw.end),
			Stage: "types", Code: raw.code, Message: raw.msg, Root: true, Names: names(small, raw),
		}
		if !inside {
			d.Line = 0
		}
		diags = append(diags, d)
	}
	rank(small, diags)
	found := make([]finding, len(diags))
	for i, d := range diags {
		found[i] = finding{d, d.Line}
	}
	return found
}

// usedElsewhere tells whether the rest of the file uses the unused import that a message names.
func (c *funcChecker) usedElsewhere(msg string) bool {
	quoted := strings.SplitN(msg, "\"", 3)
	return len(quoted) < 3 || c.used[quoted[1]]
}

// parseErrors returns the syntax errors of the whole file with the declaration replaced.
func (c *funcChecker) parseErrors(text string) []finding {
	start, end := c.pkg.Offset(c.fn.Pos()), c.pkg.Offset(c.fn.End())
	src := string(c.file.Src[:start]) + text + string(c.file.Src[end:])
	fset := token.NewFileSet()
	changed, diags := parseFile(fset, source{FileSpec: FileSpec{Path: c.file.Path}, content: []byte(src)})
	rank(&Package{Dir: c.pkg.Dir, ImportPath: c.pkg.ImportPath, Fset: fset, Files: []*File{changed}, Types: c.pkg.Types, Info: newInfo()}, diags)
	lines := strings.Count(text, "\n") + 1
	found := make([]finding, len(diags))
	for i, d := range diags {
		line := d.Line - c.line + 1
		if line < 1 || line > lines {
			line = 0
		}
		found[i] = finding{d, line}
	}
	return found
}
