package main

import (
	"cmp"
	"go/ast"
	"math"
	"slices"
	"strings"
)

// Limits of changes that are made at several places at once.
const (
	maxTwins      = 40 // candidates of a function
	twinSearch    = 250
	maxTwinPlaces = 4
	twinFactor    = 0.3 // how much less likely than the change at one place
)

// twins repeats the likeliest changes of an expression at the other places where the function has the same expression:
// who is wrong once is wrong again. nodes are where the candidates were found.
func (o *operators) twins(nodes []ast.Node) {
	var index map[string][]ast.Node
	made := 0
	for _, i := range o.likeliest(twinSearch) {
		one, n := o.out[i], nodes[i]
		if len(one.Edits) != 1 || made == maxTwins || !twinned(n) {
			continue
		}
		edit, start, end := one.Edits[0], o.off(n.Pos()), o.off(n.End())
		if edit.Start < start || edit.End > end || edit.Start == edit.End && (edit.Start == start || edit.End == end) {
			continue
		}
		if index == nil {
			index = o.expressions()
		}
		text := string(o.src[start:end])
		if len(index[text]) < 2 || len(index[text]) > maxTwinPlaces {
			continue
		}
		var edits []Edit
		last := 0
		for _, place := range index[text] {
			at := o.off(place.Pos())
			if at < last {
				edits = nil
				break
			}
			last = o.off(place.End())
			edits = append(edits, Edit{at + edit.Start - start, at + edit.End - start, edit.New})
		}
		if had := len(o.out); edits != nil {
			o.emit(one.Op, "twin-"+one.Rule, n, 1, edits...)
			if len(o.out) > had {
				made++
				o.out[had].Prior = one.Prior + math.Log(twinFactor)
			}
		}
	}
}

// likeliest returns the positions of the candidates with the highest priors.
func (o *operators) likeliest(most int) []int {
	order := make([]int, len(o.out))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(o.out[b].Prior, o.out[a].Prior) })
	return order[:min(most, len(order))]
}

// twinned tells whether a node is an expression that is worth changing wherever it stands; a name alone is not.
func twinned(n ast.Node) bool {
	switch n.(type) {
	case *ast.BinaryExpr, *ast.SelectorExpr, *ast.IndexExpr, *ast.CallExpr, *ast.SliceExpr, *ast.BasicLit:
		return true
	}
	return false
}

// expressions returns the function's expressions by text, in source order.
func (o *operators) expressions() map[string][]ast.Node {
	index := map[string][]ast.Node{}
	ast.Inspect(o.fn, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok && twinned(e) {
			if text := o.text(e); !strings.Contains(text, "\n") {
				index[text] = append(index[text], e)
			}
		}
		return true
	})
	return index
}
