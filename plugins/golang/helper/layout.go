package main

import (
	"go/ast"
	"strings"
)

// layout says where the top-level declarations of a state are, by file, without holding on to syntax: a candidate's
// layout is the base's with one file shifted.
type layout struct {
	files map[string][]span
}

// span is one top-level function, or one type of a type declaration.
type span struct {
	name       string // of a type
	start, end int
	last       int // start of a function's last statement, -1 for a type and for an empty body
}

// layout returns where the declarations of the package are.
func (p *Package) layout() *layout {
	at := &layout{files: map[string][]span{}}
	for _, f := range p.Files {
		for _, decl := range f.AST.Decls {
			at.files[f.Path] = append(at.files[f.Path], p.spans(decl)...)
		}
	}
	return at
}

// spans returns where a declaration's functions and types are.
func (p *Package) spans(decl ast.Decl) []span {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		return []span{{start: p.Offset(d.Pos()), end: p.Offset(d.End()), last: p.lastStmt(d.Body)}}
	case *ast.GenDecl:
		var list []span
		for _, spec := range d.Specs {
			if ts, ok := spec.(*ast.TypeSpec); ok {
				list = append(list, span{name: ts.Name.Name, start: p.Offset(ts.Pos()), end: p.Offset(ts.End()), last: -1})
			}
		}
		return list
	}
	return nil
}

// lastStmt returns where a body's last statement starts.
func (p *Package) lastStmt(body *ast.BlockStmt) int {
	if body == nil || len(body.List) == 0 {
		return -1
	}
	return p.Offset(body.List[len(body.List)-1].Pos())
}

// funcAt returns the function a finding is in.
func (l *layout) funcAt(d Diag) (span, bool) {
	for _, s := range l.files[d.Path] {
		if s.name == "" && s.start <= d.Offset && d.Offset <= s.end {
			return s, true
		}
	}
	return span{}, false
}

// sameFunc tells whether two findings of one file are in the same function.
func (l *layout) sameFunc(a, b Diag) bool {
	fa, ok := l.funcAt(a)
	return ok && fa.start <= b.Offset && b.Offset <= fa.end
}

// endsBody tells whether the other finding is in the last statement of the function that lacks a return: an unknown
// function may be the one that was meant not to return.
func (l *layout) endsBody(d, other Diag) bool {
	f, ok := l.funcAt(d)
	return ok && f.last >= 0 && f.last <= other.Offset && other.Offset < f.end
}

// declares tells whether a finding is inside the declaration of the type that text names.
func (l *layout) declares(d Diag, text string) bool {
	name := strings.TrimLeft(text, "*&")
	for _, s := range l.files[d.Path] {
		if s.name == name && s.start <= d.Offset && d.Offset < s.end {
			return true
		}
	}
	return false
}
