package main

import "encoding/json"

// Request is one framed message from the host: a decimal byte count, a newline, then that many bytes of JSON.
type Request struct {
	ID     int             `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
}

// Response answers the request of the same ID; exactly one of Result and Error is set.
type Response struct {
	ID     int    `json:"id"`
	Result any    `json:"result,omitempty"`
	Error  string `json:"error,omitempty"`
	// Wanted are import paths that came up without export data: the host may find some, send them by the method
	// "exports" and ask again.
	Wanted []string `json:"wanted,omitempty"`
}

// Edit replaces the bytes Start..End of a file by New.
type Edit struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	New   string `json:"new"`
}

// FileEdits are edits of one file, sorted and not overlapping, relative to the base state.
type FileEdits struct {
	Path  string `json:"path"`
	Edits []Edit `json:"edits"`
}

// Diag is one finding. Offsets are in bytes of the file as checked.
type Diag struct {
	Path    string   `json:"path"`
	Line    int      `json:"line"`
	Column  int      `json:"column"`
	Offset  int      `json:"offset"`
	End     int      `json:"end"`
	Stage   string   `json:"stage"` // "parse" or "types"
	Code    string   `json:"code"`  // go/types code name, or a syntax class
	Message string   `json:"message"`
	Names   []string `json:"names,omitempty"`
	Root    bool     `json:"root"`
}

// Candidate is one typed edit of one file, relative to the base state.
type Candidate struct {
	Path    string  `json:"path"`
	Edits   []Edit  `json:"edits"`
	Op      string  `json:"op"`       // operation class of the plan language (hrgc/tokens.py Op)
	Line    int     `json:"line"`     // first file line it changes
	EndLine int     `json:"end_line"` // last file line it changes
	Rule    string  `json:"rule"`     // the operator, e.g. "relational-boundary"
	Prior   float64 `json:"prior"`    // natural log of a prior weight, higher is likelier
	Answers int     `json:"answers"`  // index of the diagnostic it answers, -1 for none
	Signs   string  `json:"signs"`    // features of the edit for a learned scorer (see signer.signs), "" for none

	signer *signer // computes the signs of those that are kept
}
