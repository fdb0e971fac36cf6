package main

import (
	"go/ast"
	"strings"
	"testing"
)

// missingCases are functions that lack a statement where the mark stands, the statement, and its class.
var missingCases = []struct{ name, function, statement, op string }{
	{"rows exchanged", "func f(n int) int {\n\tprev, cur := make([]int, n), make([]int, n)\n\tfor i := 0; i < n; i++ {\n\t\tfor j := 1; j < n; j++ {\n\t\t\tcur[j] = prev[j-1] + i\n\t\t}\n@\t}\n\treturn prev[0]\n}", "\t\tprev, cur = cur, prev\n", "INSERT"},
	{"row handed on", "func f(a [][]int) []int {\n\tprev := []int{1}\n\tfor range a {\n\t\tcur := make([]int, len(prev)+1)\n\t\tcur[0] = prev[0]\n@\t}\n\treturn prev\n}", "\t\tprev = cur\n", "INSERT"},
	{"value before", "func f(a []int) int {\n\tn, before := 0, 0\n\tfor _, x := range a {\n\t\tif x > before {\n\t\t\tn++\n\t\t}\n@\t}\n\treturn n\n}", "\t\tbefore = x\n", "INSERT"},
	{"taken from a queue", "func f(q []int) int {\n\tn := 0\n\tfor len(q) > 0 {\n\t\tx := q[0]\n@\t\tif x > 0 {\n\t\t\tq = append(q, x-1)\n\t\t}\n\t\tn++\n\t}\n\treturn n\n}", "\t\tq = q[1:]\n", "INSERT"},
	{"taken from a stack", "type t struct{ items []int }\nfunc (s *t) f() int {\n\tx := s.items[len(s.items)-1]\n@\treturn x\n}", "\ts.items = s.items[:len(s.items)-1]\n", "INSERT"},
	{"taken under a check", "func f(s string) bool {\n\tvar st []rune\n\tfor _, c := range s {\n\t\tif c == '(' {\n\t\t\tst = append(st, c)\n\t\t\tcontinue\n\t\t}\n\t\tif len(st) == 0 || st[len(st)-1] != '(' {\n\t\t\treturn false\n\t\t}\n@\t}\n\treturn len(st) == 0\n}", "\t\tst = st[:len(st)-1]\n", "INSERT"},
	{"taken while it is larger", "func f(a []int) []int {\n\tr := make([]int, len(a))\n\tvar st []int\n\tfor i, x := range a {\n\t\tfor len(st) > 0 && a[st[len(st)-1]] < x {\n\t\t\tr[st[len(st)-1]] = x\n@\t\t}\n\t\tst = append(st, i)\n\t}\n\treturn r\n}", "\t\t\tst = st[:len(st)-1]\n", "INSERT"},
	{"taken twice", "func f(t []string) int {\n\tvar st []int\n\tfor _, x := range t {\n\t\tif x != \"+\" {\n\t\t\tst = append(st, len(x))\n\t\t\tcontinue\n\t\t}\n\t\tb := st[len(st)-1]\n@\t\ta := st[len(st)-1]\n\t\tst = st[:len(st)-1]\n\t\tst = append(st, a+b)\n\t}\n\treturn st[0]\n}", "\t\tst = st[:len(st)-1]\n", "INSERT"},
	{"text starts again", "func f(s string) (r []string) {\n\tcur := \"\"\n\tfor _, c := range s {\n\t\tif c == ' ' {\n\t\t\tr = append(r, cur)\n@\t\t\tcontinue\n\t\t}\n\t\tcur += string(c)\n\t}\n\treturn append(r, cur)\n}", "\t\t\tcur = \"\"\n", "INSERT"},
	{"list starts again", "func f(a []int, k int) (r [][]int) {\n\tvar cur []int\n\tfor _, x := range a {\n\t\tcur = append(cur, x)\n\t\tif len(cur) == k {\n\t\t\tr = append(r, cur)\n@\t\t}\n\t}\n\treturn r\n}", "\t\t\tcur = nil\n", "INSERT"},
	{"builder starts again", "import \"strings\"\nfunc f(s string) (r []string) {\n\tvar b strings.Builder\n\tfor _, c := range s {\n\t\tif c == ' ' {\n\t\t\tr = append(r, b.String())\n@\t\t\tcontinue\n\t\t}\n\t\tb.WriteRune(c)\n\t}\n\treturn append(r, b.String())\n}", "\t\t\tb.Reset()\n", "INSERT"},
	{"product starts again", "func f(a [][]int) (r []int) {\n\tp := 1\n\tfor _, row := range a {\n\t\tfor _, x := range row {\n\t\t\tp *= x\n\t\t}\n\t\tr = append(r, p)\n@\t}\n\treturn r\n}", "\t\tp = 1\n", "INSERT"},
	{"first of a table", "func f(n int) int {\n\tt := make([]int, n+1)\n@\tfor i := 1; i <= n; i++ {\n\t\tt[i] += t[i-1]\n\t}\n\treturn t[n]\n}", "\tt[0] = 1\n", "INSERT"},
	{"first of a filled table", "func f(a []int, n int) int {\n\tt := make([]int, n+1)\n\tfor i := range t {\n\t\tt[i] = 1 << 30\n\t}\n@\tfor i := 1; i <= n; i++ {\n\t\tt[i] = min(t[i], t[i-1]+a[i-1])\n\t}\n\treturn t[n]\n}", "\tt[0] = 0\n", "INSERT"},
	{"first of rows", "func f(n int) int {\n\tt := make([][]bool, n)\n\tfor i := range t {\n\t\tt[i] = make([]bool, n)\n\t}\n@\tif t[0][0] {\n\t\treturn 1\n\t}\n\treturn 0\n}", "\tt[0][0] = true\n", "INSERT"},
	{"first row", "func f(n int) int {\n\tt := make([][]int, n)\n\tfor i := range t {\n\t\tt[i] = make([]int, n)\n\t}\n@\treturn t[0][n-1]\n}", "\tfor i := range t[0] {\n\t\tt[0][i] = i\n\t}\n", "INSERT"},
	{"place to start", "func f(g map[string][]string, start string) int {\n\tseen := map[string]bool{}\n@\tq := []string{start}\n\tfor len(q) > 0 {\n\t\tx := q[0]\n\t\tq = q[1:]\n\t\tfor _, y := range g[x] {\n\t\t\tif !seen[y] {\n\t\t\t\tseen[y] = true\n\t\t\t\tq = append(q, y)\n\t\t\t}\n\t\t}\n\t}\n\treturn len(seen)\n}", "\tseen[start] = true\n", "INSERT"},
	{"empty sum", "func f(a []int, k int) int {\n\tcount := map[int]int{}\n@\tsum, n := 0, 0\n\tfor _, x := range a {\n\t\tsum += x\n\t\tn += count[sum-k]\n\t\tcount[sum]++\n\t}\n\treturn n\n}", "\tcount[0] = 1\n", "INSERT"},
	{"other list", "func f(a, b []int) (r []int) {\n\ti, j := 0, 0\n\tfor i < len(a) && j < len(b) {\n\t\ti++\n\t\tj++\n\t}\n\tfor i < len(a) {\n\t\tr = append(r, a[i])\n\t\ti++\n\t}\n@\treturn r\n}", "\tfor j < len(b) {\n\t\tr = append(r, b[j])\n\t\tj++\n\t}\n", "INSERT"},
	{"both ends of an edge", "func f(g [][]int, e [][2]int) {\n\tfor _, p := range e {\n\t\tu, v := p[0], p[1]\n\t\tg[u] = append(g[u], v)\n@\t}\n}", "\t\tg[v] = append(g[v], u)\n", "INSERT"},
	{"other side empty", "type n struct{ next *n }\nfunc f(a, b *n) *n {\n\tif a == nil {\n\t\treturn b\n\t}\n@\ta.next = b.next\n\treturn a\n}", "\tif b == nil {\n\t\treturn a\n\t}\n", "GUARD"},
	{"other child missing", "type n struct{ l, r *n }\nfunc f(x *n) *n {\n\tif x.l == nil {\n\t\treturn x.r\n\t}\n@\treturn x\n}", "\tif x.r == nil {\n\t\treturn x.l\n\t}\n", "GUARD"},
	{"other field", "type p struct {\n\thost string\n\tport int\n}\nfunc (x *p) f(host string, port int) {\n\tx.host = host\n@}", "\tx.port = port\n", "INSERT"},
	{"field and name", "type p struct{ minX, maxX int }\nfunc (x *p) f(lo, hi int) {\n\tx.minX = lo\n@}", "\tx.maxX = hi\n", "INSERT"},
	{"last element too", "func f(a []int) {\n\ta[0] = 1\n@}", "\ta[len(a)-1] = 1\n", "INSERT"},
	{"second half", "func f(a []int, lo, hi int) {\n\tif lo >= hi {\n\t\treturn\n\t}\n\tmid := (lo + hi) / 2\n\tf(a, lo, mid-1)\n@}", "\tf(a, mid+1, hi)\n", "INSERT"},
	{"first half", "func f(a []int, lo, hi int) int {\n\tif lo >= hi {\n\t\treturn 0\n\t}\n\tn, mid := 0, (lo+hi)/2\n\tn += f(a, mid+1, hi)\n@\treturn n\n}", "\tn += f(a, lo, mid)\n", "INSERT"},
	{"half of a closure", "func f(a []int) {\n\tvar sort func(lo, hi int)\n\tsort = func(lo, hi int) {\n\t\tif lo < hi {\n\t\t\tm := (lo + hi) / 2\n\t\t\tsort(lo, m)\n@\t\t}\n\t}\n\tsort(0, len(a)-1)\n}", "\t\t\tsort(m+1, hi)\n", "INSERT"},
	{"rest of a list", "func f(a []int) {\n\tif len(a) < 2 {\n\t\treturn\n\t}\n\tm := len(a) / 2\n\tf(a[:m])\n@}", "\tf(a[m:])\n", "INSERT"},
	{"other pointer", "func f(a []int) bool {\n\ti, j := 0, len(a)-1\n\tfor i < j {\n\t\tif a[i] != a[j] {\n\t\t\treturn false\n\t\t}\n\t\tj--\n@\t}\n\treturn true\n}", "\t\ti++\n", "INSERT"},
	{"taken through a pointer", "type h []int\nfunc (x *h) f() int {\n\told := *x\n\tn := len(old)\n\tv := old[n-1]\n@\treturn v\n}", "\t*x = old[:n-1]\n", "INSERT"},
	{"seen before", "func f(a []int) (r []int) {\n\tseen := map[int]bool{}\n\tfor _, x := range a {\n\t\tif seen[x] {\n\t\t\tcontinue\n\t\t}\n@\t\tr = append(r, x)\n\t}\n\treturn r\n}", "\t\tseen[x] = true\n", "INSERT"},
	{"not seen before", "func f(a []int) (r []int) {\n\tseen := map[int]struct{}{}\n\tfor _, x := range a {\n\t\tif _, ok := seen[x]; !ok {\n@\t\t\tr = append(r, x)\n\t\t}\n\t}\n\treturn r\n}", "\t\t\tseen[x] = struct{}{}\n", "INSERT"},
	{"choice taken back", "func f(a []int, used []bool, path []int) {\n\tfor i, x := range a {\n\t\tif used[i] {\n\t\t\tcontinue\n\t\t}\n\t\tused[i] = true\n\t\tpath = append(path, x)\n\t\tf(a, used, path)\n@\t\tused[i] = false\n\t}\n}", "\t\tpath = path[:len(path)-1]\n", "INSERT"},
	{"mark taken back", "func f(a []int, used []bool, n int) int {\n\tc := 1\n\tfor i := range a {\n\t\tif used[i] {\n\t\t\tcontinue\n\t\t}\n\t\tused[i] = true\n\t\tc += f(a, used, n)\n@\t}\n\treturn c\n}", "\t\tused[i] = false\n", "INSERT"},
}

