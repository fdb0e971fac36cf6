package main

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/types"
	"hash/fnv"
	"math/rand"
	"path/filepath"
	"sort"
	"strings"
)

// Limits of a sample: the window must fit the line marks, and a hunk must be one small step.
const (
	maxWindow = 96
	maxHunk   = 16
	maxTries  = 12
)

// corruption says how much of what to make.
type corruption struct {
	seed    int64
	perFunc int
	build   float64 // share of build errors among the broken versions
	clean   float64 // share of unchanged versions
	offers  int     // candidates written with each bug, 0 for none
	unbuilt bool    // of real changes, only states that do not build
}

// corruptor makes broken versions of the functions of one package.
type corruptor struct {
	settings  corruption
	pkg       *Package
	importer  types.Importer
	root      string
	name      string
	functions int
	versions  int // asked for since the package was loaded
}

// file corrupts every function of a file.
func (c *corruptor) file(f *File, emit func(*Record)) {
	if f.Test || ast.IsGenerated(f.AST) {
		return
	}
	imports := newFileImports(c.pkg, f)
	for _, d := range f.AST.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Body == nil || len(fn.Body.List) == 0 {
			continue
		}
		if lines := c.pkg.Line(fn.End()) - c.pkg.Line(fn.Pos()) + 1; lines > maxWindow || lines < 3 {
			continue
		}
		c.function(f, fn, imports, emit)
	}
}

// function corrupts one function.
func (c *corruptor) function(f *File, fn *ast.FuncDecl, imports *fileImports, emit func(*Record)) {
	text := c.pkg.Text(f, fn)
	if formatted, ok := formatFunction(text); !ok || formatted != text {
		return
	}
	checker := newFuncChecker(c.pkg, c.importer, f, fn, imports)
	if len(checker.check(text)) > 0 {
		return
	}
	c.functions++
	c.versions += c.settings.perFunc
	symbol, _ := symbolOf(fn)
	rng := rand.New(rand.NewSource(c.seedOf(f.Path, symbol)))
	w := &worker{corruptor: c, f: f, fn: fn, text: text, checker: checker, rng: rng, seen: map[string]bool{text: true}}
	for range c.settings.perFunc {
		if r := w.version(); r != nil {
			emit(r)
		}
	}
}

// seedOf mixes the seed with what names a function, so that each is the same whatever else is corrupted.
func (c *corruptor) seedOf(path, symbol string) int64 {
	h := fnv.New64a()
	h.Write([]byte(c.pkg.ImportPath + "\x00" + filepath.Base(path) + "\x00" + symbol))
	return int64(h.Sum64()) ^ c.settings.seed*0x1000000001b3
}

// formatFunction formats one declaration; ok is false when it does not parse.
func formatFunction(text string) (string, bool) {
	const head = "package p\n\n"
	out, err := format.Source([]byte(head + text))
	if err != nil {
		return text, false
	}
	return strings.TrimRight(string(bytes.TrimPrefix(out, []byte(head))), "\n"), true
}

// worker makes the versions of one function.
type worker struct {
	*corruptor
	f         *File
	fn        *ast.FuncDecl
	text      string
	checker   *funcChecker
	rng       *rand.Rand
	breaker   *breaker
	behaviour *behaviour
	context   []string
	seen      map[string]bool
	whole     *side // the right text, read once
	around    *surroundings
	before    []byte // the file before a change, nil without one
}

// damage is one error put into the function.
type damage struct {
	rule  string
	edits []Edit // relative to the declaration
	found []finding
}

// version makes one sample, nil when the tries are used up.
func (w *worker) version() *Record {
	if w.rng.Float64() < w.settings.clean {
		return w.record("clean", "", w.text, w.text, 0, nil)
	}
	build := w.rng.Float64() < w.settings.build
	count := 1
	switch x := w.rng.Float64(); {
	case x >= 0.93:
		count = 3
	case x >= 0.75:
		count = 2
	}
	for range maxTries {
		if r := w.attempt(build, count); r != nil {
			return r
		}
	}
	return nil
}

// attempt draws count errors that lie on different lines and makes the sample of them.
func (w *worker) attempt(build bool, count int) *Record {
	var list []damage
	for tries := 0; len(list) < count && tries < 3*count; tries++ {
		d, ok := w.draw(build)
		if !ok {
			break
		}
		if w.apart(list, d) {
			list = append(list, d)
		}
	}
	if len(list) == 0 {
		return nil
	}
	first := w.firstToFix(list)
	var all, rest []Edit
	for i, d := range list {
		all = append(all, d.edits...)
		if i != first {
			rest = append(rest, d.edits...)
		}
	}
	broken, _ := formatFunction(applyEdits(w.text, all))
	if w.seen[broken] || strings.Count(broken, "\n") >= maxWindow {
		return nil
	}
	target := w.text
	if len(rest) > 0 {
		target, _ = formatFunction(applyEdits(w.text, rest))
	}
	found := w.checker.check(broken)
	if build == (len(found) == 0) {
		return nil
	}
	w.seen[broken] = true
	group := "behaviour"
	if build {
		group = "build"
	}
	r := w.record(group, list[first].rule, broken, target, len(list)-1, found)
	if r != nil && w.settings.offers > 0 {
		r.Offers = w.offered(build, broken, target)
	}
	return r
}

