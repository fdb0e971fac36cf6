package main

import (
	"strings"
	"testing"
)

// wantCases are small wrong functions and the right one that must be among the candidates, with its class.
var wantCases = []struct{ name, before, after, op string }{
	{"boundary", "func f(a, b int) bool { return a < b }", "func f(a, b int) bool { return a <= b }", "CMP"},
	{"negated comparison", "func f(a []int) bool { return len(a) == 0 }", "func f(a []int) bool { return len(a) != 0 }", "CMP"},
	{"arithmetic", "func f(a, b int) int { c := a - b\nreturn c }", "func f(a, b int) int { c := a + b\nreturn c }", "ARITH"},
	{"logical", "func f(a, b bool) bool { return a && b }", "func f(a, b bool) bool { return a || b }", "LOGIC"},
	{"negation", "func f(m map[int]bool, k int) int { if m[k] { return 1 }\nreturn 0 }", "func f(m map[int]bool, k int) int { if !m[k] { return 1 }\nreturn 0 }", "LOGIC"},
	{"start value", "func f(n int) int { s := 1\nfor i := 0; i < n; i++ { s += i }\nreturn s }", "func f(n int) int { s := 0\nfor i := 0; i < n; i++ { s += i }\nreturn s }", "LIT"},
	{"last index", "func f(a []int) int { x := a[len(a)]\nreturn x }", "func f(a []int) int { x := a[len(a)-1]\nreturn x }", "INDEX"},
	{"slice bound", "func f(a []int, k int) []int { b := a[k+1:]\nreturn b }", "func f(a []int, k int) []int { b := a[k:]\nreturn b }", "INDEX"},
	{"variable", "func f(a, b int) int { c := a * a\nreturn c + b }", "func f(a, b int) int { c := a * b\nreturn c + b }", "NAME"},
	{"field", "type p struct{ w, h int }\nfunc (x p) f() int { s := x.w * x.w\nreturn s }", "type p struct{ w, h int }\nfunc (x p) f() int { s := x.w * x.h\nreturn s }", "FIELD"},
	{"operands", "func f(a, b int) int { c := b - a\nreturn c }", "func f(a, b int) int { c := a - b\nreturn c }", "ARITH"},
	{"arguments", "import \"strings\"\nfunc f(s, t string) bool { return strings.Contains(t, s) }", "import \"strings\"\nfunc f(s, t string) bool { return strings.Contains(s, t) }", "ARG"},
	{"sibling", "import \"strings\"\nfunc f(s string) bool { return strings.HasPrefix(s, \"x\") }", "import \"strings\"\nfunc f(s string) bool { return strings.HasSuffix(s, \"x\") }", "CALL"},
	{"wrap", "import \"math\"\nfunc f(a, b float64) bool { return math.Floor(a) == a-b }", "import \"math\"\nfunc f(a, b float64) bool { return math.Floor(a) == math.Abs(a-b) }", "CALL"},
	{"unwrap", "import \"strings\"\nfunc f(s string) string { t := strings.ToLower(strings.TrimSpace(s))\nreturn t }", "import \"strings\"\nfunc f(s string) string { t := strings.TrimSpace(s)\nreturn t }", "CALL"},
	{"runes", "func f(s string) int { n := len(s)\nreturn n }", "func f(s string) int { n := len([]rune(s))\nreturn n }", "CONV"},
	{"float division", "func f(a, b int) float64 { x := float64(a / b)\nreturn x }", "func f(a, b int) float64 { x := float64(a) / float64(b)\nreturn x }", "CONV"},
	{"error check", "import \"os\"\nfunc f(p string) (string, error) {\n\tb, err := os.ReadFile(p)\n\treturn string(b), err\n}", "import \"os\"\nfunc f(p string) (string, error) {\n\tb, err := os.ReadFile(p)\n\tif err != nil {\n\t\treturn \"\", err\n\t}\n\treturn string(b), err\n}", "GUARD"},
	{"nil guard", "type n struct{ next *n; v int }\nfunc (x *n) f() int {\n\treturn x.next.v\n}", "type n struct{ next *n; v int }\nfunc (x *n) f() int {\n\tif x.next == nil {\n\t\treturn 0\n\t}\n\treturn x.next.v\n}", "GUARD"},
	{"empty guard", "func f(a []int) int {\n\tm := a[0]\n\treturn m\n}", "func f(a []int) int {\n\tif len(a) == 0 {\n\t\treturn 0\n\t}\n\tm := a[0]\n\treturn m\n}", "GUARD"},
	{"counter", "func f(a []int) int {\n\tn := 0\n\tfor _, x := range a {\n\t\tif x > 0 {\n\t\t}\n\t}\n\treturn n\n}", "func f(a []int) int {\n\tn := 0\n\tfor _, x := range a {\n\t\tif x > 0 {\n\t\t\tn++\n\t\t}\n\t}\n\treturn n\n}", "INSERT"},
	{"unlock", "import \"sync\"\nfunc f(m *sync.Mutex, x *int) {\n\tm.Lock()\n\t*x++\n}", "import \"sync\"\nfunc f(m *sync.Mutex, x *int) {\n\tm.Lock()\n\tdefer m.Unlock()\n\t*x++\n}", "INSERT"},
	{"maximum", "func f(a []int) int {\n\tm := a[0]\n\tfor _, x := range a {\n\t\tm = x\n\t}\n\treturn m\n}", "func f(a []int) int {\n\tm := a[0]\n\tfor _, x := range a {\n\t\tif x > m {\n\t\t\tm = x\n\t\t}\n\t}\n\treturn m\n}", "GUARD"},
	{"conjunct", "func f(a []int, v int) int {\n\ti := 0\n\tfor a[i] != v {\n\t\ti++\n\t}\n\treturn i\n}", "func f(a []int, v int) int {\n\ti := 0\n\tfor i < len(a) && a[i] != v {\n\t\ti++\n\t}\n\treturn i\n}", "LOGIC"},
	{"extra statement", "func f(n int) int {\n\tn++\n\tn++\n\treturn n\n}", "func f(n int) int {\n\tn++\n\treturn n\n}", "DELETE"},
	{"early exit", "func f(a []int) int {\n\ts := 0\n\tfor _, x := range a {\n\t\ts += x\n\t\tbreak\n\t}\n\treturn s\n}", "func f(a []int) int {\n\ts := 0\n\tfor _, x := range a {\n\t\ts += x\n\t}\n\treturn s\n}", "DELETE"},
	{"shadow", "func g() (int, error) { return 0, nil }\nfunc f(b bool) (n int, err error) {\n\tif b {\n\t\tn, err := g()\n\t\t_, _ = n, err\n\t}\n\treturn n, err\n}", "func g() (int, error) { return 0, nil }\nfunc f(b bool) (n int, err error) {\n\tif b {\n\t\tn, err = g()\n\t\t_, _ = n, err\n\t}\n\treturn n, err\n}", "ASSIGN"},
	{"exchange", "func f(a []int, i, j int) {\n\ta[i] = a[j]\n\ta[j] = a[i]\n}", "func f(a []int, i, j int) {\n\ta[i], a[j] = a[j], a[i]\n}", "ASSIGN"},
	{"range value", "func f(a []int) int {\n\ts := 0\n\tfor x := range a {\n\t\ts += x\n\t}\n\treturn s\n}", "func f(a []int) int {\n\ts := 0\n\tfor _, x := range a {\n\t\ts += x\n\t}\n\treturn s\n}", "CTRL"},
	{"branch", "func f(a []int) int {\n\ts := 0\n\tfor _, x := range a {\n\t\tif x < 0 {\n\t\t\tbreak\n\t\t}\n\t\ts += x\n\t}\n\treturn s\n}", "func f(a []int) int {\n\ts := 0\n\tfor _, x := range a {\n\t\tif x < 0 {\n\t\t\tcontinue\n\t\t}\n\t\ts += x\n\t}\n\treturn s\n}", "CTRL"},
	{"order", "func f(a []int) (r []int) {\n\tx := 0\n\tfor _, v := range a {\n\t\tr = append(r, x)\n\t\tx += v\n\t}\n\treturn r\n}", "func f(a []int) (r []int) {\n\tx := 0\n\tfor _, v := range a {\n\t\tx += v\n\t\tr = append(r, x)\n\t}\n\treturn r\n}", "MOVE"},
	{"returned", "func f(a, b int) int {\n\tif a > b {\n\t\treturn b\n\t}\n\treturn b\n}", "func f(a, b int) int {\n\tif a > b {\n\t\treturn a\n\t}\n\treturn b\n}", "RETURN"},
	{"answers", "func f(a, b int) bool {\n\tif a == b {\n\t\treturn false\n\t}\n\treturn true\n}", "func f(a, b int) bool {\n\tif a == b {\n\t\treturn true\n\t}\n\treturn false\n}", "RETURN"},
	{"unused parameter", "func f(a, b int) int {\n\tc := a + a\n\treturn c\n}", "func f(a, b int) int {\n\tc := a + b\n\treturn c\n}", "NAME"},
	{"sentinel", "import \"math\"\nfunc f(a []int) int {\n\tm := math.MaxInt\n\tfor _, x := range a {\n\t\tm = max(m, x)\n\t}\n\treturn m\n}", "import \"math\"\nfunc f(a []int) int {\n\tm := math.MinInt\n\tfor _, x := range a {\n\t\tm = max(m, x)\n\t}\n\treturn m\n}", "FIELD"},
	{"copy", "func f(r [][]int, p []int) [][]int {\n\tr = append(r, p)\n\treturn r\n}", "func f(r [][]int, p []int) [][]int {\n\tr = append(r, append([]int(nil), p...))\n\treturn r\n}", "CALL"},
	{"default", "func f(a int) (s string) {\n\tswitch a {\n\tcase 1:\n\t\ts = \"x\"\n\t}\n\treturn s\n}", "func f(a int) (s string) {\n\tswitch a {\n\tcase 1:\n\t\ts = \"x\"\n\tdefault:\n\t\treturn\n\t}\n\treturn s\n}", "CTRL"},
	{"separator", "import \"strings\"\nfunc f(a []string) string { s := strings.Join(a, \",\")\nreturn s }", "import \"strings\"\nfunc f(a []string) string { s := strings.Join(a, \", \")\nreturn s }", "LIT"},
}