func init() {
	for _, c := range missingCases {
		before, after := strings.Replace(c.function, "@", "", 1), strings.Replace(c.function, "@", c.statement, 1)
		wantCases = append(wantCases, struct{ name, before, after, op string }{c.name, before, after, c.op})
	}
	divided := "func f(n, k int) (c int) {\n\tfor n > 0 {\n\t\tn -= k\n\t\tc++\n\t}\n\treturn c\n}"
	wantCases = append(wantCases, struct{ name, before, after, op string }{"divided, not taken away", divided, strings.Replace(divided, "-=", "/=", 1), "ASSIGN"})
}

// usualFunctions are whole functions of the kind that gets repaired.
var usualFunctions = map[string]string{
	"breadth first": `func f(grid [][]int, sr, sc int) int {
	rows, cols := len(grid), len(grid[0])
	seen := make(map[[2]int]bool)
	queue := [][2]int{{sr, sc}}
	steps := 0
	for len(queue) > 0 {
		size := len(queue)
		for i := 0; i < size; i++ {
			cell := queue[0]
			queue = queue[1:]
			if cell[0] == rows-1 && cell[1] == cols-1 {
				return steps
			}
			for _, d := range [][2]int{{0, 1}, {1, 0}, {0, -1}, {-1, 0}} {
				r, c := cell[0]+d[0], cell[1]+d[1]
				if r < 0 || r >= rows || c < 0 || c >= cols {
					continue
				}
				next := [2]int{r, c}
				if grid[r][c] == 1 || seen[next] {
					continue
				}
				seen[next] = true
				queue = append(queue, next)
			}
		}
		steps++
	}
	return -1
}`,
	"distance": `func f(a, b string) int {
	m, n := len(a), len(b)
	dp := make([][]int, m+1)
	for i := range dp {
		dp[i] = make([]int, n+1)
	}
	for i := 0; i <= m; i++ {
		dp[i][0] = i
	}
	for j := 0; j <= n; j++ {
		dp[0][j] = j
	}
	for i := 1; i <= m; i++ {
		for j := 1; j <= n; j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			best := dp[i-1][j] + 1
			if left := dp[i][j-1] + 1; left < best {
				best = left
			}
			if both := dp[i-1][j-1] + cost; both < best {
				best = both
			}
			dp[i][j] = best
		}
	}
	return dp[m][n]
}`,
	"merge": `func f(a []int) []int {
	if len(a) < 2 {
		return a
	}
	mid := len(a) / 2
	left := f(a[:mid])
	right := f(a[mid:])
	out := make([]int, 0, len(a))
	i, j := 0, 0
	for i < len(left) && j < len(right) {
		if left[i] <= right[j] {
			out = append(out, left[i])
			i++
		} else {
			out = append(out, right[j])
			j++
		}
	}
	for i < len(left) {
		out = append(out, left[i])
		i++
	}
	for j < len(right) {
		out = append(out, right[j])
		j++
	}
	return out
}`,
}

// TestMissingStatementsAreFew: what puts missing statements back is a small part of a usual function's candidates.
func TestMissingStatementsAreFew(t *testing.T) {
	for name, text := range usualFunctions {
		p := checkSource("p", map[string]string{"a.go": "package p\n\n" + text + "\n"})
		if len(p.Diags) > 0 {
			t.Fatalf("%s: %s", name, p.Diags[0].Message)
		}
		fn := p.Files[0].AST.Decls[0].(*ast.FuncDecl)
		all := len(newOperators(p, p.Files[0], fn, 0, 0).candidates())
		alone := newOperators(p, p.Files[0], fn, 0, 0)
		alone.walk(func(n ast.Node) { missingStatementOps(alone, n) })
		t.Logf("%s: %d of %d candidates", name, len(alone.out), all)
		if most := all * 15 / 100; len(alone.out) == 0 || len(alone.out) > most {
			t.Errorf("%s: %d of %d candidates, want 1 to %d", name, len(alone.out), all, most)
		}
	}
}
