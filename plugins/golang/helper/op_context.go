package main

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"hash/maphash"
	"slices"
)

// operators collects the candidates of one function declaration. Every op_*.go file adds one class: it looks
// at one node at a time (stack holds the way to it) and emits edits that should type-check.
type operators struct {
	pkg   *Package
	file  *File
	fn    *ast.FuncDecl
	info  *types.Info
	src   []byte
	start int // byte range of the declaration
	end   int
	first int // only candidates that touch lines first..last
	last  int
	want  map[string]bool // operation classes asked for, nil for all
	thin  bool            // few guards and insertions: breaking needs no repair's completeness
	lone  bool            // the file holds the declaration alone: nothing can be imported
	stack []ast.Node      // from fn to the current node
	facts *funcFacts
	scope map[*types.Scope][]types.Object // package and file level names already sorted

	out     []Candidate
	factors []float64 // what signs of a mistake multiply each candidate's prior by
	factor  float64   // a factor for all that is emitted now
	seen    map[uint64]struct{}
	seed    maphash.Seed
	group   map[siteRule][]int // candidates of one rule at one node, for the prior
}

// siteRule names one rule at one node.
type siteRule struct {
	node ast.Node
	rule string
}

// newOperators prepares the operators for function fn of file f; last 0 means all lines.
func newOperators(p *Package, f *File, fn *ast.FuncDecl, first, last int) *operators {
	o := &operators{
		pkg: p, file: f, fn: fn, info: p.Info, src: f.Src,
		first: first, last: last,
		seen: map[uint64]struct{}{}, seed: maphash.MakeSeed(), group: map[siteRule][]int{},
		scope: map[*types.Scope][]types.Object{}, factor: 1,
	}
	o.start, o.end = o.off(fn.Pos()), o.off(fn.End())
	if o.last == 0 {
		o.first, o.last = o.line(fn.Pos()), o.line(fn.End())
	}
	o.facts = gatherFacts(o)
	o.seen[o.textHash(nil)] = struct{}{}
	return o
}

// off returns the byte offset of pos in the file.
func (o *operators) off(pos token.Pos) int { return int(pos) - o.file.Tok.Base() }

// line returns the 1-based line of pos.
func (o *operators) line(pos token.Pos) int { return o.file.Tok.PositionFor(pos, false).Line }

// text returns the source of a node.
func (o *operators) text(n ast.Node) string {
	start, end := o.off(n.Pos()), o.off(n.End())
	if start < 0 || end > len(o.src) || start > end {
		return ""
	}
	return string(o.src[start:end])
}

// typeOf returns the type of an expression, nil when unknown or invalid.
func (o *operators) typeOf(e ast.Expr) types.Type {
	t := o.info.TypeOf(e)
	if t == nil || t == types.Typ[types.Invalid] {
		return nil
	}
	return t
}

// parent returns the node n levels above the current one, nil above the function.
func (o *operators) parent(n int) ast.Node {
	if i := len(o.stack) - 1 - n; i >= 0 {
		return o.stack[i]
	}
	return nil
}

// enclosingStmt returns the innermost statement that holds the current node and sits directly in a statement list.
func (o *operators) enclosingStmt() ast.Stmt {
	for i := len(o.stack) - 1; i > 0; i-- {
		if s, ok := o.stack[i].(ast.Stmt); ok && isListOwner(o.stack[i-1]) {
			return s
		}
	}
	return nil
}

// isListOwner tells whether a node holds a statement list.
func isListOwner(n ast.Node) bool {
	switch n.(type) {
	case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
		return true
	}
	return false
}

// walk visits every node of the function in source order with the stack kept.
func (o *operators) walk(visit func(n ast.Node)) {
	ast.Inspect(o.fn, func(n ast.Node) bool {
		if n == nil {
			o.stack = o.stack[:len(o.stack)-1]
			return true
		}
		switch n.(type) {
		case *ast.Comment, *ast.CommentGroup:
			return false
		}
		o.stack = append(o.stack, n)
		visit(n)
		return true
	})
}

// inLines tells whether a byte range touches the lines asked for.
func (o *operators) inLines(start, end int) bool {
	return o.line(o.pos(start)) <= o.last && o.line(o.pos(max(start, end-1))) >= o.first
}

