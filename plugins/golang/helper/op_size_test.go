package main

import (
	"strings"
	"testing"
)

// sizeCases are functions that measure the wrong thing or leave something over.
var sizeCases = []struct{ name, before, after, op string }{
	{"row, not table", "func f(g [][]int, x int) int { return min(x, len(g)-1) }", "func f(g [][]int, x int) int { return min(x, len(g[0])-1) }", "INDEX"},
	{"table, not row", "func f(g [][]int, x int) int { return min(x, len(g[0])-1) }", "func f(g [][]int, x int) int { return min(x, len(g)-1) }", "INDEX"},
	{"other list", "func f(rows [][]string) (n int) {\n\tfor _, row := range rows {\n\t\tfor c := range row {\n\t\t\tif c < len(rows)-1 {\n\t\t\t\tn++\n\t\t\t}\n\t\t}\n\t}\n\treturn n\n}", "func f(rows [][]string) (n int) {\n\tfor _, row := range rows {\n\t\tfor c := range row {\n\t\t\tif c < len(row)-1 {\n\t\t\t\tn++\n\t\t\t}\n\t\t}\n\t}\n\treturn n\n}", "NAME"},
	{"one less converted", "func f(a float64, n int) float64 { return a / float64(n) }", "func f(a float64, n int) float64 { return a / float64(n - 1) }", "TERM"},
	{"one more in a product", "func f(a, n int) int { return a * n }", "func f(a, n int) int { return a * (n + 1) }", "TERM"},
	{"what is reserved", "type s struct{ have, held map[string]int }\nfunc (x *s) f(k string, n int) bool { return n > x.have[k] }", "type s struct{ have, held map[string]int }\nfunc (x *s) f(k string, n int) bool { return n > x.have[k]-x.held[k] }", "TERM"},
	{"across an assignment", "func f(size []int, a, b int) { size[a] += size[b] }", "func f(size []int, a, b int) { size[b] += size[a] }", "ASSIGN"},
	{"rest of the other list", "func f(a, b []int) (r []int) {\n\tj := 0\n\tfor _, x := range a {\n\t\tfor j < len(b) && b[j] < x {\n\t\t\tr = append(r, b[j])\n\t\t\tj++\n\t\t}\n\t\tr = append(r, x)\n\t}\n\treturn r\n}", "func f(a, b []int) (r []int) {\n\tj := 0\n\tfor _, x := range a {\n\t\tfor j < len(b) && b[j] < x {\n\t\t\tr = append(r, b[j])\n\t\t\tj++\n\t\t}\n\t\tr = append(r, x)\n\t}\n\tr = append(r, b[j:]...)\n\treturn r\n}", "INSERT"},
	{"rest by a loop", "func f(a, b []int, put func(int)) {\n\tj := 0\n\tfor _, x := range a {\n\t\tfor j < len(b) && b[j] < x {\n\t\t\tput(b[j])\n\t\t\tj++\n\t\t}\n\t\tput(x)\n\t}\n}", "func f(a, b []int, put func(int)) {\n\tj := 0\n\tfor _, x := range a {\n\t\tfor j < len(b) && b[j] < x {\n\t\t\tput(b[j])\n\t\t\tj++\n\t\t}\n\t\tput(x)\n\t}\n\tfor j < len(b) {\n\t\tput(b[j])\n\t\tj++\n\t}\n}", "INSERT"},
	{"last run without a new one", "func f(a []int) (r []int) {\n\tn := 0\n\tfor _, x := range a {\n\t\tif x > 3 {\n\t\t\tn++\n\t\t\tcontinue\n\t\t}\n\t\tif n > 1 {\n\t\t\tr = append(r, n)\n\t\t\tn = 0\n\t\t}\n\t}\n\treturn r\n}", "func f(a []int) (r []int) {\n\tn := 0\n\tfor _, x := range a {\n\t\tif x > 3 {\n\t\t\tn++\n\t\t\tcontinue\n\t\t}\n\t\tif n > 1 {\n\t\t\tr = append(r, n)\n\t\t\tn = 0\n\t\t}\n\t}\n\tif n > 1 {\n\t\tr = append(r, n)\n\t}\n\treturn r\n}", "INSERT"},
}

func init() { wantCases = append(wantCases, sizeCases...) }

const tables = `package p

const perMinute = 1000

var steps = [][2]int{{1, -1}, {1, 0}, {1, -1}}

var unused = 7

var loud = false

func f(x int) int {
	if loud {
		return 0
	}
	for _, s := range steps {
		x += s[0] * s[1]
	}
	return x * perMinute
}
`

// TestValuesOutsideOfFunctions: the constants and tables that a function uses are edited, others are not.
func TestValuesOutsideOfFunctions(t *testing.T) {
	s := loaded(t, map[string]string{"a.go": tables})
	path := s.Base().Files[0].Path
	of := func(params EnumerateParams) map[string]bool {
		list, err := enumerate(s.Base(), params)
		if err != nil {
			t.Fatal(err)
		}
		out, outside := map[string]bool{}, 0
		for _, c := range list {
			out[applyEdits(tables, c.Edits)] = true
			if strings.HasPrefix(c.Rule, "outside-") {
				outside++
				if c.Signs != "" {
					t.Errorf("%s has signs", c.Rule)
				}
			}
		}
		if outside > maxOutside {
			t.Errorf("%d edits outside of functions", outside)
		}
		return out
	}
	changed := func(old, new string) string { return strings.Replace(tables, old, new, 1) }
	all := of(EnumerateParams{Path: path})
	for _, want := range []string{
		changed("= 1000", "= 1000 * 60"), changed("= 1000", "= 1024"), changed("{1, -1}}", "{1, 1}}"), changed("loud = false", "loud = true"),
		changed("{1, 0}", "{1, 1}"),
	} {
		if !all[want] {
			t.Errorf("missing:\n%s", want)
		}
	}
	if all[changed("= 7", "= 8")] {
		t.Error("what no function uses is edited")
	}
	if lines := of(EnumerateParams{Path: path, First: 3, Last: 3}); !lines[changed("= 1000", "= 1001")] || lines[changed("{1, 0}", "{1, 1}")] {
		t.Error("the lines that are asked for do not decide")
	}
}
