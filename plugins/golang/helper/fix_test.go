package main

import (
	"fmt"
	"go/format"
	"math"
	"sort"
	"strings"
	"testing"
	"time"
)

// fixCase is one broken file and its repair: «broken|repaired|other repair» marks what differs.
type fixCase struct {
	code string
	text string
}

// broken returns the file with the first alternative of every mark, variants the files with the others.
func (c fixCase) broken() string { return c.pick(0) }

func (c fixCase) variants() []string {
	n := 2
	for _, part := range strings.Split(c.text, "«")[1:] {
		body, _, _ := strings.Cut(part, "»")
		n = max(n, strings.Count(body, "¦")+1)
	}
	var out []string
	for i := 1; i < n; i++ {
		out = append(out, normal(c.pick(i)))
	}
	return out
}

func (c fixCase) pick(i int) string {
	parts := strings.Split(c.text, "«")
	out := parts[0]
	for _, part := range parts[1:] {
		body, rest, _ := strings.Cut(part, "»")
		alternatives := strings.Split(body, "¦")
		out += alternatives[min(i, len(alternatives)-1)] + rest
	}
	return out
}

// normal formats source and drops blank lines, so that layout does not decide.
func normal(src string) string {
	if formatted, err := format.Source([]byte(src)); err == nil {
		src = string(formatted)
	}
	var lines []string
	for _, line := range strings.Split(src, "\n") {
		if strings.TrimSpace(line) != "" {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return strings.Join(lines, "\n")
}

// rankOf returns the 1-based rank of the repair among the candidates, 0 when it is missing, and what came first.
func rankOf(c fixCase) (rank int, first string, codes []string, took time.Duration) {
	src := c.broken()
	s := sourceServer("example.org/p", map[string]string{"/src/p.go": src})
	for _, d := range s.Base().Diags {
		codes = append(codes, d.Code)
	}
	started := time.Now()
	found := fixes(s, 200)
	took = time.Since(started)
	base := countDiags(s.Base().Diags)
	worth := map[string]float64{}
	for _, cand := range found {
		edits := []FileEdits{{Path: cand.Path, Edits: cand.Edits}}
		removed, _ := compareDiags(base, s.Base().Diags, s.Check(edits))
		if s.Base().Diags[0].Stage == "parse" {
			removed = 1
		}
		worth[fmt.Sprint(cand.Edits)] = cand.Prior + 1.5*math.Log(float64(max(removed, 1)))
	}
	// as the engine orders what passes: by the prior, and by how much is resolved
	sort.SliceStable(found, func(a, b int) bool {
		return worth[fmt.Sprint(found[a].Edits)] > worth[fmt.Sprint(found[b].Edits)]
	})
	wanted := c.variants()
	for i, cand := range found {
		got := normal(string(patchedSource([]byte(src), cand.Edits)))
		if i == 0 {
			first = fmt.Sprintf("%s %.2f %v", cand.Rule, cand.Prior, cand.Edits)
		}
		for _, w := range wanted {
			if got == w {
				return i + 1, first, codes, took
			}
		}
	}
	return 0, first, codes, took
}

// score counts the cases of one code.
type score struct{ first, third, all int }

func runCases(t *testing.T, cases []fixCase) map[string]score {
	t.Helper()
	rates := map[string]score{}
	var slowest time.Duration
	for _, c := range cases {
		rank, first, codes, took := rankOf(c)
		slowest = max(slowest, took)
		r := rates[c.code]
		r.all++
		if rank == 1 {
			r.first++
		}
		if rank >= 1 && rank <= 3 {
			r.third++
		}
		rates[c.code] = r
		if len(codes) == 0 {
			t.Errorf("%s: the case is not broken:\n%s", c.code, c.broken())
			continue
		}
		if codes[0] != c.code && !contains(codes, c.code) && c.code != "Syntax" {
			t.Logf("%s: the checker says %v", c.code, codes)
		}
		if rank != 1 {
			t.Logf("%s: rank %d, first is %s\n%s", c.code, rank, first, c.text)
		}
	}
	t.Logf("slowest case: %v", slowest)
	return rates
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func TestFixCorpus(t *testing.T) {
	total := score{}
	for _, part := range [][]fixCase{nameCases, memberCases, typeCases, operandCases, countCases, otherCases, syntaxCases, foreignCases, spreadCases, programCases} {
		rates := runCases(t, part)
		var codes []string
		for code := range rates {
			codes = append(codes, code)
		}
		sort.Strings(codes)
		for _, code := range codes {
			r := rates[code]
			t.Logf("%-26s top-1 %d/%d, top-3 %d/%d", code, r.first, r.all, r.third, r.all)
			total.first, total.third, total.all = total.first+r.first, total.third+r.third, total.all+r.all
		}
	}
	t.Logf("all: top-1 %d/%d, top-3 %d/%d", total.first, total.all, total.third, total.all)
	if total.first*100 < total.all*85 || total.third*100 < total.all*95 {
		t.Errorf("the catalogue repairs too little: top-1 %d, top-3 %d of %d", total.first, total.third, total.all)
	}
}
