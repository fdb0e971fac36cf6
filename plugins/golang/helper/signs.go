package main

import (
	"encoding/base64"
	"encoding/binary"
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// Signs are what a scorer of edits learns from: features of a candidate and its surroundings, hashed. They are local
// patterns of tokens (Hindle et al., On the Naturalness of Software, ICSE 2012): those that an edit makes count up,
// those it removes count down. Names stand for their types, and for whether they are the same as one nearby. Weights fit
// one way of hashing alone: whoever changes it raises VERSION in hrgc/edit_scorer.py.

// signBits is how many bits of a hash are kept.
const signBits = 20

// Bounds of what is looked at.
const (
	signContext = 5  // tokens on each side of a change
	signLongest = 24 // tokens of a change
	signGram    = 5  // tokens of a pattern
	signRaw     = 3  // tokens of a pattern whose names count as written
	signLine    = 18 // tokens of a line that counts as a whole
)

// signer computes the signs of one function's candidates.
type signer struct {
	text     []byte // of the function
	base     int    // its offset in the file
	tokens   []signToken
	scope    *types.Scope // of the package
	classes  map[string]string
	counts   map[string]int // tokens by text
	lines    map[string]int // lines by their tokens
	rows     []int          // the line of each token
	shapes   map[string]int // lines by the classes of their tokens
	title    []string       // words of the function's name
	results  string         // classes of the function's results
	domain   string         // what kind of edits are looked at, '' for those of behaviour
	diag     *Diag          // the finding that an edit answers, nil without one
	at       int            // its row in the function, -1 when it is elsewhere
	outside  *surroundings  // nil when they do not count
	symptoms symptoms       // what failing tests say
	found    map[uint32]int32
	scratch  []byte
}

// newSigner prepares the signs of a function.
func newSigner(p *Package, f *File, fn *ast.FuncDecl) *signer {
	start, end := int(fn.Pos())-f.Tok.Base(), int(fn.End())-f.Tok.Base()
	s := &signer{
		text: f.Src[start:end], base: start, scope: p.Types.Scope(), classes: nameClasses(fn, p.Info),
		counts: map[string]int{}, lines: map[string]int{}, shapes: map[string]int{},
		title: words(fn.Name.Name), results: resultClasses(fn, p.Info),
	}
	s.tokens = s.lexSigns(s.text)
	from, row := 0, 0
	for i, t := range s.tokens {
		s.counts[t.text]++
		s.rows = append(s.rows, row)
		if t.text == lineBreak || i == len(s.tokens)-1 {
			s.lines[spelled(s.tokens[from:i])]++
			s.shapes[classes(s.tokens[from:i])]++
			from, row = i+1, row+1
		}
	}
	return s
}

// spelled returns tokens as one text.
func spelled(list []signToken) string {
	return texts(list, func(t signToken) string { return t.text })
}

// classes returns the classes of tokens as one text.
func classes(list []signToken) string {
	return texts(list, func(t signToken) string { return t.class })
}

// texts returns one word of each token, a blank behind each.
func texts(list []signToken, word func(signToken) string) string {
	var out strings.Builder
	for _, t := range list {
		out.WriteString(word(t))
		out.WriteByte(' ')
	}
	return out.String()
}

// signs returns the features of a candidate: each a little-endian int32 whose amount is the hash plus one and whose
// sign tells whether the edit brings it or takes it away, base64.
func (s *signer) signs(c Candidate) string {
	s.found = map[uint32]int32{}
	s.word("rule", c.Rule)
	for _, e := range c.Edits {
		if e.Start >= s.base && e.End <= s.base+len(s.text) {
			s.edit(c, s.changed(Edit{e.Start - s.base, e.End - s.base, e.New}))
		}
	}
	keys := make([]uint32, 0, len(s.found))
	for key := range s.found {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	out := make([]byte, 0, 4*len(keys))
	for _, key := range keys {
		value, n := int32(key)+1, s.found[key]
		if n < 0 {
			value, n = -value, -n
		}
		for range min(n, 3) {
			out = binary.LittleEndian.AppendUint32(out, uint32(value))
		}
	}
	return base64.StdEncoding.EncodeToString(out)
}

// edit notes the features of one edit.
func (s *signer) edit(c Candidate, d tokenEdit) {
	gone, come := s.tokens[d.first:d.last], d.come
	gone, come = gone[:min(len(gone), signLongest)], come[:min(len(come), signLongest)]
	left := s.tokens[max(0, d.first-signContext):d.first]
	right := s.tokens[d.last:min(len(s.tokens), d.last+signContext)]
	from, to := s.line(d.first, d.last)
	head := s.head(from, 2)
	l1, l2, r1, r2 := lastOf(left, 1), lastOf(left, 2), right[:min(1, len(right))], right[:min(2, len(right))]

	s.shape("pair", "", gone, come)
	s.plain("pair", "", gone, come)
	s.shape("both", "", l1, gone, come, r1)
	s.shape("wide", "", l2, gone, come, r2)
	s.shape("left", "", l1, gone, come)
	s.shape("right", "", gone, come, r1)
	s.plain("left", "", l1, gone, come)
	s.plain("right", "", gone, come, r1)
	s.shape("head", head, gone, come)
	s.word("op", c.Op, head)
	s.word("rule-head", c.Rule, head)
	s.grams(slices.Concat(left, gone, right), len(left), len(gone), -1)
	s.grams(slices.Concat(left, come, right), len(left), len(come), 1)

	before := slices.Concat(s.tokens[from:d.first], gone, s.tokens[d.last:to])
	after := slices.Concat(s.tokens[from:d.first], come, s.tokens[d.last:to])
	if len(before) <= signLine {
		s.count("line", -1, before)
		s.shape("line-pair", "", before, gone, come)
	}
	if len(after) <= signLine {
		s.count("line", 1, after)
	}
	s.names(c.Op, gone, come)
	s.repeats(c.Op, before, after)
	s.neighbours(c.Op, head, from, to, gone, come)
	s.place(c, d, gone, come, from)
	s.uses(d, gone, come)
	s.alike(c.Op, before, after)
	s.surround(c, d, gone, come, head)
	s.finding(c, d, gone, come)
}

// lastOf returns the last n tokens.
func lastOf(list []signToken, n int) []signToken { return list[max(0, len(list)-n):] }

// line returns the bounds of the lines that hold the tokens first..last-1.
func (s *signer) line(first, last int) (from, to int) {
	from, to = first, last
	for from > 0 && s.tokens[from-1].text != lineBreak {
		from--
	}
	for to < len(s.tokens) && s.tokens[to].text != lineBreak {
		to++
	}
	return from, to
}

// head returns the classes of the n tokens at a position.
func (s *signer) head(at, n int) string { return classes(s.tokens[at:min(len(s.tokens), at+n)]) }

// names notes how often the names that come and go occur elsewhere in the function.
func (s *signer) names(op string, gone, come []signToken) {
	was, is := countNames(gone), countNames(come)
	for name := range is {
		n := digit(min(4, s.counts[name]-was[name]))
		s.word("come", n)
		s.word("come-op", op, n)
	}
	for name := range was {
		n := digit(min(4, s.counts[name]-was[name]+is[name]))
		s.word("gone", n)
		s.word("gone-op", op, n)
	}
}

// countNames counts the names among tokens.
func countNames(list []signToken) map[string]int {
	out := map[string]int{}
	for _, t := range list {
		if t.name {
			out[t.text]++
		}
	}
	return out
}

// digit returns a small number as a text.
func digit(n int) string { return string(rune('0' + max(0, n))) }

// repeats notes lines that stand in the function already, before or after the edit.
func (s *signer) repeats(op string, before, after []signToken) {
	for from, i := 0, 0; i <= len(after); i++ {
		if i < len(after) && after[i].text != lineBreak {
			continue
		}
		if n := s.lines[spelled(after[from:i])]; n > 0 && i > from {
			s.word("repeat", digit(min(2, n)))
			s.word("repeat-op", op)
		}
		from = i + 1
	}
	if s.lines[spelled(before)] > 1 {
		s.word("repeated", op)
	}
}

// neighbours notes what the lines above and below begin with.
func (s *signer) neighbours(op, head string, from, to int, gone, come []signToken) {
	above, below := "^", "$"
	if from > 1 {
		at, _ := s.line(from-1, from-1)
		above = s.head(at, 2)
	}
	if to+1 < len(s.tokens) {
		below = s.head(to+1, 2)
	}
	s.word("above", above, head, op)
	s.word("below", head, below, op)
	if !holdsLine(gone) && !holdsLine(come) {
		return
	}
	went, came := classes(gone[:min(3, len(gone))]), classes(come[:min(4, len(come))])
	s.word("above-lines", above, went, came)
	s.word("below-lines", went, came, below)
}

// holdsLine tells whether tokens reach over a line's end.
func holdsLine(list []signToken) bool { return holds(list, lineBreak) }
