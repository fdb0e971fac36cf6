package main

import (
	"strings"
	"unicode"
)

// editDistance is the Damerau-Levenshtein distance (adjacent transpositions count one).
func editDistance(a, b string) int {
	x, y := []rune(a), []rune(b)
	older, old, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for k := range old {
		old[k] = k
	}
	for i := 1; i <= len(x); i++ {
		row[0] = i
		for k := 1; k <= len(y); k++ {
			cost := 1
			if x[i-1] == y[k-1] {
				cost = 0
			}
			row[k] = min(old[k]+1, row[k-1]+1, old[k-1]+cost)
			if i > 1 && k > 1 && x[i-1] == y[k-2] && x[i-2] == y[k-1] {
				row[k] = min(row[k], older[k-2]+1)
			}
		}
		older, old, row = old, row, older
	}
	return old[len(y)]
}

// likeness rates how likely a person who wrote wrong meant right, by spelling alone: 0 for no resemblance, below 1.
func likeness(wrong, right string) float64 {
	if wrong == right || wrong == "" || right == "" || right == "_" {
		return 0
	}
	a, b := strings.ToLower(wrong), strings.ToLower(right)
	if a == b {
		return 0.95
	}
	if strings.ReplaceAll(a, "_", "") == strings.ReplaceAll(b, "_", "") {
		return 0.9
	}
	shorter := min(len(a), len(b))
	score := 0.0
	switch d := editDistance(a, b); {
	case d == 1 && shorter >= 4:
		score = 0.85
	case d == 1 && shorter == 3:
		score = 0.6
	case d == 1 && shorter == 2:
		score = 0.3
	case d == 1:
		score = 0.08
	case d == 2 && shorter >= 6:
		score = 0.5
	case d == 2 && shorter >= 4:
		score = 0.25
	case d == 2 && shorter == 3:
		score = 0.06
	case d == 3 && shorter >= 8:
		score = 0.25
	case d == 3 && shorter >= 6:
		score = 0.1
	case d == 4 && shorter >= 11:
		score = 0.15
	}
	if a[0] != b[0] {
		score *= 0.7
	}
	if editDistance(wrong, right) > editDistance(a, b) {
		score *= 0.92
	}
	return max(score, affixed(a, b), sharedWords(wrong, right))
}

// memberLikeness is likeness among few names: one or two letters too many or too few count more.
func memberLikeness(wrong, right string) float64 {
	like := likeness(wrong, right)
	if wrong != right && (strings.HasPrefix(right, wrong) || strings.HasPrefix(wrong, right)) && max(len(right)-len(wrong), len(wrong)-len(right)) <= 2 {
		like = max(like, 0.3)
	}
	return like
}

// affixed rates abbreviations: a prefix, a suffix, or the letters of the shorter name in order.
func affixed(a, b string) float64 {
	short, long := a, b
	if len(short) > len(long) {
		short, long = long, short
	}
	switch {
	case len(short) >= 3 && strings.HasPrefix(long, short):
		return 0.35
	case len(short) >= 3 && strings.HasSuffix(long, short):
		return 0.3
	case len(short) >= 1 && len(short) < 3 && strings.HasPrefix(long, short):
		return 0.06
	case len(short) >= 2 && short[0] == long[0] && subsequence(short, long):
		return 0.2
	}
	return 0
}

func subsequence(short, long string) bool {
	at := 0
	for i := 0; i < len(long) && at < len(short); i++ {
		if long[i] == short[at] {
			at++
		}
	}
	return at == len(short)
}

// sharedWords rates names that share camel-case words (userCount, countUsers, numUsers).
func sharedWords(a, b string) float64 {
	wa, wb := words(a), words(b)
	if len(wa)+len(wb) < 3 {
		return 0
	}
	same := 0
	for _, x := range wa {
		for _, y := range wb {
			if x == y || len(x) > 3 && len(y) > 3 && editDistance(x, y) == 1 {
				same++
				break
			}
		}
	}
	if same == 0 {
		return 0
	}
	share := 2 * float64(same) / float64(len(wa)+len(wb))
	return 0.4 * share * share
}

// words splits a name at underscores and changes of case, lower-cased.
func words(name string) []string {
	var out []string
	start := 0
	runes := []rune(name)
	flush := func(end int) {
		if end > start {
			out = append(out, strings.ToLower(string(runes[start:end])))
		}
		start = end
	}
	for i, r := range runes {
		switch {
		case r == '_':
			flush(i)
			start = i + 1
		case i > start && unicode.IsUpper(r) && (!unicode.IsUpper(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])):
			flush(i)
		}
	}
	flush(len(runes))
	return out
}

// capitalised returns a name with its first letter in upper case.
func capitalised(name string) string { return strings.ToUpper(name[:1]) + name[1:] }
