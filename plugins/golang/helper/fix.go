package main

import (
	"encoding/json"
	"math"
	"sort"
	"time"
)

// fixer proposes repairs for the diagnostic of its context; it never judges them.
type fixer func(c *fixContext)

const (
	fixDiagnostics = 12                      // diagnostics looked at in one call, root causes first
	fixPerDiag     = 72                      // proposals judged for one diagnostic, likeliest first
	fixAlways      = 12                      // proposals judged for one diagnostic, however long it takes
	fixDiagTime    = 900 * time.Millisecond  // wall time for judging further ones
	fixFollowUps   = 6                       // proposals of one diagnostic that may be completed by a second edit
	fixDepth       = 3                       // edits in one completed repair
	fixTime        = 4000 * time.Millisecond // wall time of one call; what was judged by then is returned
	fixLimit       = 200                     // candidates returned when the caller names no limit
)

// proposal is one repair before and after it has been judged.
type proposal struct {
	file   *File
	edits  []Edit // the telling edit first; sorted only when it leaves the package
	op     string
	rule   string
	weight float64
	diag   int // index in the base's Diags
}

// fixJob is one call of fixes on one state of the package.
type fixJob struct {
	pkg    *Package
	check  func([]FileEdits) []Diag
	derive func([]FileEdits) *Package
	start  time.Time
	others []string // import paths beyond the standard library that can be imported, in order
}

// fixesParams are the parameters of the method fixes.
type fixesParams struct {
	Limit int `json:"limit"`
}

// candidateList is the result of the methods that propose.
type candidateList struct {
	Candidates []Candidate `json:"candidates"`
}

func init() { methods["fixes"] = fixesMethod }

func fixesMethod(s *Server, raw json.RawMessage) (any, error) {
	params := fixesParams{Limit: fixLimit}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &params); err != nil {
			return nil, err
		}
	}
	if params.Limit <= 0 {
		params.Limit = fixLimit
	}
	return candidateList{Candidates: fixes(s, params.Limit)}, nil
}

// fixes returns at most limit repairs of the base's parse errors or, when it parses, of its type errors.
func fixes(s *Server, limit int) []Candidate {
	job := &fixJob{pkg: s.Base(), check: s.Check, derive: s.derive, start: time.Now(), others: s.imports.others()}
	if job.pkg == nil {
		return nil
	}
	return job.run(limit)
}

// over tells whether the call's time is used up.
func (j *fixJob) over() bool { return time.Since(j.start) > fixTime }

func (j *fixJob) run(limit int) []Candidate {
	var kept []proposal
	if index := j.firstParseError(); index >= 0 {
		kept = j.syntaxRepairs(index)
	} else {
		for _, index := range j.order() {
			if j.over() {
				break
			}
			kept = append(kept, j.repairs(index)...)
		}
	}
	return j.candidates(kept, limit)
}

// repairs returns the judged repairs of one diagnostic with their weights summing to at most 1.
func (j *fixJob) repairs(index int) []proposal {
	kept := j.judge(j.propose(index), true)
	total := 0.0
	for _, p := range kept {
		total += p.weight
	}
	scale := 1.0
	if !j.primary(index) {
		scale = 0.2
	}
	for i := range kept {
		kept[i].weight *= scale / math.Max(total, 0.3)
	}
	return kept
}

// order lists the diagnostics worth answering: the primary ones first, one of each kind at a place.
func (j *fixJob) order() []int {
	var first, later []int
	seen := map[string]bool{}
	for i, d := range j.pkg.Diags {
		key := diagKey(d)
		if seen[key] && d.Code != "UndeclaredName" {
			continue
		}
		seen[key] = true
		if j.primary(i) {
			first = append(first, i)
		} else {
			later = append(later, i)
		}
	}
	all := append(first, later...)
	if len(all) > fixDiagnostics {
		all = all[:fixDiagnostics]
	}
	return all
}

// primary tells whether a diagnostic is a cause: unused names and imports usually follow from another error.
func (j *fixJob) primary(index int) bool {
	d := j.pkg.Diags[index]
	if !d.Root {
		return false
	}
	if d.Code != "UnusedVar" && d.Code != "UnusedImport" && d.Code != "UnusedLabel" {
		return true
	}
	for _, other := range j.pkg.Diags {
		if other.Code != "UnusedVar" && other.Code != "UnusedImport" && other.Code != "UnusedLabel" {
			return false
		}
	}
	return true
}