// pos turns a byte offset back into a position.
func (o *operators) pos(offset int) token.Pos { return token.Pos(offset + o.file.Tok.Base()) }

// replace emits the replacement of node n by text.
func (o *operators) replace(op, rule string, n ast.Node, text string, weight float64) {
	o.emit(op, rule, n, weight, Edit{o.off(n.Pos()), o.off(n.End()), text})
}

// replaceAt emits the replacement of the token at pos (length bytes long).
func (o *operators) replaceAt(op, rule string, n ast.Node, pos token.Pos, length int, text string, weight float64) {
	start := o.off(pos)
	o.emit(op, rule, n, weight, Edit{start, start + length, text})
}

// emit adds one candidate found at node n unless its lines, class or text rule it out. weight is the prior
// within its rule; edits must be sorted and apart.
func (o *operators) emit(op, rule string, n ast.Node, weight float64, edits ...Edit) {
	if o.want != nil && !o.want[op] || weight <= 0 {
		return
	}
	kept := edits[:0:0]
	for _, e := range edits {
		if e.Start < o.start || e.End > o.end || e.End < e.Start {
			return
		}
		if e = o.trim(e); e.Start != e.End || e.New != "" {
			kept = append(kept, e)
		}
	}
	if len(kept) == 0 || !o.touches(kept) {
		return
	}
	hash := o.textHash(kept)
	if _, old := o.seen[hash]; old {
		return
	}
	o.seen[hash] = struct{}{}
	first, last := kept[0], kept[len(kept)-1]
	key := siteRule{n, rule}
	o.group[key] = append(o.group[key], len(o.out))
	o.factors = append(o.factors, o.factor*o.suspicion(n, kept))
	o.out = append(o.out, Candidate{
		Path: o.file.Path, Edits: kept, Op: op, Rule: rule, Prior: weight, Answers: -1,
		Line: o.line(o.pos(first.Start)), EndLine: max(o.line(o.pos(first.Start)), o.line(o.pos(max(first.Start, last.End-1)))),
	})
}

// touches tells whether any edit reaches the lines asked for.
func (o *operators) touches(edits []Edit) bool {
	for _, e := range edits {
		if o.inLines(e.Start, e.End) {
			return true
		}
	}
	return false
}

// trim cuts the common head and tail of an edit so that it changes the fewest bytes, never inside a word.
func (o *operators) trim(e Edit) Edit {
	old := string(o.src[e.Start:e.End])
	head := 0
	for head < len(old) && head < len(e.New) && old[head] == e.New[head] {
		head++
	}
	for head > 0 && head < max(len(old), len(e.New)) && wordByte(old+" ", head-1) && (wordByte(old+" ", head) || wordByte(e.New+" ", head)) {
		head--
	}
	old, text := old[head:], e.New[head:]
	tail := 0
	for tail < len(old) && tail < len(text) && old[len(old)-1-tail] == text[len(text)-1-tail] {
		tail++
	}
	for tail > 0 && wordByte(old, len(old)-tail) && (tail < len(old) && wordByte(old, len(old)-tail-1) || tail < len(text) && wordByte(text, len(text)-tail-1)) {
		tail--
	}
	return Edit{e.Start + head, e.End - tail, text[:len(text)-tail]}
}

// wordByte tells whether byte i of s belongs to an identifier, a number or a multi-byte character.
func wordByte(s string, i int) bool {
	if i < 0 || i >= len(s) {
		return false
	}
	c := s[i]
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// textHash hashes the declaration's text after the edits, blanks apart.
func (o *operators) textHash(edits []Edit) uint64 {
	var h maphash.Hash
	h.SetSeed(o.seed)
	at := o.start
	for _, e := range edits {
		h.Write(o.src[at:e.Start])
		h.WriteString(e.New)
		at = e.End
	}
	h.Write(o.src[at:o.end])
	return h.Sum64()
}

// sortByPrior puts the likeliest candidates first and keeps the order of equal ones.
func sortByPrior(list []Candidate) {
	slices.SortStableFunc(list, func(a, b Candidate) int { return cmp.Compare(b.Prior, a.Prior) })
}
