package main

import (
	"bytes"
	"fmt"
	"regexp"
	"sort"
	"strings"
)

// fileEdits returns the proposal as the checker wants it.
func (p proposal) fileEdits() []FileEdits {
	return []FileEdits{{Path: p.file.Path, Edits: sortedEdits(p.edits)}}
}

// key tells two proposals apart by what they change.
func (p proposal) key() string { return fmt.Sprint(p.file.Path, sortedEdits(p.edits)) }

// sortedEdits returns the edits in file order, an insertion in front of a replacement at its place.
func sortedEdits(edits []Edit) []Edit {
	out := append([]Edit(nil), edits...)
	sort.SliceStable(out, func(a, b int) bool {
		if out[a].Start != out[b].Start {
			return out[a].Start < out[b].Start
		}
		return out[a].End < out[b].End
	})
	return out
}

// joined returns the edits with insertions at one place made one, because nobody keeps the order of two.
func joined(edits []Edit) []Edit {
	var out []Edit
	at := map[int]int{}
	for _, e := range edits {
		k, seen := at[e.Start]
		if seen && e.End == e.Start {
			out[k].New += e.New
			continue
		}
		if e.End == e.Start {
			at[e.Start] = len(out)
		}
		out = append(out, e)
	}
	return out
}

// patchedSource returns src with sorted edits applied.
func patchedSource(src []byte, edits []Edit) []byte {
	var b bytes.Buffer
	at := 0
	for _, e := range sortedEdits(edits) {
		if e.Start < at || e.End > len(src) || e.End < e.Start {
			return src
		}
		b.Write(src[at:e.Start])
		b.WriteString(e.New)
		at = e.End
	}
	b.Write(src[at:])
	return b.Bytes()
}

// piece is a run of the original (end > start or text == "") or new text between two places of it.
type piece struct {
	start, end int
	text       string
	fresh      bool
}

func (p piece) size() int {
	if p.fresh {
		return len(p.text)
	}
	return p.end - p.start
}

func (p piece) cut(from, to int) piece {
	if p.fresh {
		return piece{text: p.text[from:to], fresh: true}
	}
	return piece{start: p.start + from, end: p.start + to}
}

// composeEdits returns edits of the original that do what first and then second (relative to first's result) do.
// The first edit of the result is the one that covers the first edit of first.
func composeEdits(first, second []Edit) []Edit {
	const far = 1 << 40
	pieces := []piece{}
	at := 0
	for _, e := range sortedEdits(first) {
		pieces = append(pieces, piece{start: at, end: e.Start}, piece{text: e.New, fresh: true})
		at = e.End
	}
	pieces = append(pieces, piece{start: at, end: far})
	for i, sorted := len(second)-1, sortedEdits(second); i >= 0; i-- {
		pieces = splicePieces(pieces, sorted[i])
	}
	var out []Edit
	old, fresh := 0, ""
	for _, p := range pieces {
		if p.fresh {
			fresh += p.text
			continue
		}
		if p.end == p.start && p.end != far {
			continue
		}
		if p.start != old || fresh != "" {
			out = append(out, Edit{Start: old, End: p.start, New: fresh})
		}
		old, fresh = p.end, ""
	}
	return telling(out, first)
}

// telling moves the edit that covers the first edit of before to the front.
func telling(edits, before []Edit) []Edit {
	if len(before) == 0 {
		return edits
	}
	for i, e := range edits {
		if e.Start <= before[0].Start && before[0].Start <= e.End {
			edits[0], edits[i] = edits[i], edits[0]
			return edits
		}
	}
	return edits
}

// splicePieces replaces the range of e, in coordinates of the pieces laid end to end.
func splicePieces(pieces []piece, e Edit) []piece {
	out := takePieces(pieces, 0, e.Start)
	out = append(out, piece{text: e.New, fresh: true})
	return append(out, takePieces(pieces, e.End, 1<<41)...)
}

// takePieces returns what lies between two places of the pieces laid end to end.
func takePieces(pieces []piece, from, to int) []piece {
	var out []piece
	at := 0
	for _, p := range pieces {
		size := p.size()
		if lo, hi := max(from-at, 0), min(to-at, size); lo < hi {
			out = append(out, p.cut(lo, hi))
		}
		at += size
	}
	return out
}

// joinEdits returns the edits of base files that do p and then more.
func joinEdits(p proposal, more []FileEdits) []FileEdits {
	out := p.fileEdits()
	for _, fe := range more {
		if fe.Path == p.file.Path {
			out[0].Edits = sortedEdits(composeEdits(p.edits, fe.Edits))
		} else {
			out = append(out, fe)
		}
	}
	return out
}

// distinct drops repeated proposals, keeping the heaviest, and sorts by weight.
func distinct(proposals []proposal) []proposal {
	sort.SliceStable(proposals, func(a, b int) bool {
		if proposals[a].weight != proposals[b].weight {
			return proposals[a].weight > proposals[b].weight
		}
		return proposals[a].key() < proposals[b].key()
	})
	seen := map[string]bool{}
	out := proposals[:0:0]
	for _, p := range proposals {
		if key := p.key(); !seen[key] && p.weight > 0 {
			seen[key] = true
			out = append(out, p)
		}
	}
	return out
}

// positions are the parts of a message that shift with the text above it.
var positions = regexp.MustCompile(`[\w./-]+\.go:\d+:\d+|:\d+:\d+`)

// diagKey is what makes two findings the same after lines have shifted.
func diagKey(d Diag) string {
	return d.Path + "|" + d.Stage + "|" + d.Code + "|" + positions.ReplaceAllString(d.Message, "")
}

func countDiags(diags []Diag) map[string]int {
	count := map[string]int{}
	for _, d := range diags {
		count[diagKey(d)]++
	}
	return count
}

// compareDiags counts the findings of before that are gone and those of after that are new.
func compareDiags(base map[string]int, before, after []Diag) (removed, added int) {
	left := countDiags(after)
	for key, n := range left {
		added += max(0, n-base[key])
	}
	return len(before) - (len(after) - added), added
}

// newDiag returns the index of the first finding that base does not have, -1 for none.
func newDiag(base map[string]int, diags []Diag) int {
	left := map[string]int{}
	for key, n := range base {
		left[key] = n
	}
	for i, d := range diags {
		key := diagKey(d)
		if left[key] == 0 {
			return i
		}
		left[key]--
	}
	return -1
}

// lineNumberAt returns the 1-based line of a byte offset.
func lineNumberAt(src []byte, offset int) int {
	return bytes.Count(src[:min(max(offset, 0), len(src))], []byte("\n")) + 1
}

// startOfLine returns the offset of the first byte of the line that offset is on.
func startOfLine(src []byte, offset int) int {
	return bytes.LastIndexByte(src[:min(offset, len(src))], '\n') + 1
}

// endOfLine returns the offset behind the line end of the line that offset is on.
func endOfLine(src []byte, offset int) int {
	if at := bytes.IndexByte(src[min(offset, len(src)):], '\n'); at >= 0 {
		return offset + at + 1
	}
	return len(src)
}

// indentOf returns the blanks the line of offset begins with.
func indentOf(src []byte, offset int) string {
	line := string(src[startOfLine(src, offset):endOfLine(src, offset)])
	return line[:len(line)-len(strings.TrimLeft(line, " \t"))]
}
