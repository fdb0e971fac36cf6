package main

import "go/ast"

// labelled gives candidates the operation class that classifyFix gives their change of the declaration they edit, so
// that proposers and training data speak of the same thing. A change that is no single class, or that reaches outside
// one declaration, keeps the class it has.
func labelled(p *Package, list []Candidate) []Candidate {
	for i, c := range list {
		if op := labelOf(p, c); op != "" && op != "REWRITE" {
			list[i].Op = op
		}
	}
	return list
}

// labelOf returns the class of a candidate's change, "" when its edits lie in no single declaration.
func labelOf(p *Package, c Candidate) string {
	for _, f := range p.Files {
		if f.Path != c.Path || f.AST == nil {
			continue
		}
		for _, d := range f.AST.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			start, end := p.Offset(fn.Pos()), p.Offset(fn.End())
			if !insideRange(c.Edits, start, end) || end > len(f.Src) || start > end {
				continue
			}
			before := string(f.Src[start:end])
			return classifyFix(before, applyEdits(before, shifted(c.Edits, start)))
		}
	}
	return ""
}

// insideRange tells whether all edits lie within a byte range.
func insideRange(edits []Edit, start, end int) bool {
	for _, e := range edits {
		if e.Start < start || e.End > end {
			return false
		}
	}
	return len(edits) > 0
}
