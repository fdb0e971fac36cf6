package main

import (
	"go/ast"
	"math/rand"
	"strings"
)

// HalfApplyParams describe a change to one package.
type HalfApplyParams struct {
	Files   []BlobFile        `json:"files"`   // the package after the change, tests left out
	Changed []BlobFile        `json:"changed"` // the changed files before it
	Blobs   map[string]string `json:"blobs"`   // contents that were not sent before
	Seed    int64             `json:"seed"`
	Draws   int               `json:"draws"`  // states of each function with several hunks taken back
	Offers  int               `json:"offers"` // only small hunks that a candidate of the catalogue makes, with so many others
	Build   bool              `json:"build"`  // with offers: of states that do not check in place of those that do
}

// HalfApplyResult holds samples, or the contents to send first.
type HalfApplyResult struct {
	Missing   []string  `json:"missing,omitempty"`
	Records   []*Record `json:"records"`
	Functions int       `json:"functions"` // changed functions that check
	Faulty    int       `json:"faulty"`    // changed functions that the tolerant checker complains about as they are
}

// halfApply takes back parts of a change. A state that no longer checks is a true mid-edit build error, and the hunk
// that is missing its repair (group "build", rule "half-applied"); a state that checks gives a real edit with what
// stands around it (group "commit", rule "hunk").
func (l *blobLoader) halfApply(params HalfApplyParams) (*HalfApplyResult, error) {
	l.take(params.Blobs)
	result := &HalfApplyResult{Records: []*Record{}}
	if result.Missing = l.missing(params.Files, params.Changed); len(result.Missing) > 0 {
		return result, nil
	}
	if !l.changesFunctions(params) {
		return result, nil // checking the package would be in vain
	}
	pkg, err := l.load(params.Files)
	if err != nil {
		return nil, err
	}
	c := &corruptor{pkg: pkg, importer: l.source, root: "/", name: pkg.ImportPath, settings: corruption{offers: params.Offers, unbuilt: params.Build}}
	for _, f := range pkg.Files {
		for _, before := range params.Changed {
			if "/"+before.Path == f.Path && !ast.IsGenerated(f.AST) {
				c.takeBack(f, l.texts[before.Blob], params, result)
			}
		}
	}
	return result, nil
}

// changesFunctions tells whether some function is there before and after the change, with different texts.
func (l *blobLoader) changesFunctions(params HalfApplyParams) bool {
	after := map[string]string{}
	for _, f := range params.Files {
		after[f.Path] = f.Blob
	}
	for _, f := range params.Changed {
		now := functionsOf(f.Path, l.texts[after[f.Path]])
		for symbol, text := range functionsOf(f.Path, l.texts[f.Blob]) {
			if other := now[symbol]; text != "" && other != "" && other != text {
				return true
			}
		}
	}
	return false
}

// takeBack makes the samples of one changed file.
func (c *corruptor) takeBack(f *File, earlier string, params HalfApplyParams, result *HalfApplyResult) {
	before := functionsOf(f.Path, earlier)
	imports := newFileImports(c.pkg, f)
	for _, d := range f.AST.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Body == nil || len(fn.Body.List) == 0 {
			continue
		}
		symbol, _ := symbolOf(fn)
		old, text := before[symbol], c.pkg.Text(f, fn)
		if old == "" || old == text || strings.Count(text, "\n") >= maxWindow || strings.Count(old, "\n") >= maxWindow {
			continue
		}
		if formatted, ok := formatFunction(text); !ok || formatted != text {
			continue
		}
		checker := newFuncChecker(c.pkg, c.importer, f, fn, imports)
		if len(checker.check(text)) > 0 {
			result.Faulty++
			continue
		}
		result.Functions++
		w := &worker{
			corruptor: c, f: f, fn: fn, text: text, checker: checker,
			rng: rand.New(rand.NewSource(c.seedOf(f.Path, symbol) ^ params.Seed)), seen: map[string]bool{text: true},
			before: []byte(earlier),
		}
		result.Records = append(result.Records, w.partial(old, params.Draws)...)
	}
}

