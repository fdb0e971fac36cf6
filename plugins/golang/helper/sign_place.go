package main

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// place notes where an edit stands: in which function, inside which brackets and blocks, and below which line.
func (s *signer) place(c Candidate, d tokenEdit, gone, come []signToken, from int) {
	for _, part := range s.title {
		s.shape("title", part, gone, come)
		s.plain("title", part, gone, come)
	}
	opener, blocks := s.around(d.first)
	if opener != "" {
		s.shape("in", opener, gone, come)
		s.word("in-op", c.Op, opener)
	}
	s.shape("block", blocks[0], gone, come)
	s.word("block-op", c.Op, blocks[0], blocks[1])
	s.word("block-rule", c.Rule, blocks[0])
	if from > 1 {
		at, _ := s.line(from-1, from-1)
		s.shape("above-pair", s.head(at, 3), gone, come)
	}
	if s.tokens[from].text == "return" {
		s.shape("result", s.results, gone, come)
		s.word("result-op", s.results, c.Op)
	}
}

// around returns what a token is directly inside of on its statement, an argument's or an index's place, and the
// heads of the two innermost blocks.
func (s *signer) around(at int) (opener string, blocks [2]string) {
	depth, commas, found := 0, 0, 0
	for i := at - 1; i >= 0 && found < len(blocks); i-- {
		switch s.tokens[i].text {
		case ")", "]", "}":
			depth++
		case ",":
			if depth == 0 {
				commas++
			}
		case "(", "[":
			if depth > 0 {
				depth--
				continue
			}
			if opener == "" && found == 0 && i > 0 {
				before := s.tokens[i-1]
				opener = s.tokens[i].text + before.class + " " + digit(min(commas, 4))
				if s.tokens[i].text == "(" {
					opener += before.text
				}
			}
		case "{":
			if depth > 0 {
				depth--
				continue
			}
			start, _ := s.line(i, i)
			blocks[found] = s.head(start, 3)
			found++
		}
	}
	return opener, blocks
}

// uses notes how the names that come and go are used nearby: where the name stands before and behind the edit.
func (s *signer) uses(d tokenEdit, gone, come []signToken) {
	s.usesOf(d, gone, -1)
	s.usesOf(d, come, 1)
	s.numbers(gone, -1)
	s.numbers(come, 1)
	if len(gone) == 1 && len(come) == 1 && gone[0].name && come[0].name {
		was, is := words(gone[0].text), words(come[0].text)
		for _, one := range was {
			for _, two := range is {
				if one != two {
					s.word("subwords", one, two)
				}
			}
		}
	}
}

// usesOf notes the names of a list, which stands in place of an edit's tokens.
func (s *signer) usesOf(d tokenEdit, list []signToken, amount int32) {
	for i, t := range list {
		if !t.name {
			continue
		}
		left, right := s.beside(list, i, d.first-1, -1), s.beside(list, i, d.last, 1)
		before, after := s.occurrence(t.text, d.first-1, -1), s.occurrence(t.text, d.last, 1)
		s.noted(amount, "use-before", t.class, left, right, before)
		s.noted(amount, "use-after", t.class, left, right, after)
		s.noted(amount, "use-both", t.class, before, after)
		s.noted(amount, "use-far", s.distance(t.text, d.first), s.distance(t.text, d.last))
		kin := "none"
		for _, word := range words(t.text) {
			if slices.Contains(s.title, word) {
				kin = "title"
			}
		}
		s.noted(amount, "use-kin", t.class, left, right, kin)
	}
}

// beside returns the class of the token on one side of the i-th of a list, which stands in place of an edit's tokens.
func (s *signer) beside(list []signToken, i, outside, step int) string {
	if next := i + step; next >= 0 && next < len(list) {
		return list[next].class
	}
	if outside >= 0 && outside < len(s.tokens) {
		return s.tokens[outside].class
	}
	return ""
}

// occurrence returns the classes around the next occurrence of a name in one direction, "none" without any.
func (s *signer) occurrence(name string, from, step int) string {
	for i := from; i >= 0 && i < len(s.tokens); i += step {
		if s.tokens[i].text != name {
			continue
		}
		out := "^"
		if i > 0 {
			out = s.tokens[i-1].class
		}
		if i+1 < len(s.tokens) {
			out += " " + s.tokens[i+1].class
		}
		return out
	}
	return "none"
}

// distance returns how many lines lie between a token and the nearest occurrence of a name, in a few steps.
func (s *signer) distance(name string, at int) string {
	if at >= len(s.tokens) {
		at = len(s.tokens) - 1
	}
	best := -1
	for i, t := range s.tokens {
		if lines := max(s.rows[i], s.rows[at]) - min(s.rows[i], s.rows[at]); t.text == name && (best < 0 || lines < best) {
			best = lines
		}
	}
	switch {
	case best < 0:
		return "none"
	case best < 3:
		return digit(best)
	case best < 8:
		return "few"
	}
	return "far"
}

// numbers notes whether the literals that come and go stand elsewhere in the function.
func (s *signer) numbers(list []signToken, amount int32) {
	for _, t := range list {
		switch t.class {
		case "N", "F", "R", "S":
			s.noted(amount, "literal", t.class, digit(min(3, s.counts[t.text])))
		}
	}
}

// alike notes how many lines of the function have the same shape as the line before and behind the edit.
func (s *signer) alike(op string, before, after []signToken) {
	was, is := s.shapes[classes(before)], s.shapes[classes(after)]
	s.word("alike", digit(min(3, was)), digit(min(3, is)))
	s.word("alike-op", op, digit(min(2, was)), digit(min(2, is)))
}

// resultClasses returns the classes of a function's results.
func resultClasses(fn *ast.FuncDecl, info *types.Info) string {
	out := ""
	if fn.Type.Results == nil {
		return out
	}
	for _, field := range fn.Type.Results.List {
		out += strings.Repeat(typeClass(info.TypeOf(field.Type))+" ", max(1, len(field.Names)))
	}
	return out
}
