package main

import (
	"go/ast"
	"go/types"
	"math/rand"
	"os"
	"sort"
	"strconv"
	"strings"
	"testing"
)

// mutantOf returns the package with one function's text replaced, checked from scratch, and that function.
func mutantOf(p *Package, l *sourceLoader, f *File, fn *ast.FuncDecl, text string) (*Package, *File, *ast.FuncDecl) {
	start, end := p.Offset(fn.Pos()), p.Offset(fn.End())
	src := string(f.Src[:start]) + text + string(f.Src[end:])
	changed, _ := parseFile(p.Fset, source{FileSpec: FileSpec{Path: f.Path}, content: []byte(src)})
	m := &Package{Dir: p.Dir, ImportPath: p.ImportPath, Fset: p.Fset, Info: newInfo()}
	var asts []*ast.File
	for _, other := range p.Files {
		if other == f {
			other = changed
		}
		m.Files = append(m.Files, other)
		asts = append(asts, other.AST)
	}
	conf := types.Config{Importer: l, FakeImportC: true, Error: func(error) {}}
	m.Types, _ = conf.Check(p.ImportPath, p.Fset, asts, m.Info)
	return m, changed, m.EnclosingFunc(changed, start+1)
}

// TestInverseCoverage measures how often the original text is among the candidates of a mutant, by kind.
func TestInverseCoverage(t *testing.T) {
	functions, per := 36, 5
	if deep, err := strconv.Atoi(os.Getenv("HRGC_DEEP")); err == nil {
		functions, per = deep, 16
	}
	byKind, byRule := map[string][2]int{}, map[string][2]int{}
	examples := map[string][]string{}
	opAgrees, opTotal := 0, 0
	ranks := map[int]int{} // mutants whose original is among the first so many candidates
	ranksOf := map[string]map[int]int{}
	mutants := 0
	disagree := map[string]int{}
	eachFunction(t, functions, func(p *Package, f *File, fn *ast.FuncDecl, c *funcChecker) {
		text, base := p.Text(f, fn), p.Offset(fn.Pos())
		whole := squeeze(text)
		rng := rand.New(rand.NewSource(int64(len(text))))
		b := newBehaviour(newOperators(p, f, fn, 0, 0), rng)
		for range per {
			picked, ok := b.pick()
			if !ok {
				break
			}
			if only := os.Getenv("HRGC_KIND"); only != "" && kindOf(picked.Rule) != only {
				continue
			}
			broken, _ := formatFunction(applyEdits(text, shifted(picked.Edits, base)))
			if len(c.check(broken)) > 0 || broken == text {
				continue
			}
			m, mf, mfn := mutantOf(p, stdLoader, f, fn, broken)
			if mfn == nil {
				continue
			}
			hit, mutants := false, &mutants
			*mutants++
			mbase := m.Offset(mfn.Pos())
			for rank, cand := range newOperators(m, mf, mfn, 0, 0).candidates() {
				if !hit {
					fixed := applyEdits(broken, shifted(cand.Edits, mbase))
					if squeeze(fixed) == whole {
						hit = true
						kind := kindOf(picked.Rule)
						if ranksOf[kind] == nil {
							ranksOf[kind] = map[int]int{}
						}
						for _, limit := range []int{10, 50, 100, 200, 500} {
							if rank < limit {
								ranks[limit]++
								ranksOf[kind][limit]++
							}
						}
						opTotal++
						if op := classifyFix(broken, text); op == cand.Op {
							opAgrees++
						} else {
							disagree[cand.Rule+": "+cand.Op+", classified "+op]++
						}
					}
				}
			}
			for table, key := range map[*map[string][2]int]string{&byKind: kindOf(picked.Rule), &byRule: picked.Rule} {
				count := (*table)[key]
				count[1]++
				if hit {
					count[0]++
				}
				(*table)[key] = count
			}
			if !hit && len(examples[picked.Rule]) < 8 {
				fix := hunkBetween(windowLines(broken), windowLines(text))
				if fix != nil {
					examples[picked.Rule] = append(examples[picked.Rule], strings.Join(windowLines(broken)[max(0, fix.First-1):fix.Last], " / ")+"  ==>  "+strings.Join(fix.Lines, " / "))
				}
			}
		}
	})
	for _, rule := range sortedKeys(byRule) {
		if count := byRule[rule]; count[0] < count[1] {
			t.Logf("%-24s %3d of %3d", rule, count[0], count[1])
			for _, e := range examples[rule] {
				t.Logf("        %s", e)
			}
		}
	}
	for _, kind := range sortedKeys(byKind) {
		count := byKind[kind]
		share := float64(count[0]) / float64(count[1])
		t.Logf("%-10s %4d of %4d  %.1f %%", kind, count[0], count[1], 100*share)
		want := 0.8
		if kind == "missing" {
			want = 0.25 // what was deleted is often nowhere else to be seen
		}
		if count[1] >= 25 && share < want {
			t.Errorf("%s: only %.1f %% of the mutants have their original among the candidates", kind, 100*share)
		}
	}
	for _, limit := range []int{10, 50, 100, 200, 500} {
		t.Logf("original among the first %3d candidates: %.1f %%", limit, 100*float64(ranks[limit])/float64(mutants))
	}
	for _, kind := range sortedKeys(ranksOf) {
		t.Logf("    %-10s %v", kind, ranksOf[kind])
	}
	t.Logf("class of the candidate equals classifyFix: %d of %d", opAgrees, opTotal)
	for _, key := range sortedKeys(disagree) {
		t.Logf("    %3d %s", disagree[key], key)
	}
	if opTotal > 50 && float64(opAgrees) < 0.85*float64(opTotal) {
		t.Errorf("classes agree on %d of %d only", opAgrees, opTotal)
	}
}

// squeeze drops blanks and comments, so that alignment and words do not count.
func squeeze(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if at := strings.Index(line, "// "); at >= 0 {
			lines[i] = line[:at]
		}
	}
	return strings.Join(strings.Fields(strings.Join(lines, "\n")), "")
}

// sortedKeys returns the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
