package main

import (
	"fmt"
	"sort"
)

// Check returns the findings of the base with edits applied; whatever happens, it answers.
func (s *Server) Check(edits []FileEdits) (found []Diag) {
	defer func() {
		if p := recover(); p != nil {
			s.fast = nil
			found = []Diag{refused(edits, "types", "Panic", fmt.Sprintf("internal error: the checker panicked: %v", p))}
		}
	}()
	s.Base()
	if e := s.bodyEdit(edits); e != nil {
		if found, ok := s.tryBody(e); ok {
			return found
		}
	}
	changed, err := s.apply(edits)
	if err != nil {
		return []Diag{refused(edits, "parse", "Other", err.Error())}
	}
	return s.checkFull(changed)
}

// tryBody is checkBody, where a panic means that the whole state is to be checked.
func (s *Server) tryBody(e *edited) (found []Diag, ok bool) {
	defer func() {
		if p := recover(); p != nil {
			s.fast, found, ok = nil, nil, false
		}
	}()
	return s.checkBody(e)
}

// refused is the finding of a candidate that cannot be judged.
func refused(edits []FileEdits, stage, code, msg string) Diag {
	d := Diag{Stage: stage, Code: code, Message: msg, Root: true}
	if len(edits) > 0 {
		d.Path = edits[0].Path
	}
	return d
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

// checkFull checks a whole state; unchanged files are not parsed again.
func (s *Server) checkFull(changed map[string][]byte) []Diag {
	fset := s.base.Fset
	reuse := map[string]*File{}
	var sources []source
	for _, src := range s.sources(changed) {
		if _, edited := changed[src.Path]; !edited {
			if reuse[src.Path] = s.first.files[src.Path]; reuse[src.Path] == nil {
				continue // left out of the base
			}
		}
		sources = append(sources, src)
	}
	st := s.parseState(fset, sources, reuse)
	defer func() {
		for _, f := range st.pkg.Files {
			if reuse[f.Path] == nil && f.Tok != nil {
				fset.RemoveFile(f.Tok)
			}
		}
	}()
	found := st.broken
	if len(found) == 0 {
		own, tests := s.checkState(st, false)
		found = append(own, tests...)
	}
	if len(found) > 1 {
		rank(st.pkg, found)
	}
	return found
}
