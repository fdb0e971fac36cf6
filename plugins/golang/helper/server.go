package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/token"
	"runtime/debug"
	"strings"
)

// methods maps a request's method to what answers it; each file registers its own in init.
var methods = map[string]func(*Server, json.RawMessage) (any, error){}

func init() {
	methods["load"] = handleLoad
	methods["base"] = handleBase
	methods["examine"] = handleExamine
	methods["check"] = handleCheck
	methods["exports"] = handleExports
}

// errNotLoaded answers every request that comes before a successful load.
var errNotLoaded = errors.New("no package is loaded")

// Server holds one loaded package and answers the host's requests, one at a time.
type Server struct {
	spec    LoadParams
	imports *importSet
	disk    map[string]*diskFile
	overlay map[string]string
	base    *Package   // nil until asked for, and again after each change
	first   *baseState // what else is known of the base
	fast    *fastState // what the body-only path reuses, nil until needed
	notes   []string
}

// NewServer returns a server with nothing loaded.
func NewServer() *Server { return &Server{} }

// respond answers one request; a panic of its handler becomes an error and drops the cached state.
func (s *Server) respond(body []byte) (resp Response) {
	var req Request
	if err := json.Unmarshal(body, &req); err != nil {
		return Response{Error: "request is not JSON: " + err.Error()}
	}
	resp.ID = req.ID
	defer func() {
		if p := recover(); p != nil {
			s.invalidate()
			resp.Result = nil
			resp.Error = fmt.Sprintf("%s panicked: %v\n%s", req.Method, p, firstLines(string(debug.Stack()), 30))
		}
	}()
	handle, ok := methods[req.Method]
	if !ok {
		resp.Error = fmt.Sprintf("unknown method %q", req.Method)
		return resp
	}
	if s.imports == nil && req.Method != "load" && req.Method != "format" {
		resp.Error = errNotLoaded.Error()
		return resp
	}
	result, err := handle(s, req.Params)
	if s.imports != nil {
		resp.Wanted = s.imports.takeWanted()
	}
	if err != nil {
		resp.Error = err.Error()
		return resp
	}
	resp.Result = result
	return resp
}

// invalidate forgets everything derived from file contents.
func (s *Server) invalidate() { s.base, s.first, s.fast = nil, nil, nil }

// baseState is what the server remembers of the base beside its Package.
type baseState struct {
	tests []Diag           // findings of the test units
	files map[string]*File // files in use, by path
}

// Base returns the checked base state, cached until the base changes.
func (s *Server) Base() *Package {
	if s.base == nil {
		st := s.parseState(token.NewFileSet(), s.sources(nil), nil)
		found, tests := s.checkState(st, true)
		st.pkg.Diags = append(found, tests...)
		if len(st.broken) > 0 {
			st.pkg.Diags = st.broken
		}
		rank(st.pkg, st.pkg.Diags)
		s.base, s.first = st.pkg, &baseState{tests: tests, files: map[string]*File{}}
		for _, f := range st.pkg.Files {
			s.first.files[f.Path] = f
		}
	}
	return s.base
}

// BaseParams replaces the overlay of the base state.
type BaseParams struct {
	Files  map[string]string `json:"files"`
	Binary map[string][]byte `json:"binary"` // contents that are not UTF-8, in base64
}

func handleBase(s *Server, raw json.RawMessage) (any, error) {
	var params BaseParams
	if err := json.Unmarshal(raw, &params); err != nil {
		return nil, err
	}
	s.overlay = map[string]string{}
	for path, text := range params.Files {
		s.overlay[path] = text
	}
	for path, content := range params.Binary {
		s.overlay[path] = string(content)
	}
	s.invalidate()
	return struct{}{}, s.refresh()
}

// ExportsParams bring export data of more packages, or all of it anew.
type ExportsParams struct {
	Files map[string]string `json:"files"`
}

func handleExports(s *Server, raw json.RawMessage) (any, error) {
	var params ExportsParams
	if err := json.Unmarshal(raw, &params); err != nil {
		return nil, err
	}
	merged := map[string]string{}
	for path, file := range s.spec.Exports {
		merged[path] = file
	}
	for path, file := range params.Files {
		merged[path] = file
	}
	s.spec.Exports = merged
	s.imports = newImportSet(s.spec) // one identity per type: everything is read again
	s.invalidate()
	return struct{}{}, nil
}

// ExamineResult holds the findings of the base state.
type ExamineResult struct {
	Diags []Diag   `json:"diags"`
	Notes []string `json:"notes,omitempty"`
}

func handleExamine(s *Server, _ json.RawMessage) (any, error) {
	return ExamineResult{Diags: orEmpty(s.Base().Diags), Notes: s.notes}, nil
}

// CheckParams are candidates relative to the base; each edits one or more files.
type CheckParams struct {
	Candidates []CandidateEdits `json:"candidates"`
}

// CandidateEdits is one candidate: one FileEdits, a list of them, or {"files": [...]}.
type CandidateEdits []FileEdits

// UnmarshalJSON accepts the three spellings of a candidate.
func (c *CandidateEdits) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '[' {
		return json.Unmarshal(raw, (*[]FileEdits)(c))
	}
	var one struct {
		FileEdits
		Files []FileEdits `json:"files"`
	}
	if err := json.Unmarshal(raw, &one); err != nil {
		return err
	}
	*c = one.Files
	if one.Path != "" {
		*c = append(*c, one.FileEdits)
	}
	return nil
}

// CheckResult holds the findings of each candidate, in order.
type CheckResult struct {
	Results [][]Diag `json:"results"`
}

func handleCheck(s *Server, raw json.RawMessage) (any, error) {
	var params CheckParams
	if err := json.Unmarshal(raw, &params); err != nil {
		return nil, err
	}
	results := make([][]Diag, len(params.Candidates))
	for i, edits := range params.Candidates {
		results[i] = orEmpty(s.Check(edits))
	}
	return CheckResult{Results: results}, nil
}

// orEmpty makes a nil list encode as [] instead of null.
func orEmpty(diags []Diag) []Diag {
	if diags == nil {
		return []Diag{}
	}
	return diags
}

// firstLines returns at most n lines of text.
func firstLines(text string, n int) string {
	lines := strings.SplitN(text, "\n", n+1)
	return strings.Join(lines[:min(n, len(lines))], "\n")
}
