package main

import (
	"go/ast"
	"go/parser"
	"math/rand"
	"strings"
)

// Offer is one candidate of a broken function, for what learns to order candidates.
type Offer struct {
	Rule  string  `json:"rule"`
	Prior float64 `json:"prior"`
	Signs string  `json:"signs"`
	Right bool    `json:"right,omitempty"`
}

// offers returns the catalogue's candidates of a broken text of the declaration: those that make the target, and of
// the others that type-check at most so many, half of them the likeliest, half drawn from the rest. It returns nil
// when none makes the target.
func (w *worker) offers(broken, target string) []Offer {
	wanted := withoutBlanks(target)
	var right, others []Candidate
	signs, all := w.checker.enumerate(broken)
	if w.around == nil {
		w.around = newSurroundings(w.pkg, w.f, w.fn, w.before)
	}
	if signs != nil {
		signs.outside = w.around
	}
	for _, c := range all {
		if withoutBlanks(applyEdits(broken, c.Edits)) == wanted {
			right = append(right, c)
		} else {
			others = append(others, c)
		}
	}
	if len(right) == 0 {
		return nil
	}
	most := w.settings.offers
	if len(others) > most/2 {
		drawn(w.rng, others[most/2:])
	}
	out := make([]Offer, 0, most+len(right))
	for _, c := range right {
		out = append(out, Offer{c.Rule, c.Prior, signs.signs(c), true})
	}
	for _, c := range others {
		if len(out) > most {
			break
		}
		if len(w.checker.check(applyEdits(broken, c.Edits))) == 0 {
			out = append(out, Offer{c.Rule, c.Prior, signs.signs(c), false})
		}
	}
	return out
}

// offered returns the candidates of the catalogue for a broken text that builds or does not, nil when none makes the
// target.
func (w *worker) offered(build bool, broken, target string) []Offer {
	if build {
		return w.buildOffers(broken, target)
	}
	return w.offers(broken, target)
}

// drawn puts candidates into random order.
func drawn(rng *rand.Rand, list []Candidate) {
	rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
}

// withoutBlanks returns a text without what gofmt decides.
func withoutBlanks(text string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '\n', ';':
			return -1
		}
		return r
	}, text)
}

// loneHead stands in front of a declaration that is parsed alone.
const loneHead = "package p;"

// enumerate returns the behaviour edits of the declaration's new text, likeliest first, with what computes their signs;
// none when it does not build. Offsets count from the text's beginning.
func (c *funcChecker) enumerate(text string) (*signer, []Candidate) {
	src := loneHead + text
	tree, fn := c.parseLone(src)
	if tree != nil {
		defer c.pkg.Fset.RemoveFile(c.pkg.Fset.File(tree.FileStart))
	}
	if fn == nil {
		return nil, nil
	}
	info := newInfo()
	file, raws := c.checkLone(tree, fn, info)
	if len(raws) > 0 {
		return nil, nil
	}
	p := c.state(file, src, info)
	o := newOperators(p, p.Files[0], fn, 0, 0)
	o.lone = true
	list, signs := o.candidates(), newSigner(p, p.Files[0], fn)
	for i := range list {
		list[i].Edits = shifted(list[i].Edits, o.start)
	}
	signs.base = 0
	return signs, list
}

// parseLone parses a source of one function, which is nil when there is something else; a tree's positions are to be
// taken out of the file set in any case.
func (c *funcChecker) parseLone(src string) (*ast.File, *ast.FuncDecl) {
	tree, err := parser.ParseFile(c.pkg.Fset, c.file.Path, src, parser.SkipObjectResolution)
	if err != nil || len(tree.Decls) != 1 {
		return tree, nil
	}
	fn, ok := tree.Decls[0].(*ast.FuncDecl)
	if !ok || fn.Body == nil {
		return tree, nil
	}
	return tree, fn
}
