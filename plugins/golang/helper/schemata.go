package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"sort"
	"strings"
)

// identityVariant selects an unchanged copy of every function under change: the baseline that the variants are
// compared with, so that what the dispatch itself changes is seen before any candidate is judged.
const identityVariant = 1

// schemataParams asks for one set of files that holds all candidates.
type schemataParams struct {
	Candidates []FileEdits `json:"candidates"`
	// Plain leaves line directives out, so that a compiler error names the line of the generated file.
	Plain bool `json:"plain"`
	// Inline puts every variant into the function itself instead of beside it.
	Inline bool `json:"inline"`
}

// schemataResult is the rewritten package.
type schemataResult struct {
	Files     map[string]string `json:"files"`     // full contents by path; replace or join the package's own
	Variants  []int             `json:"variants"`  // selector of each candidate, 0 for one that needs a build of its own
	Reasons   []string          `json:"reasons"`   // why, for those with selector 0; "" otherwise
	Functions [][]string        `json:"functions"` // functions each candidate changes, as "path:line name"
	Spans     []variantSpan     `json:"spans"`     // where each variant is in the generated text, plain only
}

// variantSpan are the lines of one variant in a generated file.
type variantSpan struct {
	Path    string `json:"path"`
	Variant int    `json:"variant"`
	First   int    `json:"first"`
	Last    int    `json:"last"`
}

func init() {
	methods["schemata"] = func(s *Server, raw json.RawMessage) (any, error) {
		var params schemataParams
		if err := json.Unmarshal(raw, &params); err != nil {
			return nil, err
		}
		base := s.Base()
		if base == nil {
			return nil, fmt.Errorf("no package is loaded")
		}
		return buildSchemata(base, params), nil
	}
}

// variant is one candidate's version of one function.
type variant struct {
	id   int
	text string // the function from "func" to its closing brace, or the body's inside when inlined
}

// target is a function under change with its variants.
type target struct {
	file     *File
	decl     *ast.FuncDecl
	variants []variant
}

// schemata collects the variants of one package while it is built.
type schemata struct {
	p       *Package
	params  schemataParams
	targets map[*ast.FuncDecl]*target
	imports map[*File]*importUnion
	early   *earlyCalls
	deep    bool // the package looks at its callers, so variants must not add a frame
	result  schemataResult
}

// buildSchemata rewrites the package so that one test binary holds every candidate that can share it.
func buildSchemata(p *Package, params schemataParams) schemataResult {
	s := &schemata{p: p, params: params, targets: map[*ast.FuncDecl]*target{}, imports: map[*File]*importUnion{}}
	s.result = schemataResult{
		Files:     map[string]string{},
		Variants:  make([]int, len(params.Candidates)),
		Reasons:   make([]string, len(params.Candidates)),
		Functions: make([][]string, len(params.Candidates)),
	}
	s.early = newEarlyCalls(p)
	s.deep = params.Inline || looksAtCallers(p)
	taken := takenPrefix(p)
	for i, c := range params.Candidates {
		reason := taken
		if reason == "" {
			reason = s.add(i, identityVariant+1+i, c)
		}
		if reason != "" {
			s.result.Reasons[i] = reason
			continue
		}
		s.result.Variants[i] = identityVariant + 1 + i
	}
	if len(s.targets) > 0 {
		s.emit()
	}
	return s.result
}

// takenPrefix says why nothing can be generated for a package that uses the names reserved here, "" when it can.
func takenPrefix(p *Package) string {
	if p.Types == nil {
		return "the package was not checked"
	}
	for _, name := range p.Types.Scope().Names() {
		if strings.HasPrefix(name, namePrefix) {
			return "the package declares " + name + ", a name that generated code needs"
		}
	}
	return ""
}

