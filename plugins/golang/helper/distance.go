package main

import (
	"sort"
	"strings"
)

// nameDistance is the number of letters inserted, deleted, replaced or swapped between two names; a difference in
// case alone counts one.
func nameDistance(a, b string) int {
	if a == b {
		return 0
	}
	if strings.EqualFold(a, b) {
		return 1
	}
	x, y := []rune(a), []rune(b)
	if d := len(x) - len(y); d > 4 || d < -4 {
		return max(len(x), len(y))
	}
	rows := [3][]int{make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)}
	for j := range rows[1] {
		rows[1][j] = j
	}
	for i := 1; i <= len(x); i++ {
		before, last, row := rows[(i+2)%3], rows[i%3], rows[(i+1)%3]
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(row[j-1]+1, last[j]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return rows[(len(x)+1)%3][len(y)]
}

// near tells whether two names are so alike that one may be meant for the other.
func near(a, b string) bool {
	if a == b || len(a) == 0 || len(b) == 0 {
		return false
	}
	limit := 1 + min(len(a), len(b))/4
	if nameDistance(a, b) <= limit {
		return true
	}
	short, long := strings.ToLower(a), strings.ToLower(b)
	if len(short) > len(long) {
		short, long = long, short
	}
	return len(short) >= 3 && strings.HasPrefix(long, short)
}

// nearest returns up to n of the names that are near to name, nearest first.
func nearest(name string, names []string, n int) []string {
	var found []string
	for _, other := range names {
		if near(name, other) {
			found = append(found, other)
		}
	}
	sort.SliceStable(found, func(i, j int) bool {
		a, b := nameDistance(name, found[i]), nameDistance(name, found[j])
		if a != b {
			return a < b
		}
		return found[i] < found[j]
	})
	return found[:min(n, len(found))]
}
