package main

import (
	"sort"
	"strings"
)

// rank marks the findings that only follow from others, then puts root causes first, each kind in file order.
func rank(pkg *Package, diags []Diag) { rankIn(pkg.layout(), diags) }

// rankIn is rank for a state of which only the layout is known.
func rankIn(at *layout, diags []Diag) {
	byPlace(diags)
	markRepeats(diags)
	for i := range diags {
		if diags[i].Root && diags[i].Stage == "types" && follows(at, diags, i) {
			diags[i].Root = false
		}
	}
	if len(diags) > 0 && !anyRoot(diags) {
		diags[0].Root = true
	}
	sort.SliceStable(diags, func(i, j int) bool { return diags[i].Root && !diags[j].Root })
}

func byPlace(diags []Diag) {
	sort.SliceStable(diags, func(i, j int) bool {
		a, b := diags[i], diags[j]
		if at, bt := isTestFile(a.Path), isTestFile(b.Path); at != bt {
			return bt // tests are evidence: what can be repaired comes first
		}
		if a.Path != b.Path {
			return a.Path < b.Path
		}
		return a.Offset < b.Offset
	})
}

func isTestFile(path string) bool { return strings.HasSuffix(path, "_test.go") }

func anyRoot(diags []Diag) bool {
	for _, d := range diags {
		if d.Root {
			return true
		}
	}
	return false
}

// repeated are the codes where one repair elsewhere (a declaration, an import, a method) may cure every place.
var repeated = map[string]bool{
	"UndeclaredName": true, "UndeclaredImportedName": true, "MissingFieldOrMethod": true, "InvalidIfaceAssign": true,
	"BrokenImport": true, "MissingLitField": true,
}

// markRepeats keeps the first of several findings that say the same of the same name.
func markRepeats(diags []Diag) {
	seen := map[string]bool{}
	for i, d := range diags {
		if d.Stage != "types" || !repeated[d.Code] {
			continue
		}
		key := d.Code + "\x00" + strings.Join(d.Names, "\x00")
		if len(d.Names) == 0 {
			key += d.Message
		}
		diags[i].Root = !seen[key]
		seen[key] = true
	}
}

// follows tells whether finding i disappears when another one is repaired.
func follows(at *layout, diags []Diag, i int) bool {
	d := diags[i]
	for j, other := range diags {
		if i == j || other.Stage != "types" {
			continue
		}
		same := other.Path == d.Path
		switch d.Code {
		case "UnusedVar":
			if same && unknownName(other) && at.sameFunc(d, other) && nearAny(d.Names, other.Names) {
				return true
			}
		case "UnusedImport":
			if same && (unknownName(other) || other.Code == "NotAnExpr" || other.Code == "NotAType") && nearAny(d.Names, other.Names) {
				return true
			}
		case "MissingReturn":
			if same && unknownName(other) && at.endsBody(d, other) {
				return true
			}
		default:
			if same && within(d, other) && !soft(other) {
				return true
			}
		}
		if d.Code == "MissingFieldOrMethod" && len(d.Names) > 1 && !soft(other) && other.Code != d.Code && at.declares(other, d.Names[len(d.Names)-1]) {
			return true
		}
	}
	return false
}

// unknownName tells whether a finding is about a name that means nothing where it stands.
func unknownName(d Diag) bool {
	switch d.Code {
	case "UndeclaredName", "UndeclaredImportedName", "MissingFieldOrMethod", "UnexportedName":
		return true
	}
	return false
}

// soft tells whether a finding never causes another.
func soft(d Diag) bool {
	switch d.Code {
	case "UnusedVar", "UnusedImport", "MissingReturn", "UnusedLabel", "UnusedExpr":
		return true
	}
	return false
}

// nearAny tells whether a name of one list is the same as, or near to, one of the other.
func nearAny(names, others []string) bool {
	for _, a := range names {
		for _, b := range others {
			if a == b || near(a, b) {
				return true
			}
		}
	}
	return false
}

// within tells whether d spans more than the other finding and holds it: the inner one is the cause.
func within(d, other Diag) bool {
	if other.Offset < d.Offset || other.End > d.End || d.End <= d.Offset {
		return false
	}
	return other.Offset != d.Offset || other.End != d.End
}
