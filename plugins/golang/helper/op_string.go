package main

import (
	"go/ast"
	"go/constant"
	"strconv"
	"strings"
	"unicode"
)

// changeString replaces a string literal by edits of its value and by the literals of the function, its tests and
// the file.
func (o *operators) changeString(lit *ast.BasicLit) {
	value, ok := unquote(lit.Value)
	if !ok || len(lit.Value) > 80 {
		return
	}
	op := o.valueOp(lit)
	raw := lit.Value[0] == '`'
	done := map[string]bool{value: true}
	put := func(v, rule string, weight float64) {
		if done[v] || o.caseHasString(lit, v) {
			return
		}
		done[v] = true
		quoted := strconv.Quote(v)
		if raw && !strings.ContainsAny(v, "`\r") {
			quoted = "`" + v + "`"
		}
		o.replace(op, rule, lit, quoted, weight)
	}
	if t := o.typeOf(lit); isString(t) {
		o.nameFor(lit, t, "string-name")
	}
	for _, v := range stringNeighbours(value) {
		put(v, "string-edit", 1)
	}
	for _, other := range o.facts.strings {
		if v, ok := unquote(other); ok && (len(v) > 0 || len(value) <= 3) {
			put(v, "string-seen", 1.2)
		}
	}
	for _, other := range o.nearStrings() {
		if v, ok := unquote(other); ok && similarShape(v, value) {
			put(v, "string-file", 0.6)
		}
	}
}

// nearStrings returns the literals of the file, computed once per function.
func (o *operators) nearStrings() []string {
	if o.facts.near == nil {
		o.facts.near = append([]string{}, o.fileStrings(24)...)
	}
	return o.facts.near
}

// similarShape tells whether two strings could be taken for one another: both words or both punctuation.
func similarShape(a, b string) bool {
	letters := func(s string) bool { return strings.IndexFunc(s, unicode.IsLetter) >= 0 }
	return letters(a) == letters(b) && len(a) <= 3*len(b)+3 && len(b) <= 3*len(a)+3
}

// caseHasString tells whether a sibling case already has the value.
func (o *operators) caseHasString(lit ast.Expr, v string) bool {
	if _, ok := o.parent(1).(*ast.CaseClause); !ok {
		return false
	}
	body, ok := o.parent(2).(*ast.BlockStmt)
	if !ok {
		return false
	}
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		if c, ok := n.(*ast.CaseClause); ok {
			for _, e := range c.List {
				if value := o.info.Types[e].Value; value != nil && e != lit && value.Kind() == constant.String && constant.StringVal(value) == v {
					found = true
				}
			}
		}
		return !found
	})
	return found
}

// stringNeighbours returns the values one slip away from s.
func stringNeighbours(s string) []string {
	var out []string
	runes := []rune(s)
	hasLetter := strings.IndexFunc(s, unicode.IsLetter) >= 0
	if !hasLetter && len(runes) <= 3 {
		out = append(out, "", " ", ",", ", ", "\n", ":", ": ", "/", ".", "-", "_", ";", "\t", "|", "=", "0")
		if len(runes) == 1 {
			out = append(out, s+" ", " "+s, " "+s+" ", s+s)
		}
	}
	if hasLetter {
		out = append(out, strings.ToLower(s), strings.ToUpper(s), titled(s), lowered(s))
	}
	out = append(out, strings.TrimSpace(s), s+" ", " "+s, s+"\n", strings.TrimSuffix(s, "\n"))
	if len(runes) > 1 {
		out = append(out, string(runes[1:]), string(runes[:len(runes)-1]))
	}
	out = append(out, s+".", s+":", s+",", s+"s")
	out = append(out, verbNeighbours(s)...)
	kept := out[:0]
	for _, v := range out {
		if v != s {
			kept = append(kept, v)
		}
	}
	return kept
}

// titled returns s with its first letter in upper case.
func titled(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	return string(unicode.ToUpper(r[0])) + string(r[1:])
}

// lowered returns s with its first letter in lower case.
func lowered(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	return string(unicode.ToLower(r[0])) + string(r[1:])
}

// verbNeighbours returns s with one formatting verb exchanged.
func verbNeighbours(s string) []string {
	var out []string
	for i := 0; i+1 < len(s); i++ {
		if s[i] != '%' {
			continue
		}
		j := i + 1
		for j < len(s) && strings.IndexByte("+-# 0123456789.", s[j]) >= 0 {
			j++
		}
		if j == len(s) {
			break
		}
		for _, verb := range verbFamilies[s[j]] {
			out = append(out, s[:j]+string(verb)+s[j+1:])
		}
		i = j
	}
	return out
}

// verbFamilies lists the verbs taken for one another.
var verbFamilies = map[byte]string{
	'd': "vsxc", 's': "vqd", 'v': "sdqT", 'q': "sv", 'x': "Xdv", 'X': "x", 'f': "gve", 'g': "fv", 'e': "fg", 't': "v", 'c': "qd", 'T': "v", 'w': "v", 'p': "v", 'o': "d", 'b': "d",
}
