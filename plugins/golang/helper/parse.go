package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"sort"
	"strings"
)

// parserMode collects every error; comments are kept, because edits and outlines need their places.
const parserMode = parser.ParseComments | parser.AllErrors | parser.SkipObjectResolution

// maxParseErrors bounds the findings of one file.
const maxParseErrors = 50

// parseFile parses one file of a state; the File is never nil and its AST always has a name.
func parseFile(fset *token.FileSet, src source) (*File, []Diag) {
	file := &File{Path: src.Path, Src: src.content, Test: src.Test || src.XTest, Editable: src.Editable}
	tree, err := parseTree(fset, src.Path, src.content)
	file.AST = tree
	file.Tok = fset.File(tree.FileStart)
	return file, syntaxDiags(file, err)
}

// parseTree parses text, surviving a panic of the parser.
func parseTree(fset *token.FileSet, path string, text []byte) (tree *ast.File, err error) {
	base := fset.Base()
	defer func() {
		if p := recover(); p != nil {
			tree, err = nil, scanner.ErrorList{{Pos: token.Position{Filename: path, Line: 1, Column: 1}, Msg: fmt.Sprintf("parser panicked: %v", p)}}
		}
		if tree == nil || tree.Name == nil || !tree.FileStart.IsValid() {
			tree = emptyTree(fset, path, base, len(text))
		}
	}()
	return parser.ParseFile(fset, path, text, parserMode)
}

// emptyTree returns the syntax of a file of which nothing could be parsed.
func emptyTree(fset *token.FileSet, path string, base, size int) *ast.File {
	file := fset.File(token.Pos(base))
	if file == nil {
		file = fset.AddFile(path, -1, size)
	}
	start := token.Pos(file.Base())
	return &ast.File{
		Package: start, Name: &ast.Ident{NamePos: start, Name: "_"}, FileStart: start, FileEnd: start + token.Pos(size),
	}
}

// syntaxDiags dresses the parser's errors: class, the line to look at, the tokens involved, roots.
func syntaxDiags(file *File, err error) []Diag {
	if err == nil {
		return nil
	}
	list, ok := err.(scanner.ErrorList)
	if !ok {
		list = scanner.ErrorList{{Pos: token.Position{Filename: file.Path, Line: 1, Column: 1}, Msg: err.Error()}}
	}
	sort.SliceStable(list, func(i, j int) bool { // a missing package clause is the cause of all else at its place
		a, b := list[i], list[j]
		if a.Pos.Offset != b.Pos.Offset {
			return a.Pos.Offset < b.Pos.Offset
		}
		return strings.HasPrefix(a.Msg, "expected 'package'") && !strings.HasPrefix(b.Msg, "expected 'package'")
	})
	regions := newRegions(file.Src)
	var found []Diag
	for _, e := range list {
		if len(found) == maxParseErrors {
			break
		}
		at := min(max(0, e.Pos.Offset), len(file.Src))
		d := Diag{
			Path: file.Path, Offset: at, End: at, Stage: "parse", Code: syntaxClass(e.Msg), Message: e.Msg,
			Names: syntaxNames(e.Msg), Root: regions.root(at),
		}
		regions.relocate(&d)
		d.Line, d.Column = lineColumn(file.Src, d.Offset)
		found = append(found, d)
	}
	return found
}

// lineColumn returns the 1-based line and byte column of an offset.
func lineColumn(src []byte, offset int) (line, column int) {
	before := src[:offset]
	return bytes.Count(before, []byte("\n")) + 1, offset - bytes.LastIndexByte(before, '\n')
}
