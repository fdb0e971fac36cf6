package main

import (
	"go/ast"
	"go/scanner"
	"go/token"
	"go/types"
	"sort"
)

// signToken is one token of a text, as the signs of an edit see it.
type signToken struct {
	text       string
	class      string // what the token is, beyond its text: of a name its type, of a literal its kind
	name       bool   // a name of the program's own: only whether it is the same as another counts
	start, end int    // byte offsets
}

// lineBreak is the token between two lines.
const lineBreak = "\n"

// lexSigns splits a text into tokens; comments and semicolons do not count, several line ends count as one.
func (s *signer) lexSigns(text []byte) []signToken {
	var out []signToken
	fset := token.NewFileSet()
	file := fset.AddFile("", 1, len(text))
	var sc scanner.Scanner
	sc.Init(file, text, func(token.Position, string) {}, 0)
	last := 0
	for {
		pos, tok, lit := sc.Scan()
		at := int(pos) - 1
		for i := last; i < min(at, len(text)); i++ {
			if text[i] == '\n' && len(out) > 0 && out[len(out)-1].text != lineBreak {
				out = append(out, signToken{text: lineBreak, class: lineBreak, start: i, end: i + 1})
			}
		}
		if tok == token.EOF {
			return out
		}
		if tok == token.SEMICOLON && lit == "\n" {
			last = at
			continue
		}
		if lit == "" || tok.IsOperator() {
			lit = tok.String()
		}
		last = at + len(lit)
		t := signToken{text: lit, start: at, end: last}
		s.classify(&t, tok)
		out = append(out, t)
	}
}

// classify fills in a token's class.
func (s *signer) classify(t *signToken, tok token.Token) {
	switch tok {
	case token.IDENT:
		if types.Universe.Lookup(t.text) != nil && s.classes[t.text] == "" && s.scope.Lookup(t.text) == nil {
			t.class = t.text
			return
		}
		t.name, t.class = true, s.classOf(t.text)
	case token.INT:
		t.class = t.text
		if len(t.text) > 1 {
			t.class = "N"
		}
	case token.FLOAT, token.IMAG:
		t.class = "F"
	case token.CHAR:
		t.class = "R"
	case token.STRING:
		t.class = "S"
		if len(t.text) == 2 {
			t.class = t.text
		}
	default:
		t.class = t.text
	}
}

// classOf returns the class of a name: what it stands for in the function, else in the package.
func (s *signer) classOf(name string) string {
	known, ok := s.classes[name]
	if !ok {
		known = "?"
		if obj := s.scope.Lookup(name); obj != nil {
			known = classOf(obj)
		}
		s.classes[name] = known
	}
	return known
}

// nameClasses returns what each name of the function stands for; a name with several meanings has that of the first.
func nameClasses(fn *ast.FuncDecl, info *types.Info) map[string]string {
	out := map[string]string{}
	ast.Inspect(fn, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && out[id.Name] == "" {
			if obj := info.ObjectOf(id); obj != nil && obj.Parent() != types.Universe {
				out[id.Name] = classOf(obj)
			}
		}
		return true
	})
	return out
}

// classOf returns the class of what a name stands for.
func classOf(obj types.Object) string {
	switch obj := obj.(type) {
	case *types.PkgName:
		return "P"
	case *types.TypeName:
		return "T"
	case *types.Const:
		return "c" + typeClass(obj.Type())
	default:
		return typeClass(obj.Type())
	}
}

// typeClass returns a short word for a type.
func typeClass(t types.Type) string {
	if t == nil {
		return "?"
	}
	if types.Identical(t, types.Universe.Lookup("error").Type()) {
		return "e"
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch info := u.Info(); {
		case info&types.IsBoolean != 0:
			return "b"
		case info&types.IsString != 0:
			return "s"
		case info&types.IsInteger != 0:
			return "i"
		case info&types.IsNumeric != 0:
			return "f"
		}
		return "?"
	case *types.Slice, *types.Array:
		return "l"
	case *types.Map:
		return "m"
	case *types.Pointer:
		return "p"
	case *types.Chan:
		return "h"
	case *types.Signature:
		return "F"
	case *types.Struct:
		return "t"
	case *types.Interface:
		return "I"
	}
	return "?"
}

// span returns the positions of the tokens that an edit of start..end reaches, one more on each side.
func (s *signer) span(start, end int) (first, last int) {
	first = sort.Search(len(s.tokens), func(i int) bool { return s.tokens[i].end > start })
	last = max(first, sort.Search(len(s.tokens), func(i int) bool { return s.tokens[i].start >= end }))
	return max(0, first-1), min(len(s.tokens)-1, last)
}

// tokenEdit is one edit in tokens: those at first..last-1 go, and come takes their place.
type tokenEdit struct {
	first, last int
	come        []signToken
}

// changed returns an edit in tokens, without what stays the same on either side.
func (s *signer) changed(e Edit) tokenEdit {
	first, last := s.span(e.Start, e.End)
	from, to := min(s.tokens[first].start, e.Start), max(s.tokens[last].end, e.End)
	text := append(append(append([]byte{}, s.text[from:e.Start]...), e.New...), s.text[e.End:to]...)
	come, gone := s.lexSigns(text), s.tokens[first:last+1]
	head := 0
	for head < len(come) && head < len(gone) && come[head].text == gone[head].text {
		head++
	}
	tail := 0
	for tail < len(come)-head && tail < len(gone)-head && come[len(come)-1-tail].text == gone[len(gone)-1-tail].text {
		tail++
	}
	return tokenEdit{first + head, last + 1 - tail, come[head : len(come)-tail]}
}
