package main

import "testing"

// TestTypesOfC: what hangs on a type of C alone is left to the go command where cgo is used; other findings stay.
func TestTypesOfC(t *testing.T) {
	const head = "package p\n\n// #include <stdint.h>\nimport \"C\"\n\n"
	check := func(body string, cgo bool) []Diag {
		s := sourceServer("p", map[string]string{"a.go": head + body})
		s.spec.Cgo = cgo
		return s.Base().Diags
	}
	const trusted = "func f(x []C.uint8_t) []uint8 { return x }\n"
	if found := check(trusted, true); len(found) != 0 {
		t.Errorf("finding about a type of C: %s", found[0].Message)
	}
	if found := check(trusted, false); len(found) != 1 {
		t.Errorf("%d findings without cgo, want 1", len(found))
	}
	if found := check(trusted+"func g() int { return missing }\n", true); len(found) != 1 || found[0].Code != "UndeclaredName" {
		t.Errorf("findings %v, want the undeclared name", found)
	}
}
