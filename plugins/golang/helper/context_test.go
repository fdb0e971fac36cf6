package main

import (
	"fmt"
	"strings"
	"testing"
)

const contextSource = `package p

import (
	"fmt"
	"strings"
)

type Stack[T any] struct {
	items []T
	name  string
}

type Options struct{ Size, Depth int }

type Shape interface{ Area() float64 }

const limit = 10

var count int

func (s *Stack[T]) Push(v T) { s.items = append(s.items, v) }

func (s *Stack[T]) Describe(o Options, extra ...string) (string, error) {
	n := len(s.items)
	if n > limit {
		return fmt.Sprintf("%s %d", s.nmae, n), nil
	}
	parts := strings.Splt(s.name, ",")
	q := Options{Size: cuont}
	for i, part := range parts {
		n += i + len(part)
	}
	return helper(q), nil
}

func helper(o Options) string { return "" }
`

// TestContextOrder checks what the lines of a method refer to, and that the near names come first.
func TestContextOrder(t *testing.T) {
	pkg := checkSource("example.com/p", map[string]string{"a.go": contextSource})
	got := symbols(pkg, pkg.Files[0], 24, 36)
	want := []string{
		"field name string",
		"func strings.Split(s, sep string) []string",
		"var count int",
		"Stack[T any] { items []T; name string }",
		"func fmt.Sprintf(format string, a ...any) string",
		"func helper(o Options) string",
		"Options { Size int; Depth int }",
		"const limit = 10",
		"func (s *Stack[T]) Push(v T)",
		"import fmt",
	}
	at := 0
	for _, symbol := range got {
		if at < len(want) && symbol == want[at] {
			at++
		}
	}
	if at < len(want) {
		t.Errorf("%q is missing or out of order in\n%s", want[at], strings.Join(got, "\n"))
	}
	seen := map[string]bool{}
	for _, symbol := range got {
		if seen[symbol] || strings.Contains(symbol, "\n") {
			t.Errorf("bad symbol %q", symbol)
		}
		seen[symbol] = true
	}
}

// TestVisibleNames checks order, shadowing and what is not declared yet.
func TestVisibleNames(t *testing.T) {
	pkg := checkSource("example.com/p", map[string]string{"a.go": contextSource})
	file := pkg.Files[0]
	offset := strings.Index(contextSource, "n += i")
	var names []string
	for _, n := range pkg.withReceiver(file, offset, nil) {
		names = append(names, n.Name)
	}
	if strings.Join(names, " ") != "s.items s.name s.Describe s.Push" {
		t.Errorf("receiver members %v", names)
	}
	at := map[string]int{}
	for i, obj := range pkg.visible(file, file.posAt(offset)) {
		at[obj.Name()] = i + 1
	}
	for _, pair := range []string{"part n", "i q", "n o", "o count", "count len", "strings len", "helper nil"} {
		var a, b string
		fmt.Sscan(pair, &a, &b)
		if at[a] == 0 || at[b] == 0 || at[a] > at[b] {
			t.Errorf("%s at %d, %s at %d", a, at[a], b, at[b])
		}
	}
	before := strings.Index(contextSource, "n := len")
	for _, obj := range pkg.visible(file, file.posAt(before)) {
		if obj.Name() == "parts" || obj.Name() == "n" {
			t.Errorf("%s is visible before its declaration", obj.Name())
		}
	}
}

// TestContextSurvivesBrokenSyntax checks that a file with syntax errors still has names and symbols.
func TestContextSurvivesBrokenSyntax(t *testing.T) {
	broken := strings.Replace(contextSource, "if n > limit {", "if n > limit {{", 1)
	pkg := checkSource("example.com/p", map[string]string{"a.go": broken})
	if len(pkg.Diags) == 0 || pkg.Diags[0].Stage != "parse" {
		t.Fatal(describe(pkg.Diags))
	}
	if got := symbols(pkg, pkg.Files[0], 20, 40); len(got) < 5 {
		t.Errorf("only %q", got)
	}
	if got := outline(pkg, pkg.Files[0]); len(got.Decls) < 6 {
		t.Errorf("only %v", got.Decls)
	}
}

// TestNameDistance checks the measure behind near names.
func TestNameDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"abc", "abc", 0}, {"abc", "ABC", 1}, {"count", "cuont", 1}, {"a", "", 1}, {"kitten", "sitting", 3}, {"items", "itmes", 1}, {"x", "abcdefgh", 8}} {
		if got := nameDistance(c.a, c.b); got != c.want {
			t.Errorf("%s/%s: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
