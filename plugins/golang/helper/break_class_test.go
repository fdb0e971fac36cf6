package main

import "testing"

// TestClassifyFix: one class a change, by what the change does.
func TestClassifyFix(t *testing.T) {
	for _, c := range []struct{ before, after, op string }{
		{"if a < b {\n}", "if a <= b {\n}", "CMP"},
		{"x := a + b", "x := a - b", "ARITH"},
		{"x := a + b", "x := a + b + 1", "TERM"},
		{"if a && b {\n}", "if a {\n}", "LOGIC"},
		{"if a {\n}", "if !a {\n}", "LOGIC"},
		{"x := 1", "x := 2", "LIT"},
		{"x := -1", "x := 1", "LIT"},
		{"f(true)", "f(false)", "LIT"},
		{"f(x)", "f(y)", "NAME"},
		{"f(p.x)", "f(p.y)", "FIELD"},
		{"f(x, y)", "f(y, x)", "ARG"},
		{"f(x)", "f(x, y)", "ARG"},
		{"f(x)", "g(x)", "CALL"},
		{"s.F(x)", "s.G(x)", "CALL"},
		{"x = y", "x = abs(y)", "CALL"},
		{"f(n)", "f(int64(n))", "CONV"},
		{"f(n)", "f(&n)", "CONV"},
		{"x := a[i]", "x := a[i+1]", "INDEX"},
		{"x := a[i:]", "x := a[:i]", "INDEX"},
		{"x = 1", "x += 1", "ASSIGN"},
		{"x := f()", "x = f()", "ASSIGN"},
		{"a = f()", "b = f()", "ASSIGN"},
		{"append(x, 1)", "x = append(x, 1)", "ASSIGN"},
		{"f()", "if x == nil {\nreturn\n}\nf()", "GUARD"},
		{"f()", "if x {\nf()\n}", "GUARD"},
		{"f()", "f()\ng()", "INSERT"},
		{"f()\ng()", "g()", "DELETE"},
		{"f()\ng()", "g()\nf()", "MOVE"},
		{"for {\nf()\ng()\n}", "for {\nf()\n}\ng()", "MOVE"},
		{"return a", "return b", "RETURN"},
		{"return a", "return a, nil", "RETURN"},
		{"f()", "f()\nreturn", "RETURN"},
		{"for {\nbreak\n}", "for {\ncontinue\n}", "CTRL"},
		{"defer f()", "f()", "CTRL"},
		{"f(n)", "n := 1\nf(n)", "DECL"},
		{"var x int", "var x string", "TYPE"},
		{"func f(a int) {}", "func f(a string) {}", "TYPE"},
		{"func f(a int) {}", "func f(a, b int) {}", "DECL"},
		{"if a {", "if a {\n}", "SYNTAX"},
		{"import \"os\"", "", "IMPORT"},
		{"x := 1\nf(x)\ny := 2", "g(1)\ny = h(3)", "REWRITE"},
	} {
		if op := classifyFix(c.before, c.after); op != c.op {
			t.Errorf("%q -> %q is %s, want %s", c.before, c.after, op, c.op)
		}
	}
}