// add takes one candidate in; it returns why it cannot share the binary, "" when it does.
func (s *schemata) add(index, id int, c FileEdits) string {
	f := s.file(c.Path)
	if f == nil {
		return "not a file of the package"
	}
	if f.Test {
		return "a test file"
	}
	changes, imports, reason := s.changes(f, c.Edits)
	if reason != "" {
		return reason
	}
	made := make([]variant, len(changes))
	for i, ch := range changes {
		text, reason := s.variantText(f, ch, id)
		if reason != "" {
			return reason
		}
		made[i] = variant{id: id, text: text}
	}
	if len(imports) > 0 {
		u := s.imports[f]
		if u == nil {
			u = newImportUnion(f)
			s.imports[f] = u
		}
		if reason := u.add(imports); reason != "" {
			return reason
		}
	}
	for i, ch := range changes {
		t := s.targets[ch.decl]
		if t == nil {
			t = &target{file: f, decl: ch.decl}
			same, reason := s.variantText(f, change{decl: ch.decl, text: s.p.Text(f, ch.decl)}, identityVariant)
			if reason != "" {
				return reason
			}
			t.variants = []variant{{id: identityVariant, text: same}}
			s.targets[ch.decl] = t
		}
		t.variants = append(t.variants, made[i])
		s.result.Functions[index] = append(s.result.Functions[index], functionKey(s.p, f, ch.decl))
	}
	return ""
}

// functionKey names a function so that coverage and schemata agree on it.
func functionKey(p *Package, f *File, d *ast.FuncDecl) string {
	return fmt.Sprintf("%s:%d %s", f.Path, p.Line(d.Pos()), d.Name.Name)
}

// file returns the package's file of that path, nil for none.
func (s *schemata) file(path string) *File {
	for _, f := range s.p.Files {
		if f.Path == path {
			return f
		}
	}
	return nil
}

// emit writes all files: those under change with dispatch and variants, the others with fuel only.
func (s *schemata) emit() {
	byFile := map[*File][]*target{}
	for _, t := range s.targets {
		byFile[t.file] = append(byFile[t.file], t)
	}
	for f, ts := range byFile {
		sort.Slice(ts, func(i, j int) bool { return ts[i].decl.Pos() < ts[j].decl.Pos() })
		s.result.Files[f.Path] = s.rewrite(f, ts)
	}
	for _, f := range s.p.Files {
		if _, done := byFile[f]; done || !sharesPackage(s.p, f) {
			continue
		}
		if text, changed := fuelled(s.p, f); changed {
			s.result.Files[f.Path] = text
		}
	}
	addRuntime(s.p, s.result.Files, selectorRuntime)
}

// rewrite returns the text of a file under change.
func (s *schemata) rewrite(f *File, ts []*target) string {
	var patches []patch
	if u := s.imports[f]; u != nil {
		patches = append(patches, u.patch(s.p, f))
	}
	var tail strings.Builder
	for _, t := range ts {
		if s.inlined(t) {
			patches = append(patches, s.inlineDispatch(t)...)
			continue
		}
		patches = append(patches, s.dispatch(t)...)
		for _, v := range t.variants {
			tail.WriteString("\n")
			if !s.params.Plain {
				fmt.Fprintf(&tail, "//line %s:%d\n", f.Path, s.p.Line(t.decl.Pos()))
			}
			tail.WriteString(v.text)
			tail.WriteString("\n")
		}
	}
	// The functions' own bodies burn fuel, too: they run while a candidate of another function is selected.
	patches = append(patches, loopTicks(s.p.Offset, f.AST)...)
	text := applyPatches(string(f.Src), patches)
	if tail.Len() > 0 && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	if s.params.Plain {
		s.span(f, ts, strings.Count(text, "\n"))
	}
	return text + tail.String()
}

// span records where the variants of a plain file are; they begin behind its first lines lines.
func (s *schemata) span(f *File, ts []*target, lines int) {
	at := lines + 1
	for _, t := range ts {
		if s.inlined(t) {
			continue
		}
		for _, v := range t.variants {
			n := strings.Count(v.text, "\n")
			s.result.Spans = append(s.result.Spans, variantSpan{Path: f.Path, Variant: v.id, First: at + 1, Last: at + 1 + n})
			at += n + 2
		}
	}
}
