package main

import (
	"go/ast"
	"go/scanner"
	"go/token"
	"hash/maphash"
	"slices"
	"strings"
	"unicode"
)

// Bounds of what is looked at around a function.
const (
	aroundGram  = 4       // tokens of a pattern of the rest of the file
	aroundBytes = 1 << 18 // of the rest of the file
	aroundWords = 20      // of the comment
	aroundShort = 4       // tokens of a change that is paired with the comment's words
)

// surroundings are what stands around a function: the words of its comment, and the patterns of the file's other code.
// Code repeats itself within a file (Tu, Su and Devanbu, On the Localness of Software, FSE 2014).
type surroundings struct {
	doc   string // the comment in lower case, a blank on each side
	words []string
	grams map[uint64]bool
}

// symptoms are what failing tests say, as far as it tells how results are wrong.
type symptoms struct {
	Kinds []string `json:"kinds"`
	Got   string   `json:"got"`
	Want  string   `json:"want"`
}

// commonWords say nothing about what a function does.
var commonWords = map[string]bool{
	"the": true, "and": true, "for": true, "that": true, "this": true, "with": true, "its": true, "are": true,
	"was": true, "has": true, "have": true, "will": true, "can": true, "from": true, "into": true, "given": true,
	"func": true, "function": true, "method": true, "which": true, "when": true, "used": true, "returns": true, "return": true,
}

// numberWords are the numbers that comments spell.
var numberWords = map[string]string{"0": "zero", "1": "one", "2": "two", "3": "three", "4": "four", "10": "ten"}

var gramSeed = maphash.MakeSeed()

// newSurroundings looks at what stands around fn in f; of the patterns only those that stand in other, too, when it is
// not nil: the file before a change tells nothing of what the change did elsewhere.
func newSurroundings(p *Package, f *File, fn *ast.FuncDecl, other []byte) *surroundings {
	start, end := p.Offset(fn.Pos()), p.Offset(fn.End())
	a := &surroundings{grams: map[uint64]bool{}}
	addGrams(a.grams, f.Src[:min(start, aroundBytes)])
	addGrams(a.grams, f.Src[end:min(len(f.Src), end+aroundBytes)])
	if other != nil {
		known := map[uint64]bool{}
		addGrams(known, other)
		for gram := range a.grams {
			if !known[gram] {
				delete(a.grams, gram)
			}
		}
	}
	if fn.Doc != nil {
		a.read(fn.Doc.Text(), fn.Name.Name)
	}
	return a
}

// read takes a comment in, without the function's name.
func (a *surroundings) read(doc, name string) {
	a.doc = " " + strings.ToLower(doc) + " "
	for _, word := range strings.FieldsFunc(doc, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		lower := strings.ToLower(word)
		if len(word) > 2 && word != name && !commonWords[lower] && !slices.Contains(a.words, lower) && len(a.words) < aroundWords {
			a.words = append(a.words, lower)
		}
	}
}

// addGrams adds the patterns of 2 to aroundGram tokens of a source text.
func addGrams(grams map[uint64]bool, src []byte) {
	var list []string
	fset := token.NewFileSet()
	file := fset.AddFile("", 1, len(src))
	var sc scanner.Scanner
	sc.Init(file, src, func(token.Position, string) {}, 0)
	for {
		_, tok, lit := sc.Scan()
		if tok == token.EOF {
			break
		}
		switch {
		case tok == token.SEMICOLON && lit == "\n":
			lit = lineBreak
		case lit == "" || tok.IsOperator():
			lit = tok.String()
		}
		list = append(list, lit)
	}
	for at := range list {
		for n := 2; n <= aroundGram && at+n <= len(list); n++ {
			grams[gramKey(list[at:at+n])] = true
		}
	}
}

// gramKey returns the key of one pattern.
func gramKey(list []string) uint64 {
	var h maphash.Hash
	h.SetSeed(gramSeed)
	for _, text := range list {
		h.WriteString(text)
		h.WriteByte(0)
	}
	return h.Sum64()
}

