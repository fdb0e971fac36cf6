package main

import (
	"strings"
	"testing"
)

// place returns the position of the first candidate whose result holds a text, -1 for none.
func place(t *testing.T, src, text string) int {
	t.Helper()
	for i, c := range candidatesOf(t, src) {
		if strings.Contains(applyEdits(src, c.Edits), text) {
			return i
		}
	}
	return -1
}

const counting = "package p\n\nfunc f(a []int) (n int) {\n\tfor i := 0; i %s len(a)-1; i++ {\n\t\tif a[i+1] > a[i] {\n\t\t\tn++\n\t\t}\n\t}\n\treturn n\n}\n"

// TestLoopsAreTurnedToWhereTheyRun: a condition that lets a counting loop never run is the first to be doubted, and
// one that runs is not turned away.
func TestLoopsAreTurnedToWhereTheyRun(t *testing.T) {
	if at := place(t, strings.Replace(counting, "%s", ">", 1), "i < len(a)-1; i++"); at < 0 || at > 2 {
		t.Errorf("the condition that runs is candidate %d", at)
	}
	right := strings.Replace(counting, "%s", "<", 1)
	if away, other := place(t, right, "i >= len(a)-1; i++"), place(t, right, "a[i+1] <= a[i]"); away < other || other < 0 {
		t.Errorf("the loop is turned away at %d, the comparison in it at %d", away, other)
	}
}

// TestSummandsStayOnes: adding 0 or a negative number is left to the rules that drop a term or change the operator.
func TestSummandsStayOnes(t *testing.T) {
	right := strings.Replace(counting, "%s", "<", 1)
	for _, text := range []string{"a[i+0]", "a[i+-1]", "len(a)-0", "len(a)--1"} {
		if at := place(t, right, text); at >= 0 {
			t.Errorf("%s is candidate %d", text, at)
		}
	}
	for _, text := range []string{"a[i] > a[i]", "a[i-1] > a[i]", "i < len(a); i++"} {
		if place(t, right, text) < 0 {
			t.Errorf("%s is no candidate", text)
		}
	}
}

// TestSidesAreNotMadeAlike: an edit deep inside one side that makes it read like the other comes late.
func TestSidesAreNotMadeAlike(t *testing.T) {
	right := strings.Replace(counting, "%s", "<", 1)
	if alike, other := place(t, right, "a[i] > a[i]"), place(t, right, "a[i-1] > a[i]"); alike < other {
		t.Errorf("equal sides are candidate %d, before %d", alike, other)
	}
}