// draw picks one error.
func (w *worker) draw(build bool) (damage, bool) {
	base := w.pkg.Offset(w.fn.Pos())
	if build {
		if w.breaker == nil {
			w.breaker = newBreaker(newOperators(w.pkg, w.f, w.fn, 0, 0), w.rng.Int63())
		}
		rule, edits, ok := w.breaker.pick()
		return damage{rule: rule, edits: shifted(edits, base)}, ok
	}
	if w.behaviour == nil {
		w.behaviour = newBehaviour(newOperators(w.pkg, w.f, w.fn, 0, 0), w.rng)
	}
	picked, ok := w.behaviour.pick()
	return damage{rule: picked.Rule, edits: shifted(picked.Edits, base)}, ok
}

// shifted moves edits from file offsets to offsets in the declaration.
func shifted(edits []Edit, base int) []Edit {
	out := make([]Edit, len(edits))
	for i, e := range edits {
		out[i] = Edit{e.Start - base, e.End - base, e.New}
	}
	return out
}

// applyEdits applies edits that do not overlap, in any order.
func applyEdits(text string, edits []Edit) string {
	ordered := append([]Edit{}, edits...)
	sort.SliceStable(ordered, func(i, j int) bool { return ordered[i].Start < ordered[j].Start })
	var out strings.Builder
	at := 0
	for _, e := range ordered {
		if e.Start < at {
			return text
		}
		out.WriteString(text[at:e.Start])
		out.WriteString(e.New)
		at = e.End
	}
	out.WriteString(text[at:])
	return out.String()
}

// apart tells whether d touches no line that the errors of list touch, nor one beside it.
func (w *worker) apart(list []damage, d damage) bool {
	first, last := w.lines(d)
	for _, other := range list {
		f, l := w.lines(other)
		if first <= l+1 && f <= last+1 {
			return false
		}
	}
	return true
}

// lines returns the first and last line of the declaration that an error touches.
func (w *worker) lines(d damage) (first, last int) {
	start, end := d.edits[0].Start, d.edits[0].End
	for _, e := range d.edits {
		start, end = min(start, e.Start), max(end, e.End)
	}
	return strings.Count(w.text[:start], "\n"), strings.Count(w.text[:end], "\n")
}

// firstToFix returns the error to mend first: one that keeps the text from parsing, else the topmost.
func (w *worker) firstToFix(list []damage) int {
	if len(list) == 1 {
		return 0
	}
	best, bestLine, bestParse := 0, 1<<30, false
	for i, d := range list {
		line, _ := w.lines(d)
		_, parses := formatFunction(applyEdits(w.text, d.edits))
		if !parses && !bestParse || !parses == bestParse && line < bestLine {
			best, bestLine, bestParse = i, line, !parses
		}
	}
	return best
}

// record makes the sample, nil when its hunk is no small step.
func (w *worker) record(group, rule, broken, target string, remain int, found []finding) *Record {
	window := windowLines(broken)
	symbol, kind := symbolOf(w.fn)
	r := &Record{
		Pkg: w.name, Path: w.f.Path, Symbol: symbol, Kind: kind, Numbers: w.checker.line, Window: window,
		Rule: rule, Group: group, Remain: remain, Diags: []Note{}, Imports: importPaths(w.f.AST), Context: w.symbols(broken, found),
	}
	if rel, err := filepath.Rel(w.root, w.f.Path); err == nil {
		r.Path = filepath.ToSlash(rel)
	}
	for _, f := range found {
		if len(r.Diags) < 8 {
			r.Diags = append(r.Diags, Note{f.diag.Code, f.diag.Stage, f.line, f.diag.Root, append([]string{}, f.diag.Names...)})
		}
	}
	if group == "clean" {
		return r
	}
	r.Fix = hunkBetween(window, windowLines(target))
	if r.Fix == nil || r.Fix.Last-r.Fix.First >= maxHunk || len(r.Fix.Lines) > maxHunk {
		return nil
	}
	after := w.whole
	if target != w.text {
		after = newSide(target)
	} else if after == nil {
		after = newSide(target)
		w.whole = after
	}
	r.Op = classifySides(newSide(broken), after)
	return r
}

// maxContext bounds the symbols of a sample.
const maxContext = 12

// nearCodes are the errors that come from a name nobody knows.
var nearCodes = map[string]bool{"UndeclaredName": true, "UndeclaredImportedName": true, "UnexportedName": true, "MissingFieldOrMethod": true, "MissingLitField": true}

// symbols returns what the model is told about the names that the broken text uses, as the context method has it:
// names near to unknown ones, then what the function refers to.
func (w *worker) symbols(broken string, found []finding) []string {
	if w.context == nil {
		w.context = symbols(w.pkg, w.f, w.pkg.Line(w.fn.Pos()), w.pkg.Line(w.fn.End()))
	}
	out, seen := []string{}, map[string]bool{}
	add := func(list []string) {
		for _, s := range list {
			if !seen[s] && len(out) < maxContext {
				seen[s] = true
				out = append(out, s)
			}
		}
	}
	for _, f := range found {
		if nearCodes[f.diag.Code] {
			add(w.checker.near(broken))
			break
		}
	}
	add(w.context)
	return out
}
