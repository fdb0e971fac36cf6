package main

import (
	"math/rand"
	"strings"
	"testing"
	"time"
)

// TestFixSurvivesAnyText cuts and scrambles the corpus: no panic, every edit inside its file, no call past its time.
func TestFixSurvivesAnyText(t *testing.T) {
	rng := rand.New(rand.NewSource(1))
	all := append(append(append([]fixCase{}, nameCases...), otherCases...), syntaxCases...)
	for i := 0; i < len(all); i += 4 {
		src := all[i].broken()
		for _, text := range []string{src[:rng.Intn(len(src))], scrambled(rng, src), strings.ReplaceAll(src, "\n", "\r\n"), "\ufeff" + src} {
			s := sourceServer("example.org/p", map[string]string{"/src/p.go": text})
			started := time.Now()
			for _, c := range fixes(s, 50) {
				for _, e := range c.Edits {
					if e.Start < 0 || e.End < e.Start || e.End > len(text) {
						t.Fatalf("%s: edit %v leaves a file of %d bytes:\n%s", c.Rule, e, len(text), text)
					}
				}
				if c.Line < 1 || c.EndLine < c.Line || c.Answers < 0 || c.Answers >= len(s.Base().Diags) {
					t.Fatalf("%s: lines %d-%d, answers %d", c.Rule, c.Line, c.EndLine, c.Answers)
				}
			}
			if took := time.Since(started); took > 3*fixTime {
				t.Errorf("%v for:\n%s", took, text)
			}
		}
	}
}

// scrambled removes, doubles or exchanges a few runs of bytes.
func scrambled(rng *rand.Rand, src string) string {
	for range 3 {
		at := rng.Intn(len(src))
		end := min(len(src), at+1+rng.Intn(6))
		switch rng.Intn(3) {
		case 0:
			src = src[:at] + src[end:]
		case 1:
			src = src[:at] + src[at:end] + src[at:]
		default:
			src = src[:at] + string("{}()[],:;=\"'`"[rng.Intn(13)]) + src[end:]
		}
	}
	return src
}

// TestComposedEditsDoBoth composes random edits and compares with applying them one after the other.
func TestComposedEditsDoBoth(t *testing.T) {
	rng := rand.New(rand.NewSource(2))
	for range 500 {
		src := []byte("abcdefghijklmnopqrstuvwxyz"[:5+rng.Intn(20)])
		first := randomEdits(rng, len(src))
		middle := patchedSource(src, first)
		second := randomEdits(rng, len(middle))
		want := string(patchedSource(middle, second))
		if got := string(patchedSource(src, composeEdits(first, second))); got != want {
			t.Fatalf("%s: %v then %v: got %q, want %q", src, first, second, got, want)
		}
	}
}

// randomEdits returns sorted edits of a text of n bytes that do not overlap.
func randomEdits(rng *rand.Rand, n int) []Edit {
	var edits []Edit
	at := 0
	for range 1 + rng.Intn(3) {
		start := at + rng.Intn(n-at+1)
		end := start + rng.Intn(n-start+1)
		edits = append(edits, Edit{start, end, strings.Repeat("#", rng.Intn(3))})
		if at = end + 1; at > n {
			break
		}
	}
	return edits
}

// TestFixLeavesTestsAlone repairs only what may be edited, also when a test shows what is wrong.
func TestFixLeavesTestsAlone(t *testing.T) {
	s := sourceServer("example.org/p", map[string]string{
		"/src/p.go":      "package p\n\ntype T struct{ n int }\n\nfunc (t *T) Lenght() int { return t.n }\n",
		"/src/p_test.go": "package p\n\nimport \"testing\"\n\nfunc TestT(t *testing.T) {\n\tif (&T{1}).Length() != 1 {\n\t\tt.Fatal()\n\t}\n}\n",
	})
	found := fixes(s, 20)
	if len(found) == 0 || found[0].Path != "/src/p.go" || found[0].Rule != "rename-member" {
		t.Fatalf("found %v", found)
	}
	for _, c := range found {
		if c.Path != "/src/p.go" {
			t.Errorf("%s edits %s", c.Rule, c.Path)
		}
	}
}

// TestFixSatisfiesExternalTests renames what an external test calls by another name.
func TestFixSatisfiesExternalTests(t *testing.T) {
	s := sourceServer("example.org/p", map[string]string{
		"/src/p.go":      "package p\n\nfunc double(n int) int { return 2 * n }\n\nfunc Quad(n int) int { return double(double(n)) }\n",
		"/src/p_test.go": "package p_test\n\nimport (\n\t\"example.org/p\"\n\t\"testing\"\n)\n\nfunc TestD(t *testing.T) {\n\tif p.Double(1) != 2 {\n\t\tt.Fatal()\n\t}\n}\n",
	})
	found := fixes(s, 20)
	if len(found) == 0 || found[0].Rule != "rename-declaration" || len(found[0].Edits) != 3 {
		t.Fatalf("found %v", found)
	}
}

// TestFixRefusesImportCycle offers nothing where only people can decide.
func TestFixRefusesImportCycle(t *testing.T) {
	s := sourceServer("example.org/p", map[string]string{"/src/p.go": "package p\n\nimport \"example.org/p\"\n\nvar X = p.Y\n"})
	for _, c := range fixes(s, 20) {
		if s.Base().Diags[c.Answers].Code == "ImportCycle" {
			t.Errorf("%s for an import cycle", c.Rule)
		}
	}
}

// TestFixHandlesTwoErrorsOfSyntax repairs a file whose two errors hide each other.
func TestFixHandlesTwoErrorsOfSyntax(t *testing.T) {
	src := "package p\n\nfunc f(xs []int) int {\n\tt := 0\n\tfor i := 0; i < len(xs; i++ {\n\t\tt += xs[i]\n\t}\n\treturn t\n}\n\nfucn g(n int) int {\n\treturn n\n}\n"
	s := sourceServer("example.org/p", map[string]string{"/src/p.go": src})
	found := fixes(s, 5)
	if len(found) == 0 {
		t.Fatal("no repair")
	}
	got := string(patchedSource([]byte(src), found[0].Edits))
	if !strings.Contains(got, "len(xs); i++ {") || !strings.Contains(got, "func g(n int)") {
		t.Errorf("%s:\n%s", found[0].Rule, got)
	}
}
