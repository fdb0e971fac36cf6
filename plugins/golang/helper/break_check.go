package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
)

// fileImports is what the checks of all functions of one file share: its import declarations, and how often each
// top-level declaration uses each import.
type fileImports struct {
	decls []ast.Decl
	total map[string]int // uses by import path
	own   map[ast.Decl]map[string]int
}

// newFileImports counts the uses of a file's imports.
func newFileImports(p *Package, f *File) *fileImports {
	out := &fileImports{total: map[string]int{}, own: map[ast.Decl]map[string]int{}}
	for _, d := range f.AST.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			out.decls = append(out.decls, d)
			continue
		}
		uses := map[string]int{}
		ast.Inspect(d, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				if name, ok := p.Info.Uses[id].(*types.PkgName); ok {
					uses[name.Imported().Path()]++
					out.total[name.Imported().Path()]++
				}
			}
			return true
		})
		out.own[d] = uses
	}
	return out
}

// funcChecker checks changed versions of single function declarations against an already checked package: only the
// one function is parsed and type-checked, under the blank name, which go/types checks but declares nowhere.
type funcChecker struct {
	pkg      *Package
	importer types.Importer
	file     *File
	fn       *ast.FuncDecl
	imports  *fileImports
	line     int // file line of the declaration
}

// newFuncChecker prepares the checks of fn in file f; imports may be shared by all functions of the file.
func newFuncChecker(p *Package, imp types.Importer, f *File, fn *ast.FuncDecl, imports *fileImports) *funcChecker {
	return &funcChecker{pkg: p, importer: imp, file: f, fn: fn, imports: imports, line: p.Fset.PositionFor(fn.Pos(), false).Line}
}

// finding is one error of a changed declaration; the line counts from the declaration's first line as 1, and lines
// outside it are 0.
type finding struct {
	diag Diag
	line int
}

// check returns the findings of the declaration's new text. A text that does not parse is judged with what follows
// it, since that decides what the parser says.
func (c *funcChecker) check(text string) []finding {
	found, _ := c.examine(text, nil)
	return found
}

// near returns the names that an unknown name of the declaration's new text may have been meant to be.
func (c *funcChecker) near(text string) []string {
	_, state := c.examine(text, newInfo())
	if state == nil {
		return nil
	}
	l := &symbolList{pkg: state, seen: map[string]bool{}}
	done := map[string]bool{}
	for _, d := range state.Diags {
		if len(d.Names) == 0 || done[d.Code+d.Names[0]] {
			continue // a name that is unknown ten times is looked up once
		}
		done[d.Code+d.Names[0]] = true
		l.nearNames(state.Files[0], d)
	}
	return l.list
}

// examine checks the declaration's new text; with an info it also returns the state of the one declaration, nil when
// it does not parse. The state's positions are gone from the file set.
func (c *funcChecker) examine(text string, info *types.Info) ([]finding, *Package) {
	src := loneHead + text
	tree, err := parser.ParseFile(c.pkg.Fset, c.file.Path, src, parser.SkipObjectResolution)
	if tree != nil {
		defer c.pkg.Fset.RemoveFile(c.pkg.Fset.File(tree.FileStart))
	}
	if err != nil || len(tree.Decls) != 1 {
		return c.parseErrors(text), nil
	}
	fn, ok := tree.Decls[0].(*ast.FuncDecl)
	if !ok {
		return c.parseErrors(text), nil
	}
	state := c.checkOne(tree, fn, src, info)
	if state == nil {
		return nil, nil
	}
	found := make([]finding, len(state.Diags))
	for i, d := range state.Diags {
		found[i] = finding{d, d.Line}
	}
	return found, state
}

// checkOne type-checks one parsed declaration and returns it as a package of its own, nil when nothing is wrong.
func (c *funcChecker) checkOne(tree *ast.File, fn *ast.FuncDecl, src string, info *types.Info) *Package {
	file, kept := c.checkLone(tree, fn, info)
	if len(kept) == 0 {
		return nil
	}
	if info == nil {
		info = newInfo()
		file = tree
	}
	state := c.state(file, src, info)
	c.dress(state, kept)
	return state
}

