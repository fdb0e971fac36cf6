package main

import "testing"

func TestCheckSourceFindsErrors(t *testing.T) {
	pkg := checkSource("example.com/p", map[string]string{"a.go": "package p\n\nimport \"strings\"\n\nfunc F() string { return strings.ToUper(\"x\") }\n"})
	if len(pkg.Diags) != 1 || pkg.Diags[0].Code != "UndeclaredImportedName" || pkg.Diags[0].Line != 5 {
		t.Fatalf("got %+v", pkg.Diags)
	}
}
