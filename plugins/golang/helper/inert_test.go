package main

import (
	"strings"
	"testing"
)

const bounded = `package p

func f(n, most int, ok bool, x float64) int {
	if n < 1 || n > 12 {
		return -1
	}
	if ok && (n == most || x <= 0.5) {
		return 0
	}
	for i := 0; i < n; i++ {
		most++
	}
	return most
}
`

// outcome is how a condition of bounded came out in one test.
type outcome struct {
	text  string
	order bool
	bits  int
}

// seenIn returns the conditions of src as a run would have counted them.
func seenIn(src string, tests ...[]outcome) []conditionSeen {
	var out []conditionSeen
	for i, o := range tests[0] {
		at := strings.Index(src, o.text)
		c := conditionSeen{Start: at, End: at + len(o.text), Order: o.order}
		for _, test := range tests {
			c.Seen = append(c.Seen, test[i].bits)
		}
		out = append(out, c)
	}
	return out
}

// once is a run with n = 5, most = 7, ok = false: no check holds, the loop runs five times.
var once = []outcome{
	{"n < 1 || n > 12", false, 1},
	{"n < 1", true, 16},
	{"n > 12", true, 1},
	{"ok && (n == most || x <= 0.5)", false, 1},
	{"ok", false, 1},
	{"n == most || x <= 0.5", false, 0},
	{"n == most", true, 0},
	{"x <= 0.5", false, 0},
	{"i < n", true, 1 | 2 | 4},
}

// TestInertEdits: edits of conditions that come out as before are told from those that do not.
func TestInertEdits(t *testing.T) {
	s := loaded(t, map[string]string{"a.go": bounded})
	p := s.Base()
	f, fn := p.Files[0], p.EnclosingFunc(p.Files[0], len(bounded)-10)
	held := make([]outcome, len(once))
	copy(held, once)
	held[3].bits, held[4].bits, held[5].bits, held[6].bits, held[7].bits = 1, 2, 1, 1, 1 // ok, and both others false
	for _, c := range []struct {
		name, old, new string
		tests          [][]outcome
		inert          bool
	}{
		{"narrower bound", "n < 1", "n < 0", [][]outcome{once}, true},
		{"bound far off", "n > 12", "n > 11", [][]outcome{once}, true},
		{"turned round", "n > 12", "n <= 12", [][]outcome{once}, false},
		{"a part dropped", "n < 1 || n > 12", "n > 12", [][]outcome{once}, true},
		{"a part added", "n < 1 || n > 12", "n < 1 || n > 12 || ok", [][]outcome{once}, false},
		{"a part added that must hold too", "n < 1 || n > 12", "(n < 1 || n > 12) && ok", [][]outcome{once}, true},
		{"joined otherwise", "n < 1 || n > 12", "n < 1 && n > 12", [][]outcome{once}, true},
		{"never evaluated", "n == most", "n != most", [][]outcome{once}, true},
		{"evaluated in one test alone", "n == most", "n != most", [][]outcome{held, once}, true},
		{"evaluated", "n == most", "n != most", [][]outcome{held}, false},
		{"far from equal", "n == most", "n == most+1", [][]outcome{held}, true},
		{"equal, maybe", "n == most", "n == most-2", [][]outcome{held}, false},
		{"floats, narrower", "x <= 0.5", "x < 0.5", [][]outcome{held}, true},
		{"floats, wider", "x <= 0.5", "x != 0.5", [][]outcome{held}, false},
		{"one turn more", "i < n", "i <= n", [][]outcome{once}, false},
		{"two turns less", "i < n", "i < n-2", [][]outcome{once}, false},
		{"another name", "i < n", "i < most", [][]outcome{once}, false},
		{"both bounds", "n < 1 || n > 12", "n < 0 || n > 13", [][]outcome{once}, true},
		{"a guard that never held", "if n < 1 || n > 12 {\n\t\treturn -1\n\t}\n", "", [][]outcome{once}, true},
		{"what no condition is", "most++", "most--", [][]outcome{once}, false},
	} {
		x := newInertness(p, f, fn, seenIn(bounded, c.tests...))
		at := strings.Index(bounded, c.old)
		edit := Edit{at, at + len(c.old), c.new}
		if got := x.inert(Candidate{Path: f.Path, Edits: []Edit{edit}}); got != c.inert {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	if newInertness(p, f, fn, nil) != nil {
		t.Error("nothing was counted, yet it judges")
	}
}

// TestInertEditsComeLast: the catalogue puts them behind everything else.
func TestInertEditsComeLast(t *testing.T) {
	s := loaded(t, map[string]string{"a.go": bounded})
	of := func(seen []conditionSeen) map[string]float64 {
		list, err := enumerate(s.Base(), EnumerateParams{Path: s.Base().Files[0].Path, Conditions: seen})
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]float64{}
		for _, c := range list {
			out[applyEdits(bounded, c.Edits)] = c.Prior
		}
		return out
	}
	before, after := of(nil), of(seenIn(bounded, once))
	narrower, turn := strings.Replace(bounded, "n > 12", "n >= 12", 1), strings.Replace(bounded, "i < n", "i <= n", 1)
	if after[narrower] != before[narrower]+inertPrior || after[turn] != before[turn] || before[turn] == 0 {
		t.Errorf("%.2f became %.2f, %.2f became %.2f", before[narrower], after[narrower], before[turn], after[turn])
	}
	if len(after) != len(before) {
		t.Errorf("%d edits became %d", len(before), len(after))
	}
}

// TestConditionsAreCounted: what is counted is named by its place, and the file still checks.
func TestConditionsAreCounted(t *testing.T) {
	src := bounded + "\ntype flag bool\n\nfunc g(on flag, u uint8, t []int) bool {\n\tif on && u > 3 {\n\t\treturn false\n\t}\n\treturn len(t) == int(u) || !(u < 9)\n}\n"
	r := buildCover(checkSource("p", map[string]string{"a.go": src}), true)
	found := map[string]bool{}
	for _, c := range r.Conditions {
		found[src[c.Start:c.End]] = c.Order
		if n := map[bool]int{false: truthCounters, true: orderCounters}[c.Order]; c.First+n > len(r.Blocks) {
			t.Errorf("%q counts behind the end", src[c.Start:c.End])
		}
	}
	for _, o := range once {
		if order, ok := found[o.text]; !ok || order != o.order {
			t.Errorf("%q: %v, %v", o.text, order, ok)
		}
	}
	if _, ok := found["u > 3"]; ok {
		t.Error("a condition with a type of its own is wrapped")
	}
	if order, ok := found["len(t) == int(u)"]; !ok || order {
		t.Error("a conversion is computed twice, or not counted")
	}
	if p := checkSource("p", r.Files); len(p.Diags) > 0 {
		t.Errorf("the counting file does not check: %s", p.Diags[0].Message)
	}
	if plain := buildCover(checkSource("p", map[string]string{"a.go": src}), false); len(plain.Conditions) > 0 {
		t.Error("conditions are counted unasked")
	}
}
