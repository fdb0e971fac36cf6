package main

import (
	"path/filepath"
	"strings"
	"testing"
)

const hardSource = `package p

import "fmt"

type Number interface{ ~int | ~float64 }

type Stack[T any] struct{ items []T }

func (s *Stack[T]) Push(xs ...T) *Stack[T] { s.items = append(s.items, xs...); return s }

func (*Stack[_]) Kind() string { return "stack" }

func Map[T, U any](xs []T, f func(T) U) []U {
	var out []U
	for _, x := range xs {
		out = append(out, f(x))
	}
	return out
}

func Zero[_ any, N Number](int, string, ...N) (n N, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	n = 1
	return
}

func Fib(n int) int {
	if n < 2 {
		return n
	}
	return Fib(n-1) + Fib(n-2)
}

func Find(grid [][]int, want int) (row, _ int) {
outer:
	for r := range grid {
		for _, v := range grid[r] {
			if v == want {
				row = r
				break outer
			}
		}
	}
	i := 0
again:
	i++
	if i < 3 {
		goto again
	}
	return row, i
}

func catch(err *error) {
loop:
	for {
		if r := recover(); r != nil {
			*err = fmt.Errorf("%v", r)
		}
		break loop
	}
}

func Safe(f func()) (err error) { defer catch(&err); f(); return nil }

var table = build(3)

var other = 7

func build(n int) []int { return make([]int, n) }

func init() { other = len(table) }

func grade(n int) string {
	switch {
	case n > 90:
		return "A"
	default:
		if n > 50 {
			return "B"
		} else if n > 10 {
			return "C"
		}
		return "D"
	}
}
`

// editOf returns the candidate that replaces the only occurrence of old.
func editOf(t *testing.T, source, old, new string) FileEdits {
	t.Helper()
	if strings.Count(source, old) != 1 {
		t.Fatalf("%q occurs %d times", old, strings.Count(source, old))
	}
	at := strings.Index(source, old)
	return FileEdits{Path: "/src/p.go", Edits: []Edit{{Start: at, End: at + len(old), New: new}}}
}

// mustCheck fails the test when the files do not type-check.
func mustCheck(t *testing.T, files map[string]string) {
	t.Helper()
	for _, d := range checkSource("example.com/p", files).Diags {
		t.Errorf("%s:%d:%d: %s", d.Path, d.Line, d.Column, d.Message)
	}
	if t.Failed() {
		t.Log(files["/src/p.go"])
	}
}

func TestSchemataOfHardConstructsTypeCheck(t *testing.T) {
	edits := [][2]string{
		{"append(s.items, xs...); return s", "append(s.items[:0], xs...); return s"},
		{`return "stack"`, `return "queue"`},
		{"out = append(out, f(x))", "out = append([]U{f(x)}, out...)"},
		{"n = 1", "n = 2"},
		{"Fib(n-1) + Fib(n-2)", "Fib(n-1) - Fib(n-2)"},
		{"break outer", "continue outer"},
		{"if v == want", "if v != want"},
		{"i < 3", "i < 4"},
		{"break loop", "continue loop"},
		{"*err = fmt.Errorf", "*err = fmt.Errorf"},
		{"make([]int, n)", "make([]int, n+1)"},
		{"other = len(table)", "other = cap(table)"},
		{"n > 90", "n >= 90"},
	}
	for _, plain := range []bool{false, true} {
		for _, inline := range []bool{false, true} {
			params := schemataParams{Plain: plain, Inline: inline}
			for _, e := range edits {
				params.Candidates = append(params.Candidates, editOf(t, hardSource, e[0], e[1]))
			}
			r := buildSchemata(checkSource("example.com/p", map[string]string{"/src/p.go": hardSource}), params)
			for i, reason := range r.Reasons {
				if reason != "" {
					t.Errorf("%v falls back: %s", edits[i], reason)
				}
			}
			mustCheck(t, r.Files)
			for _, s := range r.Spans {
				line := strings.Split(r.Files[s.Path], "\n")[s.First-1]
				if !strings.Contains(line, "hrgcV") {
					t.Errorf("variant %d is not at line %d: %q", s.Variant, s.First, line)
				}
			}
		}
	}
}

