package main

import (
	"go/ast"
	"go/token"
	"go/types"
)

// File is one source file of the package under repair.
type File struct {
	Path     string
	Src      []byte
	AST      *ast.File // never nil; partial when the file does not parse
	Tok      *token.File
	Test     bool // a _test.go file: evidence, never edited
	Editable bool
}

// Package is one checked state of the package: syntax, types and findings.
// Info has Types, Defs, Uses, Selections, Scopes, Implicits and Instances filled as far as go/types got.
type Package struct {
	Dir        string
	ImportPath string
	Fset       *token.FileSet
	Files      []*File // by path
	Types      *types.Package
	Info       *types.Info
	Diags      []Diag
}

// Offset returns the byte offset of pos in its file.
func (p *Package) Offset(pos token.Pos) int { return p.Fset.Position(pos).Offset }

// Line returns the 1-based line of pos in its file, whatever //line comments say.
func (p *Package) Line(pos token.Pos) int { return p.Fset.PositionFor(pos, false).Line }

// Text returns the source of a node of file f.
func (p *Package) Text(f *File, n ast.Node) string {
	return string(f.Src[p.Offset(n.Pos()):p.Offset(n.End())])
}

// FileOf returns the file that holds pos, nil for none.
func (p *Package) FileOf(pos token.Pos) *File {
	tf := p.Fset.File(pos)
	for _, f := range p.Files {
		if f.Tok == tf {
			return f
		}
	}
	return nil
}

// EnclosingFunc returns the function declaration of f that spans the byte offset, nil for none.
func (p *Package) EnclosingFunc(f *File, offset int) *ast.FuncDecl {
	for _, d := range f.AST.Decls {
		if fd, ok := d.(*ast.FuncDecl); ok && p.Offset(fd.Pos()) <= offset && offset <= p.Offset(fd.End()) {
			return fd
		}
	}
	return nil
}

// Scope returns the innermost scope at pos of file f, the package scope when the file has none.
func (p *Package) Scope(f *File, pos token.Pos) *types.Scope {
	if s := p.Info.Scopes[f.AST]; s != nil {
		if in := s.Innermost(pos); in != nil {
			return in
		}
		return s
	}
	return p.Types.Scope()
}