// checkLone type-checks one parsed declaration behind its file's imports and returns the file made of them, with the
// errors that are its own.
func (c *funcChecker) checkLone(tree *ast.File, fn *ast.FuncDecl, info *types.Info) (*ast.File, []rawError) {
	var raws []rawError
	conf := types.Config{Importer: c.importer, FakeImportC: true, Error: func(err error) { raws = appendError(raws, err) }}
	name := fn.Name.Name
	fn.Name.Name = "_"
	file := &ast.File{
		Package: fn.Pos(), Name: &ast.Ident{NamePos: fn.Pos(), Name: c.pkg.Types.Name()},
		Decls: append(append([]ast.Decl{}, c.imports.decls...), fn), FileStart: tree.FileStart, FileEnd: tree.FileEnd,
	}
	known := c.pkg.Types.Imports()
	runChecker(types.NewChecker(&conf, c.pkg.Fset, c.pkg.Types, info), []*ast.File{file}, &raws)
	c.pkg.Types.SetImports(known) // each check adds packages of its own for the imports that cannot be read
	fn.Name.Name = name
	kept := raws[:0]
	for _, raw := range raws {
		if raw.code != "BrokenImport" && !(raw.code == "UnusedImport" && c.usedElsewhere(raw.msg)) {
			kept = append(kept, raw)
		}
	}
	return file, kept
}

// state returns one checked declaration as a package of its own.
func (c *funcChecker) state(file *ast.File, src string, info *types.Info) *Package {
	return &Package{
		Dir: c.pkg.Dir, ImportPath: c.pkg.ImportPath, Fset: c.pkg.Fset, Types: c.pkg.Types, Info: info,
		Files: []*File{{Path: c.file.Path, Src: []byte(src), AST: file, Tok: c.pkg.Fset.File(file.FileStart), Editable: true}},
	}
}

// dress turns raw errors into the state's findings, root causes first.
func (c *funcChecker) dress(state *Package, raws []rawError) {
	for _, raw := range withoutEchoes(raws) {
		pos := state.Fset.Position(raw.pos)
		d := Diag{
			Path: pos.Filename, Line: pos.Line, Column: pos.Column, Offset: state.Offset(raw.start), End: state.Offset(raw.end),
			Stage: "types", Code: raw.code, Message: raw.msg, Root: true, Names: names(state, raw),
		}
		if state.Fset.File(raw.pos) != state.Files[0].Tok {
			d.Line = 0
		}
		state.Diags = append(state.Diags, d)
	}
	rank(state, state.Diags)
}

// usedElsewhere tells whether the rest of the file uses the unused import that a message names.
func (c *funcChecker) usedElsewhere(msg string) bool {
	quoted := strings.SplitN(msg, "\"", 3)
	return len(quoted) < 3 || c.imports.total[quoted[1]] > c.imports.own[c.fn][quoted[1]]
}

// behind is how many bytes behind a declaration the parser sees: its errors depend on what follows, but not on a
// whole file.
const behind = 2000

// parseErrors returns the syntax errors of the declaration's new text with what stands behind it in the file.
func (c *funcChecker) parseErrors(text string) []finding {
	end := c.pkg.Offset(c.fn.End())
	rest := c.file.Src[end:]
	if len(rest) > behind {
		rest = rest[:behind]
		for _, d := range c.file.AST.Decls { // cut between declarations
			if at := c.pkg.Offset(d.End()); at > end+behind {
				rest = c.file.Src[end:at]
				break
			}
		}
		if len(rest) > 4*behind {
			rest = nil
		}
	}
	fset := token.NewFileSet()
	src := "package p;" + text + string(rest)
	changed, diags := parseFile(fset, source{FileSpec: FileSpec{Path: c.file.Path}, content: []byte(src)})
	rank(&Package{Dir: c.pkg.Dir, ImportPath: c.pkg.ImportPath, Fset: fset, Files: []*File{changed}, Types: c.pkg.Types, Info: newInfo()}, diags)
	lines := strings.Count(text, "\n") + 1
	found := make([]finding, len(diags))
	for i, d := range diags {
		line := d.Line
		if line > lines {
			line = 0
		}
		found[i] = finding{d, line}
	}
	return found
}