func TestSchemataKeepLineNumbers(t *testing.T) {
	params := schemataParams{Candidates: []FileEdits{editOf(t, hardSource, "Fib(n-1) + Fib(n-2)", "Fib(n-1)")}}
	r := buildSchemata(checkSource("example.com/p", map[string]string{"/src/p.go": hardSource}), params)
	old, new := strings.Split(hardSource, "\n"), strings.Split(r.Files["/src/p.go"], "\n")
	for i, line := range old[:len(old)-1] {
		if line == "" || strings.HasPrefix(line, "func") {
			continue
		}
		if !strings.Contains(new[i], strings.TrimSpace(line)) && !strings.Contains(new[i], "hrgcTick") {
			t.Errorf("line %d: %q became %q", i+1, line, new[i])
		}
	}
}

func TestSchemataFallBackWithAReason(t *testing.T) {
	cases := []struct{ old, new, reason string }{
		{"func Fib(n int) int", "func Fib(n int64) int", "changes a signature"},
		{"var other = 7", "var other = 8", "changes a declaration that is not a function body"},
		{"make([]int, n)", "make([]int, other)", "runs while package variables are initialised"},
		{"func Safe(", "func more() {}\n\nfunc Safe(", "adds or removes a declaration"},
		{`import "fmt"`, "import \"fmt\"\nimport _ \"embed\"", "changes no function body"},
		{"i := 0\nagain:", "i := 0; again:", ""},
		{"n = 1\n", "n = 1; recover()\n", "calls recover"},
	}
	p := checkSource("example.com/p", map[string]string{"/src/p.go": hardSource})
	for _, c := range cases {
		source := hardSource
		if strings.Contains(c.old, "again") {
			c.old, c.new = "\ti := 0\nagain:", "\ti := 0; again:"
		}
		r := buildSchemata(p, schemataParams{Candidates: []FileEdits{editOf(t, source, c.old, c.new)}})
		if (c.reason == "") != (r.Reasons[0] == "") || !strings.Contains(r.Reasons[0], c.reason) {
			t.Errorf("%q -> %q: got %q, want %q", c.old, c.new, r.Reasons[0], c.reason)
		}
	}
}

func TestSchemataShareNewImports(t *testing.T) {
	body := editOf(t, hardSource, `return "stack"`, `return strings.ToUpper("stack")`)
	imp := editOf(t, hardSource, `import "fmt"`, "import \"fmt\"\nimport \"strings\"")
	clash := editOf(t, hardSource, `import "fmt"`, "import \"fmt\"\nimport strings \"bytes\"")
	one := FileEdits{Path: "/src/p.go", Edits: append(imp.Edits, body.Edits...)}
	two := FileEdits{Path: "/src/p.go", Edits: append(clash.Edits, body.Edits...)}
	params := schemataParams{Candidates: []FileEdits{one, one, two}}
	r := buildSchemata(checkSource("example.com/p", map[string]string{"/src/p.go": hardSource}), params)
	if r.Reasons[0] != "" || r.Reasons[1] != "" || !strings.Contains(r.Reasons[2], "imports strings") {
		t.Fatalf("reasons %q", r.Reasons)
	}
	mustCheck(t, r.Files)
}

func TestCoverCountsEveryStatementOnce(t *testing.T) {
	r := buildCover(checkSource("example.com/p", map[string]string{"/src/p.go": hardSource}), true)
	mustCheck(t, r.Files)
	owner := map[int]int{}
	for _, b := range r.Blocks {
		for _, line := range b.Lines {
			owner[line]++
		}
	}
	for i, line := range strings.Split(hardSource, "\n") {
		text := strings.TrimSpace(line)
		if strings.HasPrefix(text, "return") && owner[i+1] == 0 {
			t.Errorf("line %d has no counter: %s", i+1, line)
		}
		if strings.HasPrefix(text, "case n") && owner[i+1] == 0 {
			t.Errorf("line %d has no counter: %s", i+1, line)
		}
	}
	if _, ok := r.Files[filepath.Join("/src", runtimeFile)]; !ok {
		t.Error("no runtime file")
	}
}