// surround notes how an edit fits what stands around the function, and what the failing tests say.
func (s *signer) surround(c Candidate, d tokenEdit, gone, come []signToken, head string) {
	if s.outside != nil {
		s.local(c, d, gone, come)
		s.comment(c, gone, come)
	}
	for _, kind := range s.symptoms.Kinds {
		s.word("symptom", kind, c.Op)
		s.word("symptom-rule", kind, c.Rule)
		s.word("symptom-head", kind, head)
		s.shape("symptom-pair", kind, gone, come)
	}
	s.wanted(gone, -1)
	s.wanted(come, 1)
}

// local notes how many of the patterns that an edit makes and removes stand elsewhere in the file.
func (s *signer) local(c Candidate, d tokenEdit, gone, come []signToken) {
	for n := 2; n <= aroundGram; n++ {
		left := s.tokens[max(0, d.first-n+1):d.first]
		right := s.tokens[d.last:min(len(s.tokens), d.last+n-1)]
		was, is := s.known(n, left, gone, right), s.known(n, left, come, right)
		s.word("rest", digit(n), was, is)
		if n == 3 {
			s.word("rest-op", c.Op, was, is)
			s.word("rest-rule", c.Rule, was, is)
		}
	}
}

// known returns which share of the patterns of n tokens that touch the middle are known: none, few, most or all.
func (s *signer) known(n int, left, middle, right []signToken) string {
	list := make([]string, 0, len(left)+len(middle)+len(right))
	for _, part := range [][]signToken{left, middle, right} {
		for _, t := range part {
			list = append(list, t.text)
		}
	}
	all, found := 0, 0
	for at := 0; at+n <= len(list); at++ {
		all++
		if s.outside.grams[gramKey(list[at:at+n])] {
			found++
		}
	}
	switch {
	case found == 0:
		return "none"
	case found == all:
		return "all"
	case 2*found < all:
		return "few"
	}
	return "most"
}

// comment notes what of an edit the function's comment speaks of.
func (s *signer) comment(c Candidate, gone, come []signToken) {
	if s.outside.doc == "" {
		return
	}
	s.mentioned(gone, -1)
	s.mentioned(come, 1)
	short := len(gone)+len(come) <= aroundShort
	for _, word := range s.outside.words {
		s.word("doc", word, c.Rule)
		if short {
			s.shape("doc-pair", word, gone, come)
		}
	}
}

// mentioned notes which names and literals of a list the comment mentions.
func (s *signer) mentioned(list []signToken, amount int32) {
	for _, t := range list {
		found := false
		switch {
		case t.name:
			for _, part := range append(words(t.text), strings.ToLower(t.text)) {
				found = found || len(part) > 2 && strings.Contains(s.outside.doc, part)
			}
		case t.literal():
			text := strings.ToLower(strings.Trim(t.text, "\"'`"))
			found = text != "" && strings.Contains(s.outside.doc, text)
			if spelled := numberWords[text]; spelled != "" {
				found = strings.Contains(s.outside.doc, " "+spelled+" ") || strings.Contains(s.outside.doc, " "+text)
			}
		default:
			continue
		}
		s.noted(amount, "mentioned", t.class, yes(found))
	}
}

// literal tells whether a token is a number, a rune or a text.
func (t signToken) literal() bool {
	if t.name || t.text == "" {
		return false
	}
	first := t.text[0]
	return first >= '0' && first <= '9' || first == '"' || first == '\'' || first == '`'
}

// wanted notes which literals of a list stand in what the failing tests got and wanted.
func (s *signer) wanted(list []signToken, amount int32) {
	if s.symptoms.Got == "" && s.symptoms.Want == "" {
		return
	}
	for _, t := range list {
		if text := strings.Trim(t.text, "\"'`"); t.literal() && text != "" {
			s.noted(amount, "wanted", t.class, yes(strings.Contains(s.symptoms.Got, text)), yes(strings.Contains(s.symptoms.Want, text)))
		}
	}
}
