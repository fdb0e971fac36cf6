package main

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"sort"
)

// classifyFix returns the operation class (hrgc/tokens.py Op) of the change that turns one text of a declaration,
// or of a few statements, into another.
func classifyFix(before, after string) string { return classifySides(newSide(before), newSide(after)) }

// classifySides is classifyFix for texts that are read already.
func classifySides(a, b *side) string {
	switch {
	case b.tree == nil:
		return "REWRITE"
	case a.tree == nil:
		return "SYNTAX"
	}
	d := differ{a: a, b: b}
	d.decls(a.tree.Decls, b.tree.Decls)
	return d.verdict()
}

// side is one of the two texts: its syntax, and its tokens for fast comparison of parts.
type side struct {
	tree   *ast.File // nil when the text does not parse
	at     []int     // position of each token
	tokens []string
}

// newSide parses a text as declarations, else as the statements of a function.
func newSide(text string) *side {
	s := &side{}
	for _, wrapped := range []string{"package p;" + text, "package p;func _() {\n" + text + "\n}"} {
		fset := token.NewFileSet()
		tree, err := parser.ParseFile(fset, "", wrapped, parser.SkipObjectResolution)
		if err != nil {
			continue
		}
		s.tree = tree
		s.scan(wrapped)
		break
	}
	return s
}

// scan splits the text into tokens; line ends and comments do not count.
func (s *side) scan(text string) {
	fset := token.NewFileSet()
	file := fset.AddFile("", 1, len(text))
	var sc scanner.Scanner
	sc.Init(file, []byte(text), func(token.Position, string) {}, 0)
	for {
		pos, tok, lit := sc.Scan()
		if tok == token.EOF {
			return
		}
		if tok == token.SEMICOLON && lit == "\n" {
			continue
		}
		if lit == "" || tok.IsOperator() {
			lit = tok.String()
		}
		s.at = append(s.at, int(pos))
		s.tokens = append(s.tokens, lit)
	}
}

// part returns the tokens of a node.
func (s *side) part(n ast.Node) []string {
	first := sort.SearchInts(s.at, int(n.Pos()))
	last := sort.SearchInts(s.at, int(n.End()))
	return s.tokens[first:max(first, last)]
}

// differ collects the classes of the differences between two sides.
type differ struct {
	a, b *side
	ops  []string
}

// verdict returns the one class all differences share, else REWRITE.
func (d *differ) verdict() string {
	if len(d.ops) == 0 {
		return "REWRITE"
	}
	for _, op := range d.ops {
		if op != d.ops[0] {
			return "REWRITE"
		}
	}
	return d.ops[0]
}

// found notes one difference.
func (d *differ) found(op string) { d.ops = append(d.ops, op) }

// same tells whether node a of the first side has the tokens of node b of the second.
func (d *differ) same(a, b ast.Node) bool { return equalTokens(d.a.part(a), d.b.part(b)) }

// equalTokens compares two token lists.
func equalTokens(x, y []string) bool {
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if x[i] != y[i] {
			return false
		}
	}
	return true
}

// decls compares lists of declarations.
func (d *differ) decls(a, b []ast.Decl) {
	if len(a) != len(b) {
		if isImport(a) != isImport(b) {
			d.found("IMPORT")
		} else {
			d.found("DECL")
		}
		return
	}
	for i := range a {
		if d.same(a[i], b[i]) {
			continue
		}
		x, okX := a[i].(*ast.FuncDecl)
		y, okY := b[i].(*ast.FuncDecl)
		if okX && okY {
			d.function(x, y)
			continue
		}
		g, okG := a[i].(*ast.GenDecl)
		h, okH := b[i].(*ast.GenDecl)
		if okG && okH {
			d.general(g, h)
			continue
		}
		d.found("REWRITE")
	}
}

// isImport tells whether a list starts with an import declaration.
func isImport(list []ast.Decl) bool {
	if len(list) == 0 {
		return false
	}
	g, ok := list[0].(*ast.GenDecl)
	return ok && g.Tok == token.IMPORT
}

// function compares two function declarations.
func (d *differ) function(a, b *ast.FuncDecl) {
	if a.Name.Name != b.Name.Name {
		d.found("DECL")
	}
	d.fields(a.Recv, b.Recv)
	d.signature(a.Type, b.Type)
	switch {
	case a.Body != nil && b.Body != nil:
		d.list(a.Body.List, b.Body.List)
	case a.Body != b.Body:
		d.found("DECL")
	}
}

// signature compares two function types.
func (d *differ) signature(a, b *ast.FuncType) {
	d.fields(a.TypeParams, b.TypeParams)
	d.fields(a.Params, b.Params)
	d.fields(a.Results, b.Results)
}

// fields compares two lists of parameters or fields: another type is TYPE, another name or number DECL.
func (d *differ) fields(a, b *ast.FieldList) {
	switch {
	case a == nil && b == nil:
		return
	case a == nil || b == nil || len(a.List) != len(b.List):
		d.found("DECL")
		return
	}
	for i, f := range a.List {
		g := b.List[i]
		if !d.same(f.Type, g.Type) {
			d.found("TYPE")
		} else if !d.same(f, g) {
			d.found("DECL")
		}
	}
}

// general compares two const, var, type or import declarations.
func (d *differ) general(a, b *ast.GenDecl) {
	if a.Tok == token.IMPORT || b.Tok == token.IMPORT {
		d.found("IMPORT")
		return
	}
	if a.Tok != b.Tok || len(a.Specs) != len(b.Specs) {
		d.found("DECL")
		return
	}
	for i := range a.Specs {
		if !d.same(a.Specs[i], b.Specs[i]) {
			d.spec(a.Specs[i], b.Specs[i])
		}
	}
}

// spec compares two specifications of a declaration.
func (d *differ) spec(a, b ast.Spec) {
	switch a := a.(type) {
	case *ast.ValueSpec:
		b, ok := b.(*ast.ValueSpec)
		if !ok || len(a.Names) != len(b.Names) || len(a.Values) != len(b.Values) || (a.Type == nil) != (b.Type == nil) {
			d.found("DECL")
			return
		}
		for i := range a.Names {
			if a.Names[i].Name != b.Names[i].Name {
				d.found("DECL")
			}
		}
		if a.Type != nil && !d.same(a.Type, b.Type) {
			d.found("TYPE")
		}
		d.exprs(a.Values, b.Values, "", "ARG")
	case *ast.TypeSpec:
		if b, ok := b.(*ast.TypeSpec); ok && a.Name.Name == b.Name.Name {
			d.found("TYPE")
			return
		}
		d.found("DECL")
	default:
		d.found("DECL")
	}
}