// propose asks every fixer of the diagnostic's code.
func (j *fixJob) propose(index int) []proposal {
	c := newFixContext(j, index)
	if c == nil {
		return nil
	}
	for _, f := range fixersFor(c.diag) {
		f(c)
	}
	return c.proposals
}

// judge drops what does not remove its diagnostic or adds an error, completing promising ones by a second edit.
func (j *fixJob) judge(proposals []proposal, complete bool) []proposal {
	proposals = distinct(proposals)
	if len(proposals) > fixPerDiag {
		proposals = proposals[:fixPerDiag]
	}
	base := countDiags(j.pkg.Diags)
	var kept, partial []proposal
	started := time.Now()
	for i, p := range proposals {
		if j.over() || i > fixAlways && time.Since(started) > fixDiagTime {
			break
		}
		after := j.check(p.fileEdits())
		removed, added := compareDiags(base, j.pkg.Diags, after)
		switch {
		case added == 0 && removed > 0:
			kept = append(kept, p)
		case complete && removed > 0 && added <= 2 && len(partial) < fixFollowUps:
			partial = append(partial, p)
		}
	}
	best := 0.0
	if len(kept) > 0 {
		best = kept[0].weight
	}
	for _, p := range partial {
		scale := 1.0
		if best > 0.5*p.weight {
			scale = 0.25 // one edit that suffices is likelier than two
		}
		for _, both := range j.complete(p, base, 1) {
			both.weight *= scale
			kept = append(kept, both)
		}
	}
	return distinct(kept)
}

// complete looks for a further edit that removes what p newly breaks.
func (j *fixJob) complete(p proposal, base map[string]int, depth int) []proposal {
	if j.over() {
		return nil
	}
	pkg := j.derive(p.fileEdits())
	if pkg == nil {
		return nil
	}
	broken := newDiag(base, pkg.Diags)
	if broken < 0 {
		return nil
	}
	inner := &fixJob{pkg: pkg, check: func(more []FileEdits) []Diag { return j.check(joinEdits(p, more)) }, start: j.start, others: j.others}
	follow := distinct(inner.propose(broken))
	if len(follow) > fixPerDiag/4 {
		follow = follow[:fixPerDiag/4]
	}
	var found []proposal
	for _, next := range follow {
		if next.file.Path != p.file.Path || j.over() {
			continue
		}
		both := p
		both.edits = composeEdits(p.edits, next.edits)
		both.rule, both.weight = p.rule+"+"+next.rule, p.weight*0.55*next.weight/math.Max(1, follow[0].weight)
		removed, added := compareDiags(base, j.pkg.Diags, j.check(both.fileEdits()))
		switch {
		case added == 0 && removed > 0:
			found = append(found, both)
		case removed > 0 && added == 1 && depth+1 < fixDepth && len(found) == 0:
			found = append(found, j.complete(both, base, depth+1)...)
		}
	}
	return found
}

// candidates orders the kept proposals by diagnostic and weight and puts them into the protocol's form.
func (j *fixJob) candidates(kept []proposal, limit int) []Candidate {
	rank := map[int]int{}
	for _, p := range kept {
		if _, ok := rank[p.diag]; !ok {
			rank[p.diag] = len(rank)
		}
	}
	best := map[string]int{}
	var list []proposal
	for _, p := range kept {
		if at, ok := best[p.key()]; !ok {
			best[p.key()] = len(list)
			list = append(list, p)
		} else if p.weight > list[at].weight {
			p.diag = list[at].diag
			list[at] = p
		}
	}
	sort.SliceStable(list, func(a, b int) bool {
		if rank[list[a].diag] != rank[list[b].diag] {
			return rank[list[a].diag] < rank[list[b].diag]
		}
		return list[a].weight > list[b].weight
	})
	if len(list) > limit {
		list = list[:limit]
	}
	out := make([]Candidate, 0, len(list))
	for _, p := range list {
		main := p.edits[0]
		line := lineNumberAt(p.file.Src, main.Start)
		end := lineNumberAt(p.file.Src, max(main.Start, main.End-1))
		out = append(out, Candidate{
			Path: p.file.Path, Edits: sortedEdits(p.edits), Op: p.op, Line: line, EndLine: end,
			Rule: p.rule, Prior: math.Log(math.Max(p.weight, 1e-9)), Answers: p.diag,
		})
	}
	j.signFixes(list, out)
	return out
}
