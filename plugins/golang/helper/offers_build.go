package main

import (
	"go/ast"
	"strings"
	"time"
)

// buildOffers returns the repairs that the catalogue proposes for a broken text of the declaration, likeliest first,
// nil when none makes the target.
func (w *worker) buildOffers(broken, target string) (out []Offer) {
	defer func() {
		if p := recover(); p != nil {
			out = nil // a repair outside the declaration, which alone is here
		}
	}()
	list := w.checker.repairs(broken, w.settings.offers)
	wanted, found := withoutBlanks(loneHead+target), false
	for _, c := range list {
		mended, err := splice([]byte(loneHead+broken), c.Edits)
		right := err == nil && withoutBlanks(string(mended)) == wanted
		found = found || right
		out = append(out, Offer{c.Rule, c.Prior, c.Signs, right})
	}
	if !found || len(out) < 2 {
		return nil
	}
	return out
}

// offerTime is the wall time of looking for the repairs of one declaration: of thousands none may cost seconds.
const offerTime = 600 * time.Millisecond

// repairs returns at most limit repairs of the declaration's new text, which is checked alone; none when it does not
// parse. Offsets count from the beginning of loneHead.
func (c *funcChecker) repairs(text string, limit int) []Candidate {
	hold := &held{checker: c}
	defer hold.release()
	pkg := hold.state(loneHead + text)
	if pkg == nil || len(pkg.Diags) == 0 {
		return nil
	}
	src := pkg.Files[0].Src
	job := &fixJob{pkg: pkg, start: time.Now().Add(offerTime - fixTime)}
	job.check = func(edits []FileEdits) []Diag {
		next := hold.edited(src, edits)
		if next == nil {
			return []Diag{refused(edits, "parse", "Other", "the declaration is none any more")}
		}
		return next.Diags
	}
	job.derive = func(edits []FileEdits) *Package { return hold.edited(src, edits) }
	return job.run(limit)
}

// held keeps the positions of checked texts alive until they are released.
type held struct {
	checker *funcChecker
	trees   []*ast.File
}

// release takes the positions out of the file set.
func (h *held) release() {
	for _, tree := range h.trees {
		h.checker.pkg.Fset.RemoveFile(h.checker.pkg.Fset.File(tree.FileStart))
	}
}

// edited returns the state behind edits of a source, nil when they reach elsewhere or leave no declaration.
func (h *held) edited(src []byte, edits []FileEdits) *Package {
	for _, fe := range edits {
		if fe.Path != h.checker.file.Path {
			return nil
		}
		next, err := splice(src, fe.Edits)
		if err != nil {
			return nil
		}
		src = next
	}
	return h.state(string(src))
}

// state checks a source that consists of loneHead and one declaration; nil when it does not.
func (h *held) state(src string) *Package {
	if !strings.HasPrefix(src, loneHead) {
		return nil
	}
	c := h.checker
	tree, fn := c.parseLone(src)
	if tree != nil {
		h.trees = append(h.trees, tree)
	}
	if fn == nil {
		return nil
	}
	info := newInfo()
	file, kept := c.checkLone(tree, fn, info)
	state := c.state(file, src, info)
	c.dress(state, kept)
	return state
}
