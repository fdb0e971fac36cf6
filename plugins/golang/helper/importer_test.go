package main

import (
	"slices"
	"testing"
)

// TestOtherImports: packages of the module and its dependencies can be imported, the standard library's and other
// trees' internal ones are not among them.
func TestOtherImports(t *testing.T) {
	exports := map[string]string{}
	for _, path := range []string{
		"fmt", "vendor/golang.org/x/net/idna", "example.org/m/shop", "example.org/m/cart", "example.org/m/shop/internal/a",
		"example.org/m/internal/b", "example.com/dep/internal/c", "example.com/dep", "internal/abi",
	} {
		exports[path] = ""
	}
	got := newImportSet(LoadParams{ImportPath: "example.org/m/shop", Exports: exports}).others()
	want := []string{"example.com/dep", "example.org/m/cart", "example.org/m/internal/b", "example.org/m/shop/internal/a"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
