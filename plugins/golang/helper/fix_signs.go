package main

import (
	"go/ast"
	"slices"
)

// buildDomain sets the signs of repairs of build errors apart from those of behaviour edits: the same change means
// another thing where the code does not build.
const buildDomain = "build"

// signFixes fills in the signs of repairs; proposals and candidates go in pairs.
func (j *fixJob) signFixes(proposals []proposal, out []Candidate) {
	known := map[*ast.FuncDecl]*signer{}
	for i, p := range proposals {
		fn := functionAt(p.file, p.edits[0].Start)
		if fn == nil || j.pkg.Types == nil || j.pkg.Info == nil {
			continue
		}
		s := known[fn]
		if s == nil {
			s = newSigner(j.pkg, p.file, fn)
			s.domain = buildDomain
			known[fn] = s
		}
		s.diag, s.at = nil, 0
		if p.diag >= 0 && p.diag < len(j.pkg.Diags) {
			s.diag = &j.pkg.Diags[p.diag]
			s.at = lineNumberAt(p.file.Src, s.diag.Offset) - lineNumberAt(p.file.Src, s.base)
			if s.diag.Path != p.file.Path {
				s.at = -1
			}
		}
		out[i].Signs = s.signs(out[i])
	}
}

// functionAt returns the function whose text holds an offset of a file, nil when there is none.
func functionAt(f *File, offset int) *ast.FuncDecl {
	if f.AST == nil || f.Tok == nil {
		return nil
	}
	for _, d := range f.AST.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Body == nil || f.Tok.Base() > int(fn.Pos()) || int(fn.End()) > f.Tok.Base()+f.Tok.Size() {
			continue
		}
		if start, end := int(fn.Pos())-f.Tok.Base(), int(fn.End())-f.Tok.Base(); start <= offset && offset < end {
			return fn
		}
	}
	return nil
}

// finding notes what a repair has to do with the finding it answers.
func (s *signer) finding(c Candidate, d tokenEdit, gone, come []signToken) {
	if s.diag == nil {
		return
	}
	code, where := s.diag.Code, "elsewhere"
	if s.at >= 0 {
		switch row := s.rowOf(d.first); {
		case row == s.at:
			where = "at"
		case row < s.at:
			where = "above"
		default:
			where = "below"
		}
	}
	s.word("code", code, where)
	s.word("code-rule", code, c.Rule, where)
	s.word("code-op", code, c.Op, digit(min(len(come), 9)), digit(min(len(gone), 9)))
	s.shape("code-pair", code, gone, come)
	for i, t := range come {
		if !t.name {
			continue
		}
		best := 9
		for _, old := range gone {
			if old.name {
				best = min(best, nameDistance(old.text, t.text))
			}
		}
		s.word("spell", code, digit(best), digit(min(len(t.text), 9)))
		if i > 0 {
			s.word("spell-left", code, come[i-1].text, digit(best))
		}
	}
	if len(s.diag.Names) > 0 {
		name := s.diag.Names[0]
		s.word("hits", code, c.Op, yes(holds(gone, name)), yes(holds(come, name)))
	}
}

// rowOf returns the row of a token, of the last one for those behind it.
func (s *signer) rowOf(at int) int {
	if len(s.rows) == 0 {
		return 0
	}
	return s.rows[min(at, len(s.rows)-1)]
}

// holds tells whether a text is among tokens.
func holds(list []signToken, text string) bool {
	return slices.ContainsFunc(list, func(t signToken) bool { return t.text == text })
}

// yes spells a truth value.
func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