// partial returns the samples of one function: each hunk taken back alone, then random sets of them.
func (w *worker) partial(old string, draws int) []*Record {
	before, after := strings.Split(old, "\n"), strings.Split(w.text, "\n")
	hunks := lineHunks(before, after)
	if len(hunks) == 0 || len(hunks) > 12 {
		return nil
	}
	var out []*Record
	try := func(taken map[int]bool) {
		if r := w.halfway(before, after, hunks, taken); r != nil {
			out = append(out, r)
		}
	}
	for i, h := range hunks {
		if w.settings.offers == 0 || h.a1-h.a0 <= maxOffered && h.b1-h.b0 <= maxOffered {
			try(map[int]bool{i: true})
		}
	}
	for range draws {
		if len(hunks) < 2 {
			break
		}
		taken := map[int]bool{}
		for _, i := range w.rng.Perm(len(hunks))[:2+w.rng.Intn(len(hunks)-1)] {
			taken[i] = true
		}
		try(taken)
	}
	return out
}

// halfway returns the sample of one state, nil when it says nothing new or no hunk of it can be asked for.
func (w *worker) halfway(before, after []string, hunks []lineHunk, taken map[int]bool) *Record {
	broken, _ := formatFunction(compose(before, after, hunks, taken))
	if w.seen[broken] || strings.Count(broken, "\n") >= maxWindow {
		return nil
	}
	w.seen[broken] = true
	found := w.checker.check(broken)
	group, rule := "build", "half-applied"
	if len(found) == 0 {
		group, rule = "commit", "hunk"
	}
	if w.settings.offers > 0 && w.settings.unbuilt != (group == "build") {
		return nil
	}
	var best *Record
	bestDistance := 1 << 30
	for i := range hunks {
		if !taken[i] {
			continue
		}
		rest := map[int]bool{}
		for j := range taken {
			rest[j] = j != i && taken[j]
		}
		target, ok := formatFunction(compose(before, after, hunks, rest))
		if !ok {
			continue
		}
		remain := 0
		if group == "build" && len(taken) > 1 {
			if remain = len(w.checker.check(target)); remain >= len(found) {
				continue
			}
		}
		r := w.record(group, rule, broken, target, remain, found)
		if r == nil || len(r.Fix.Lines) == 0 && r.Fix.Last < r.Fix.First {
			continue
		}
		if distance := distanceTo(r); distance < bestDistance {
			best, bestDistance = r, distance
		}
	}
	if best != nil && w.settings.offers > 0 {
		if best.Offers = w.offered(group == "build", broken, w.text); best.Offers == nil {
			return nil
		}
	}
	return best
}

// maxOffered is how many lines a hunk may have on either side when the catalogue is to make it.
const maxOffered = 4

// distanceTo returns how far a sample's hunk is from its first finding, far away when none is in the window: nobody
// would look for the repair there.
func distanceTo(r *Record) int {
	if r.Group != "build" {
		return r.Fix.First
	}
	for _, d := range r.Diags {
		if d.Line <= 0 {
			continue
		}
		switch {
		case d.Line < r.Fix.First:
			return r.Fix.First - d.Line
		case d.Line > r.Fix.Last:
			return d.Line - r.Fix.Last
		}
		return 0
	}
	return 1 << 30
}

// lineHunk is a run of lines a0..a1 of one text that the lines b0..b1 of another replace.
type lineHunk struct{ a0, a1, b0, b1 int }

// lineHunks compares two short texts by their longest common subsequence of lines.
func lineHunks(a, b []string) []lineHunk {
	common := make([][]int, len(a)+1)
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var out []lineHunk
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		if i < len(a) && j < len(b) && a[i] == b[j] {
			i, j = i+1, j+1
			continue
		}
		h := lineHunk{i, i, j, j}
		for i < len(a) || j < len(b) {
			if i < len(a) && j < len(b) && a[i] == b[j] {
				break
			}
			if j == len(b) || i < len(a) && common[i+1][j] >= common[i][j+1] {
				i++
			} else {
				j++
			}
		}
		h.a1, h.b1 = i, j
		out = append(out, h)
	}
	return out
}

// compose returns the text after a change with the hunks of taken as they were before it.
func compose(before, after []string, hunks []lineHunk, taken map[int]bool) string {
	var lines []string
	at := 0
	for i, h := range hunks {
		lines = append(lines, after[at:h.b0]...)
		if taken[i] {
			lines = append(lines, before[h.a0:h.a1]...)
		} else {
			lines = append(lines, after[h.b0:h.b1]...)
		}
		at = h.b1
	}
	return strings.Join(append(lines, after[at:]...), "\n")
}