// sameImports drops the import of a text when the one before has none: the class is that of the rest.
func sameImports(before, after string) string {
	if strings.HasPrefix(after, "import") && !strings.HasPrefix(before, "import") {
		_, after, _ = strings.Cut(after, "\n")
	}
	return after
}

// candidatesOf returns the candidates of a source that must build.
func candidatesOf(t *testing.T, src string) []Candidate {
	t.Helper()
	p := checkSource("p", map[string]string{"a.go": src})
	if len(p.Diags) > 0 {
		t.Fatalf("the case does not build: %s", p.Diags[0].Message)
	}
	list, err := enumerate(p, EnumerateParams{Path: "a.go"})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestEnumerateWants: every usual bug has its repair among the candidates, with the class that the plan language uses.
func TestEnumerateWants(t *testing.T) {
	for _, c := range wantCases {
		t.Run(c.name, func(t *testing.T) {
			src := "package p\n\n" + c.before + "\n"
			list := candidatesOf(t, src)
			want := strings.Join(strings.Fields("package p\n\n"+c.after), "")
			for _, cand := range list {
				if strings.Join(strings.Fields(applyEdits(src, cand.Edits)), "") != want {
					continue
				}
				if cand.Op != c.op {
					t.Errorf("class %s (%s), want %s", cand.Op, cand.Rule, c.op)
				}
				if op := classifyFix(c.before, sameImports(c.before, c.after)); op != c.op {
					t.Errorf("classifyFix gives %s, want %s", op, c.op)
				}
				return
			}
			t.Errorf("no candidate among %d gives %s", len(list), c.after)
		})
	}
}

// TestEnumerateSelects: lines, classes and limit narrow the candidates; test files have none; all edits differ.
func TestEnumerateSelects(t *testing.T) {
	src := "package p\n\nfunc f(a, b int) int {\n\tif a < b { // a < b\n\t\treturn a\n\t}\n\treturn b + 1\n}\n"
	p := checkSource("p", map[string]string{"a.go": src, "a_test.go": "package p\n\nfunc g(a int) int { return a + 1 }\n"})
	list, err := enumerate(p, EnumerateParams{Path: "a.go", First: 4, Last: 4, Ops: []string{"CMP"}})
	if err != nil || len(list) == 0 {
		t.Fatalf("%d candidates, %v", len(list), err)
	}
	seen := map[string]bool{}
	for _, c := range list {
		text := applyEdits(src, c.Edits)
		if c.Op != "CMP" || c.Line != 4 || c.EndLine != 4 || seen[text] || text == src || c.Answers != -1 {
			t.Errorf("unexpected candidate %+v", c)
		}
		if !strings.Contains(text, "// a < b") {
			t.Errorf("a comment changed: %s", text)
		}
		seen[text] = true
	}
	if all, _ := enumerate(p, EnumerateParams{Path: "a.go", Limit: 7}); len(all) != 7 {
		t.Errorf("%d candidates, want 7", len(all))
	}
	if none, err := enumerate(p, EnumerateParams{Path: "a_test.go"}); err != nil || len(none) != 0 {
		t.Errorf("%d candidates in a test file, %v", len(none), err)
	}
	if _, err := enumerate(p, EnumerateParams{Path: "b.go"}); err == nil {
		t.Error("no error for a file that is not there")
	}
}

// TestEnumerateOrder: priors fall, and the test literals of the function are tried.
func TestEnumerateOrder(t *testing.T) {
	src := "package p\n\nfunc Area(w, h int) int {\n\treturn w * h * 3\n}\n"
	test := "package p\n\nimport \"testing\"\n\nfunc TestArea(t *testing.T) {\n\tif Area(1, 1) != 4711 {\n\t\tt.Fatal()\n\t}\n}\n"
	list, err := enumerate(checkSource("p", map[string]string{"a.go": src, "a_test.go": test}), EnumerateParams{Path: "a.go"})
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for i, c := range list {
		if i > 0 && c.Prior > list[i-1].Prior {
			t.Fatalf("prior rises at %d", i)
		}
		found = found || strings.Contains(applyEdits(src, c.Edits), "4711")
	}
	if !found {
		t.Error("the literal of the test was not tried")
	}
}
