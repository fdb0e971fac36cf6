package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/types"
	"math/rand"
	"sort"
	"strings"
)

// breakRule is one way to break correct code, with its share in percent.
type breakRule struct {
	name   string
	weight float64
	visit  func(b *breaker, n ast.Node)
}

// breaker collects the ways to break one function.
type breaker struct {
	*operators
	rng   *rand.Rand
	rule  string
	sites map[string][][]Edit
}

// newBreaker finds every build-breaking edit of a function; the same seed finds the same edits.
func newBreaker(o *operators, seed int64) *breaker {
	b := &breaker{operators: o, rng: rand.New(rand.NewSource(seed)), sites: map[string][][]Edit{}}
	b.walk(func(n ast.Node) {
		for _, rule := range buildRules {
			b.rule = rule.name
			rule.visit(b, n)
		}
	})
	return b
}

// add records one breaking edit.
func (b *breaker) add(edits ...Edit) {
	changed := false
	for _, e := range edits {
		if e.Start < b.start || e.End > b.end || e.Start > e.End {
			return
		}
		changed = changed || string(b.src[e.Start:e.End]) != e.New
	}
	if changed {
		b.sites[b.rule] = append(b.sites[b.rule], edits)
	}
}

// swap records the replacement of node n.
func (b *breaker) swap(n ast.Node, text string) {
	b.add(Edit{b.off(n.Pos()), b.off(n.End()), text})
}

// pick draws one rule by weight, then one of its edits, and removes that edit; ok is false when none is left.
func (b *breaker) pick() (rule string, edits []Edit, ok bool) {
	var total float64
	for _, r := range buildRules {
		if len(b.sites[r.name]) > 0 {
			total += r.weight
		}
	}
	at := b.rng.Float64() * total
	for _, r := range buildRules {
		list := b.sites[r.name]
		if len(list) == 0 {
			continue
		}
		if at -= r.weight; at > 0 {
			continue
		}
		i := b.rng.Intn(len(list))
		edits = list[i]
		list[i] = list[len(list)-1]
		b.sites[r.name] = list[:len(list)-1]
		return r.name, edits, true
	}
	return "", nil, false
}

// kindShares are the shares of the kinds of behaviour bugs in percent, as they are met in practice.
var kindShares = map[string]float64{"value": 27, "missing": 20, "excess": 19, "operator": 15, "variable": 14, "function": 5, "control": 4}

// kindPrefixes sorts rules into kinds; the first prefix that fits counts.
var kindPrefixes = []struct{ prefix, kind string }{
	{"delete", "missing"}, {"drop", "missing"}, {"else-drop", "missing"}, {"slice-drop", "missing"}, {"branch-case-drop", "missing"},
	{"conjunct", "excess"}, {"term", "excess"}, {"plus-one", "excess"}, {"insert", "excess"}, {"guard", "excess"}, {"branch-default", "excess"},
	{"negation", "operator"}, {"relational", "operator"}, {"arithmetic", "operator"}, {"logical", "operator"}, {"assign-op", "operator"},
	{"incdec", "operator"}, {"bitwise", "operator"}, {"shift", "operator"},
	{"wrap", "function"}, {"call", "function"}, {"unwrap", "function"}, {"conv", "function"},
	{"name", "variable"}, {"field", "variable"}, {"arg", "variable"}, {"swap", "variable"}, {"return-name", "variable"}, {"scope", "variable"}, {"assign", "variable"},
	{"int", "value"}, {"float", "value"}, {"string", "value"}, {"rune", "value"}, {"bool", "value"}, {"nil", "value"}, {"sentinel", "value"},
	{"index", "value"}, {"slice", "value"}, {"return", "value"}, {"loop", "value"}, {"range", "value"},
}

// kindOf returns the kind of bug that a rule's edits make: value, missing, excess, operator, variable, function, control.
func kindOf(rule string) string {
	for _, k := range kindPrefixes {
		if strings.HasPrefix(rule, k.prefix) {
			return k.kind
		}
	}
	return "control"
}

// behaviourShares weigh the rules within their kind. A rule takes the share of its longest listed prefix.
var behaviourShares = map[string]float64{
	"int": 2, "int-next": 8, "int-common": 4, "int-step": 1, "int-sign": 0.5, "int-name": 0.5, "int-field": 0.3, "index": 2, "slice": 1, "string": 4, "rune": 2,
	"bool": 2.5, "float": 1, "sentinel": 2, "nil": 1.5, "loop": 2, "range": 1, "return": 1,
	"relational": 1.5, "relational-boundary": 5, "relational-negation": 3, "arithmetic": 3, "logical": 2, "negation": 1.5, "assign-op": 1, "incdec": 1, "bitwise": 0.7, "shift": 0.5,
	"name": 2, "name-variable": 6, "name-literal": 1, "swap": 2, "swap-operands": 3, "arg-swap": 2, "field": 1, "field-sibling": 3, "return-name": 1.5, "scope": 1, "assign": 0.5,
	"call": 3, "unwrap": 1.5, "wrap": 1, "conv": 1.5,
	"delete-guard": 6, "delete-if": 2, "delete-if-head": 3, "delete-statement": 6, "delete-defer": 1, "drop-term": 3, "drop-conjunct": 4, "delete-exit": 2,
	"delete-case": 1.5, "else-drop": 1.5, "slice-drop": 1.5,
	"conjunct": 1.5, "term": 0.5, "plus-one": 5, "insert": 0.4, "insert-count": 1.5, "insert-seen": 2, "insert-exit": 1.5, "guard": 0.5, "guard-wrap": 1,
	"branch": 2, "move": 2, "else": 1,
}

