package main

import (
	"strings"
	"testing"
)

// TestNames checks code, names and roots of one finding per body.
func TestNames(t *testing.T) {
	const head = "package p\n\nimport (\n\t\"fmt\"\n\t\"strings\"\n)\n\ntype S struct{ Count int; items []int }\n\nfunc (s *S) Push(v int) {}\n\ntype I interface{ Pop() int }\n\nfunc two() (int, error) { return 0, nil }\n\nvar _ = fmt.Sprint(strings.ToUpper(\"\"))\n\n"
	cases := []struct{ body, code, names string }{
		{"func f() { fmt.Println(cuont) }", "UndeclaredName", "cuont"},
		{"func f() { fmt.Prinln() }", "UndeclaredImportedName", "Prinln fmt"},
		{"func f(s *S) { s.Pusj(1) }", "MissingFieldOrMethod", "Pusj *S"},
		{"func f(s S) int { return s.count }", "MissingFieldOrMethod", "count Count S"},
		{"func f() { x := 1 }", "UnusedVar", "x"},
		{"func f() string { x := 1; return x }", "IncompatibleAssign", "x int string"},
		{"func f() string { return 1 + 2 }", "IncompatibleAssign", "1 + 2 int string"},
		{"func f(a int, b string) bool { return a == b }", "MismatchedTypes", "int string a == b"},
		{"func f() { strings.Split(\"a\") }", "WrongArgCount", "strings.Split (string) (string, string)"},
		{"func f() { a := two(); _ = a }", "WrongAssignCount", "two"},
		{"func f() (int, error) { return 1 }", "WrongResultCount", "(number) (int, error)"},
		{"func f() int { }", "MissingReturn", "f"},
		{"func f() { a := 1; a := 2; _ = a }", "NoNewVar", "a"},
		{"func f(s *S) I { return s }", "InvalidIfaceAssign", "Pop *S I"},
		{"var _ = S{Cnt: 1}", "MissingLitField", "Cnt S"},
		{"func two() {}", "DuplicateDecl", "two"},
		{"func f(a int) { switch a { case 1: case 1: } }", "DuplicateCase", "1"},
		{"func f() { var x Foo; _ = x }", "UndeclaredName", "Foo"},
		{"func f(a int) { if a {} }", "InvalidCond", "a"},
		{"func f(a []int) { a.x() }", "MissingFieldOrMethod", "x []int"},
		{"func f(a string) int { return int(a) }", "InvalidConversion", "a string int"},
		{"func f(a int) { a[0] = 1 }", "NonIndexableOperand", "a int"},
		{"func f(a int) { a + 1 }", "UnusedExpr", "a + 1"},
		{"func f() { for { break L } }", "MisplacedLabel", "L"},
		{"func f(a int) int { return *a }", "InvalidIndirection", "a int"},
		{"func f(a, b []int) bool { return a == b }", "UndefinedOp", "a"},
	}
	for _, c := range cases {
		pkg := checkSource("example.com/p", map[string]string{"a.go": head + c.body + "\n"})
		if len(pkg.Diags) == 0 {
			t.Errorf("%s: no finding", c.body)
			continue
		}
		d := pkg.Diags[0]
		if got := strings.Join(d.Names, " "); d.Code != c.code || got != c.names {
			t.Errorf("%s:\n got %s [%s]\nwant %s [%s]\n%s", c.body, d.Code, got, c.code, c.names, d.Message)
		}
	}
}

// TestRoots checks that a follow-on error comes after its cause and is marked.
func TestRoots(t *testing.T) {
	cases := []struct {
		text string
		want string // codes in order, follow-ons in parentheses
	}{
		{"package p\n\nfunc f() {\n\tcount := 0\n\tcuont++\n}\n", "UndeclaredName (UnusedVar)"},
		{"package p\n\nimport \"strings\"\n\nfunc f() string { return stirngs.ToUpper(\"a\") }\n", "UndeclaredName (UnusedImport)"},
		{"package p\n\nfunc f() int {\n\tpanicf(\"x\")\n}\n", "UndeclaredName (MissingReturn)"},
		{"package p\n\nfunc f() { fmt.Println(); fmt.Println() }\n", "UndeclaredName (UndeclaredName)"},
		{"package p\n\nimport \"os\"\n\nfunc f() { x := 1 }\n", "UnusedImport UnusedVar"},
	}
	for _, c := range cases {
		var got []string
		for _, d := range checkSource("example.com/p", map[string]string{"a.go": c.text}).Diags {
			if d.Root {
				got = append(got, d.Code)
			} else {
				got = append(got, "("+d.Code+")")
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.text, strings.Join(got, " "), c.want)
		}
	}
}

// TestTestsComeLast checks that a name unknown in a test and in the package is a root in the package.
func TestTestsComeLast(t *testing.T) {
	pkg := checkSource("example.com/p", map[string]string{
		"a_test.go": "package p\n\nvar _ = missing\n",
		"b.go":      "package p\n\nvar _ = missing\n",
	})
	if len(pkg.Diags) != 2 || pkg.Diags[0].Path != "b.go" || !pkg.Diags[0].Root || pkg.Diags[1].Root {
		t.Error(describe(pkg.Diags))
	}
}
