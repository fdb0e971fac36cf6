package main

import (
	"go/ast"
	"math"
	"strings"
)

// ruleRates holds how many of 1,000 type-correct edits of a rule repair a buggy function; a rule takes the rate of its
// longest listed prefix. The classes were measured on real buggy functions (boolean 38, dropped operand 28, negation
// 26, one more or less 24, relational 24, integer 21, logical 20, rune 19, arithmetic 17, swapped operands 13, unwrap 12,
// sibling call 11, swapped arguments 10, identifier 9, deleted statement 9, wrap, string and move 2); the split inside
// a class, and the rules with no figure of their own, follow the mutants of public code, brought to the same scale.
var ruleRates = map[string]float64{
	"relational-boundary": 40, "relational-negation": 30, "relational-mirror": 14, "relational-other": 12, "relational-empty": 8,
	"logical": 20, "negation-add": 20, "negation-drop": 40, "negation-add-all": 4,
	"arithmetic": 17, "arithmetic-shift": 2, "bitwise": 10, "shift": 6, "shift-mul": 15, "incdec": 15, "assign-op": 5,
	"drop-term": 28, "drop-conjunct": 24, "plus-one": 8, "term": 0.2, "term-text": 0.6, "conjunct-seen": 0.5, "conjunct-check": 0.3, "conjunct-bounds": 1.5,
	"int-next": 30, "int-common": 20, "int-step": 4, "int-sign": 5, "int-double": 4, "int-seen": 3, "int-name": 3, "int-field": 3,
	"float": 5, "float-name": 2, "rune": 19, "bool": 38, "bool-name": 3, "string": 3, "string-name": 6, "string-file": 2, "nil": 5, "sentinel": 30, "sentinel-zero": 4,
	"index-shift": 12, "index-first": 6, "index-last": 10, "index-name": 12, "index-mirror": 1.5, "index-ring": 0.5,
	"slice-drop": 8, "slice-drop-all": 12, "slice-add": 4, "slice-flip": 5, "slice-shift": 6, "slice-whole": 1.5, "slice-whole-name": 0.5,
	"name-variable": 9, "name-field": 5, "name-for-field": 8, "name-base": 4, "name-literal": 1.5, "field-sibling": 12, "field-other-base": 3,
	"swap-operands": 13, "swap-sides": 8, "swap-statement": 4, "swap-undo": 12, "swap-results": 10, "swap-returns": 8, "swap-assigned": 8, "arg-swap": 10,
	"call-sibling": 11, "unwrap": 12, "wrap-call": 2, "wrap-seen": 2, "wrap-copy": 2, "conv": 4, "conv-runes": 10, "conv-divide": 8,
	"return-name": 12, "return-zero": 10, "return-other": 6, "return-named": 3, "scope": 8, "assign-target": 2.5, "assign-to-field": 2.5, "assign-field": 10, "assign-append": 40,
	"delete-statement": 9, "delete-guard": 12, "delete-if": 3, "delete-if-head": 10, "delete-exit": 9, "delete-case": 3, "delete-defer": 4,
	"else-drop": 3, "else-flatten": 5, "else-join": 4, "else-split": 10, "else-swap": 6, "else-wrap": 3,
	"guard-error": 20, "guard-flag": 2, "guard-nil": 2, "guard-check": 0.4, "guard-bounds": 0.8, "guard-wrap": 1,
	"insert": 0.5, "insert-exit": 5, "insert-seen": 0.8, "insert-count": 0.8, "insert-flag": 2, "insert-defer": 4, "insert-unlock": 4, "insert-call": 1, "insert-scale": 0.1,
	"insert-update": 0.3, "insert-clear": 0.3, "insert-element": 0.6, "insert-append": 0.6,
	"move-exchange": 3, "move-into": 3, "move-out": 4, "loop-start": 20, "loop-start-name": 4, "loop-step": 15,
	"range-value": 20, "range-key": 8, "range-swap": 4, "range-slice": 2,
	"branch-swap": 18, "branch-insert": 0.6, "branch-default": 2, "branch-label": 5, "branch-return": 3, "branch-defer": 8, "branch-go": 3, "branch-add-defer": 0.5,
	"adjust-sign": 1, "adjust-zero": 0.5, "adjust-bound": 0.8, "adjust-length": 0.6, "adjust-order": 1, "adjust-map": 5, "adjust-check": 1,
	"insert-flush": 2, "insert-flush-if": 4, "insert-variant": 0.8, "insert-sort": 0.5,
	"insert-apply": 0.5, "insert-pointer": 0.8, "wrap-two": 1, "term-from": 0.5, "term-half": 3,
	"update-best": 3, "update-front": 4, "update-end": 2, "update-back": 20, "wrap-import": 1,
	"group": 6, "round-up": 2, "round-modulo": 2,
	"loop-reverse": 3, "loop-shift": 6, "loop-if": 4, "loop-for": 4, "loop-post": 20, "loop-count": 5, "loop-element": 30,
	"else-add": 1, "start-first": 10, "start-extreme": 4, "start-value": 3, "start-length": 2, "start-buffer": 2,
	"list-field": 3, "list-case": 1, "slice-full": 2, "conjunct-sibling": 1,
	"exchange-index": 5, "exchange-names": 2, "exchange-all": 0.7,
	"branch-case-drop": 3, "branch-fallthrough": 1,
	"missing-modulo": 0.8, "missing-term": 0.5, "missing-step": 3, "missing-offset": 0.8, "missing-again": 1, "missing-double": 0.5,
	"conjunct-parameter": 0.8, "guard-under": 0.5, "guard-foreign": 0.6,
	"insert-taken": 12, "insert-taken-once": 2, "insert-exchange": 5, "insert-hand-on": 4, "insert-again": 2, "insert-first": 2, "insert-first-row": 1,
	"insert-parallel": 1.5, "insert-parallel-two": 2, "insert-parallel-mirror": 1.5, "insert-parallel-block": 0.4, "insert-parallel-field": 5,
	"length-row": 8, "length-table": 5, "length-other": 2, "plus-one-inner": 3, "term-sibling": 1.5,
	"insert-drain": 8, "insert-drain-loop": 5,
	"insert-parallel-index": 1, "insert-half": 6, "insert-marked": 8, "insert-undo": 10,
}

// defaultRate is the rate of a rule that the table does not know.
const defaultRate = 2

// ruleRate returns the rate of a rule.
func ruleRate(rule string) float64 {
	for name := rule; name != ""; {
		if rate, ok := ruleRates[name]; ok {
			return rate
		}
		cut := strings.LastIndexByte(name, '-')
		if cut < 0 {
			break
		}
		name = name[:cut]
	}
	return defaultRate
}

// finish turns the weights into priors and sorts the candidates, likeliest first. The candidates of one rule at one
// node share its rate times their number by their weights.
func (o *operators) finish() []Candidate {
	nodes := make([]ast.Node, len(o.out))
	for key, members := range o.group {
		var sum float64
		for _, i := range members {
			sum += o.out[i].Prior
		}
		mass := ruleRate(key.rule) / 1000 * float64(len(members))
		for _, i := range members {
			o.out[i].Prior = math.Log(min(0.5, mass*o.out[i].Prior/sum*o.factors[i]))
			nodes[i] = key.node
		}
	}
	if !o.thin {
		o.twins(nodes)
	}
	sortByPrior(o.out)
	return o.out
}
