package main

import (
	"fmt"
	"go/token"
	"sort"
)

// Check returns the findings of the base with edits applied.
func (s *Server) Check(edits []FileEdits) []Diag {
	s.Base()
	changed, err := s.apply(edits)
	if err != nil {
		path := ""
		if len(edits) > 0 {
			path = edits[0].Path
		}
		return []Diag{{Path: path, Stage: "parse", Code: "Other", Message: err.Error(), Root: true}}
	}
	return s.checkFull(changed)
}

// apply returns the contents of the edited files.
func (s *Server) apply(edits []FileEdits) (map[string][]byte, error) {
	changed := map[string][]byte{}
	for _, fe := range edits {
		content, ok := changed[fe.Path]
		if !ok {
			content, ok = s.baseContent(fe.Path)
		}
		if !ok {
			return nil, fmt.Errorf("%s is not a file of the package", fe.Path)
		}
		next, err := splice(content, fe.Edits)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", fe.Path, err)
		}
		changed[fe.Path] = next
	}
	return changed, nil
}

// splice applies edits, in any order, that do not overlap.
func splice(content []byte, edits []Edit) ([]byte, error) {
	ordered := append([]Edit{}, edits...)
	sort.SliceStable(ordered, func(i, j int) bool { return ordered[i].Start < ordered[j].Start })
	size := len(content)
	for _, e := range ordered {
		size += len(e.New)
	}
	out, at := make([]byte, 0, size), 0
	for _, e := range ordered {
		if e.Start < at || e.End < e.Start || e.End > len(content) {
			return nil, fmt.Errorf("edit %d:%d overlaps another or leaves the file of %d bytes", e.Start, e.End, len(content))
		}
		out = append(append(out, content[at:e.Start]...), e.New...)
		at = e.End
	}
	return append(out, content[at:]...), nil
}

// checkFull checks a whole state from scratch.
func (s *Server) checkFull(changed map[string][]byte) []Diag {
	pkg, _ := s.checkAll(token.NewFileSet(), s.sources(changed))
	return pkg.Diags
}
