package main

import (
	"fmt"
	"go/token"
	"strings"
	"testing"
)

// TestSyntaxClasses checks the class and line of the first finding of broken files.
func TestSyntaxClasses(t *testing.T) {
	cases := []struct{ text, want string }{
		{"func f(a []int) {\n\tfor _, x := range a {\n\t\tg(x)\n\tg(1)\n}\n\nfunc g(int) {}\n", "Brace 5 }"},
		{"func f() {\n\tg(1)\n\nfunc g(int) {}\n", "Brace 4 }"},
		{"func f() {\n\tif true {\n\t\tg(1)\n\t}\n\t}\n}\n\nfunc g(int) {}\n", "Brace 7 { }"},
		{"func f() {\n\tg(1\n}\n\nfunc g(int) {}\n", "Paren 4 )"},
		{"func f() {\n\tg(1))\n}\n\nfunc g(int) {}\n", "Paren 4 statement )"},
		{"func f() {\n\tg(\n\t\t1,\n\t\t2\n\t)\n}\n\nfunc g(...int) {}\n", "Comma 6 ,"},
		{"var a = []int{\n\t1,\n\t2\n}\n", "Comma 5 ,"},
		{"func f(a []int) {\n\ta[0 = 1\n}\n", "Bracket 4 ]"},
		{"func f() {\n\tfro i := 0; i < 3; i++ {\n\t}\n}\n", "Semicolon 4 ; i"},
		{"func f() {\n\tx := \"abc\n\t_ = x\n}\n", "Literal 4"},
		{"func f(x int) {\n\tswitch x {\n\tcase 1\n\t\tx = 2\n\t}\n}\n", "Colon 5 : newline"},
		{"func f(x int) {\n\tif x = 1 {\n\t}\n}\n", "Operator 4 boolean expression assignment"},
		{"x := 1\n", "Declaration 3 declaration x"},
		{"func f(x int) {\n\tif x > 1\n\t{\n\t}\n}\n", "Newline 4"},
		{"fucn f() {\n}\n", "Declaration 3 declaration fucn"},
		{"func f() int {\n\treturn 1 +\n}\n", "Expression 4 operand"},
		{"func f(a int b int) {}\n", "Comma 3 ,"},
	}
	for _, c := range cases {
		_, diags := parseFile(token.NewFileSet(), source{FileSpec: FileSpec{Path: "a.go"}, content: []byte("package p\n\n" + c.text)})
		if len(diags) == 0 {
			t.Errorf("%q: no finding", c.text)
			continue
		}
		d := diags[0]
		got := strings.TrimSpace(fmt.Sprintf("%s %d %s", d.Code, d.Line, strings.Join(d.Names, " ")))
		if got != c.want {
			t.Errorf("%s\n got %s\nwant %s\n%s", c.text, got, c.want, describe(diags))
		}
	}
}

// TestTwoSyntaxErrorsAreTwoRoots checks that independent errors in two functions are both causes.
func TestTwoSyntaxErrorsAreTwoRoots(t *testing.T) {
	text := "package p\n\nfunc f(a []int) {\n\ta[0 = 1\n}\n\nfunc g(x int) {\n\tg(1,, 2)\n}\n"
	_, diags := parseFile(token.NewFileSet(), source{FileSpec: FileSpec{Path: "a.go"}, content: []byte(text)})
	roots := map[int]bool{}
	for _, d := range diags {
		if d.Root {
			roots[d.Line] = true
		}
	}
	if len(roots) != 2 || !roots[4] || !roots[8] {
		t.Errorf("roots at lines %v\n%s", roots, describe(diags))
	}
}

// TestParserSurvivesAnything checks that no text panics and every finding is inside its file.
func TestParserSurvivesAnything(t *testing.T) {
	texts := []string{"", "\x00", "package", "package p\nfunc", "package p\n" + strings.Repeat("(", 100000), "}}}", "package p\n/*", "\xff\xfe", "package p;func f(){" + strings.Repeat("{", 5000)}
	for _, text := range texts {
		f, diags := parseFile(token.NewFileSet(), source{FileSpec: FileSpec{Path: "a.go"}, content: []byte(text)})
		if f.AST == nil || f.AST.Name == nil || f.Tok == nil {
			t.Fatalf("%.20q: incomplete file", text)
		}
		for _, d := range diags {
			if d.Offset < 0 || d.Offset > len(text) || d.Line < 1 {
				t.Errorf("%.20q: finding outside the file: %+v", text, d)
			}
		}
	}
}
