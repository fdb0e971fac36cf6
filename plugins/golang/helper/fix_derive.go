package main

import "maps"

// derive returns the checked state of the base with edits applied, nil when they do not fit.
func (s *Server) derive(edits []FileEdits) *Package {
	changed, err := s.apply(edits)
	if err != nil {
		return nil
	}
	next := &Server{spec: s.spec, imports: s.imports, disk: s.disk, overlay: maps.Clone(s.overlay)}
	if next.overlay == nil {
		next.overlay = map[string]string{}
	}
	for path, content := range changed {
		next.overlay[path] = string(content)
	}
	return next.Base()
}
