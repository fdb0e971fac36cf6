package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
)

// EnumerateParams asks for the behaviour edits of some lines of one file.
type EnumerateParams struct {
	Path       string          `json:"path"`
	First      int             `json:"first"` // 1-based file lines, inclusive; 0 and 0 for the whole file
	Last       int             `json:"last"`
	Ops        []string        `json:"ops"`        // operation classes, empty for all
	Limit      int             `json:"limit"`      // most candidates returned, 0 for all
	Symptoms   symptoms        `json:"symptoms"`   // of failing tests
	Conditions []conditionSeen `json:"conditions"` // how those of the file came out in failing tests
}

// EnumerateResult holds the candidates, likeliest first.
type EnumerateResult struct {
	Candidates []Candidate `json:"candidates"`
}

func init() { methods["enumerate"] = handleEnumerate }

func handleEnumerate(s *Server, raw json.RawMessage) (any, error) {
	var params EnumerateParams
	if err := json.Unmarshal(raw, &params); err != nil {
		return nil, err
	}
	list, err := enumerate(s.Base(), params)
	if err != nil {
		return nil, err
	}
	return EnumerateResult{Candidates: list}, nil
}

// enumerate returns the behaviour edits of every function that the lines touch, likeliest first.
func enumerate(p *Package, params EnumerateParams) ([]Candidate, error) {
	out := []Candidate{}
	for _, f := range p.Files {
		if f.Path != params.Path {
			continue
		}
		if f.Test {
			return out, nil
		}
		var touched []*ast.FuncDecl
		for _, d := range f.AST.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			first, last := p.Line(fn.Pos()), p.Line(fn.End())
			if params.Last > 0 {
				first, last = max(first, params.First), min(last, params.Last)
			}
			if first > last {
				continue
			}
			o := newOperators(p, f, fn, first, last)
			if len(params.Ops) > 0 {
				o.want = map[string]bool{}
				for _, op := range params.Ops {
					o.want[op] = true
				}
			}
			list, signs := o.candidates(), newSigner(p, f, fn)
			signs.outside, signs.symptoms = newSurroundings(p, f, fn, nil), params.Symptoms
			idle := newInertness(p, f, fn, params.Conditions)
			for i := range list {
				list[i].signer = signs
				if idle != nil && idle.inert(list[i]) {
					list[i].Prior += inertPrior
				}
			}
			out = append(out, list...)
			touched = append(touched, fn)
		}
		out = append(out, outsideOps(p, f, touched, params)...)
		sortByPrior(out)
		if params.Limit > 0 && len(out) > params.Limit {
			out = out[:params.Limit]
		}
		for i, c := range out {
			if c.signer != nil {
				out[i].Signs = c.signer.signs(c)
			}
		}
		return out, nil
	}
	return nil, fmt.Errorf("%s is not a file of the package", params.Path)
}