// behaviourShare returns the share of one rule.
func behaviourShare(rule string) float64 {
	for name := rule; name != ""; {
		if share, ok := behaviourShares[name]; ok {
			return share
		}
		cut := strings.LastIndexByte(name, '-')
		if cut < 0 {
			break
		}
		name = name[:cut]
	}
	return 0.5
}

// behaviour holds a function's behaviour edits by the share they draw from.
type behaviour struct {
	rng    *rand.Rand
	rules  []string // in name order, so that a seed repeats
	byRule map[string][]Candidate
}

// newBehaviour sorts the enumerated candidates of a function by rule.
func newBehaviour(o *operators, rng *rand.Rand) *behaviour {
	b := &behaviour{rng: rng, byRule: map[string][]Candidate{}}
	o.thin = true
	for _, c := range o.candidates() {
		if o.natural(c) || rng.Intn(5) == 0 {
			b.byRule[c.Rule] = append(b.byRule[c.Rule], c)
		}
	}
	for rule := range b.byRule {
		b.rules = append(b.rules, rule)
	}
	sort.Strings(b.rules)
	return b
}

// natural tells whether a person could have made the mistake and another could mend it from what is in sight: what
// goes is short, or a literal that occurs elsewhere, and what comes is no odd text.
func (o *operators) natural(c Candidate) bool {
	var gone, come string
	for _, e := range c.Edits {
		gone += string(o.src[e.Start:e.End])
		come += e.New
	}
	switch c.Op {
	case "DELETE", "MOVE", "CTRL":
		return len(gone) < 160
	case "GUARD", "INSERT":
		return true
	}
	switch {
	case strings.HasPrefix(c.Rule, "string"):
		return c.Rule != "string-file" && len(gone) < 16 && !strings.Contains(strings.TrimSpace(gone), " ")
	case strings.HasPrefix(c.Rule, "int"), strings.HasPrefix(c.Rule, "float"):
		return len(gone) <= 2 || o.literalTwice(gone)
	case c.Rule == "drop-term" || c.Rule == "drop-conjunct":
		return !isNumberText(come) && len(gone) < 24
	}
	return len(gone) <= 16 && !strings.Contains(gone, "(")
}

// literalTwice tells whether a literal's text occurs twice in the function.
func (o *operators) literalTwice(text string) bool {
	return strings.Count(string(o.src[o.start:o.end]), text) > 1
}

// isNumberText tells whether a text is a number or a rune.
func isNumberText(text string) bool {
	return text == "" || text[0] >= '0' && text[0] <= '9' || text[0] == '\''
}

// pick draws one edit: a kind, a rule and one of its edits, each by its share among those left; the edit is used up.
func (b *behaviour) pick() (Candidate, bool) {
	kinds := map[string]float64{}
	for _, rule := range b.rules {
		if len(b.byRule[rule]) > 0 {
			kinds[kindOf(rule)] += behaviourShare(rule)
		}
	}
	var total float64
	for kind := range kinds {
		total += kindShares[kind]
	}
	at := b.rng.Float64() * total
	for _, rule := range b.rules {
		list := b.byRule[rule]
		if len(list) == 0 {
			continue
		}
		kind := kindOf(rule)
		if at -= kindShares[kind] * behaviourShare(rule) / kinds[kind]; at > 0 {
			continue
		}
		i := b.rng.Intn(len(list))
		picked := list[i]
		list[i] = list[len(list)-1]
		b.byRule[rule] = list[:len(list)-1]
		return picked, true
	}
	return Candidate{}, false
}

// BreakParams asks for broken versions of the functions of a file.
type BreakParams struct {
	Path  string `json:"path"`
	Seed  int64  `json:"seed"`
	Count int    `json:"count"` // versions per function
}

// BreakResult holds the broken versions.
type BreakResult struct {
	Records []Record `json:"records"`
}

// ClassifyParams asks what kind of change turns one text of a declaration into another.
type ClassifyParams struct {
	Before string `json:"before"`
	After  string `json:"after"`
}

// ClassifyResult is an operation class of the plan language.
type ClassifyResult struct {
	Op string `json:"op"`
}

func init() {
	methods["break"] = handleBreak
	methods["classify"] = func(_ *Server, raw json.RawMessage) (any, error) {
		var params ClassifyParams
		if err := json.Unmarshal(raw, &params); err != nil {
			return nil, err
		}
		return ClassifyResult{Op: classifyFix(params.Before, params.After)}, nil
	}
}

// handleBreak corrupts the functions of one file of the base state.
func handleBreak(s *Server, raw json.RawMessage) (any, error) {
	var params BreakParams
	if err := json.Unmarshal(raw, &params); err != nil {
		return nil, err
	}
	p := s.Base()
	result := BreakResult{Records: []Record{}}
	for _, f := range p.Files {
		if f.Path != params.Path {
			continue
		}
		settings := corruption{seed: params.Seed, perFunc: max(1, params.Count), build: 0.6, clean: 0.12}
		c := &corruptor{settings: settings, pkg: p, importer: types.Importer(s.imports), root: p.Dir}
		c.file(f, func(r *Record) { result.Records = append(result.Records, *r) })
		return result, nil
	}
	return nil, fmt.Errorf("%s is not a file of the package", params.Path)
}
