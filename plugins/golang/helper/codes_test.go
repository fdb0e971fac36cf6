package main

import (
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"testing"
)

// TestCodesAreThoseOfTheToolchain compares the table with the source of the toolchain that runs the test.
func TestCodesAreThoseOfTheToolchain(t *testing.T) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, filepath.Join(sharedImports().context.GOROOT, "src/internal/types/errors/codes.go"), nil, 0)
	if err != nil {
		t.Skip("no source of the toolchain:", err)
	}
	pkg, err := new(types.Config).Check("errors", fset, []*ast.File{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, name := range pkg.Scope().Names() {
		c, ok := pkg.Scope().Lookup(name).(*types.Const)
		if !ok {
			continue
		}
		value, _ := constant.Int64Val(c.Val())
		if got := codeName(int(value)); got != name {
			t.Errorf("code %d is %s, the table has %s", value, name, got)
		}
		count++
	}
	if count < 130 {
		t.Errorf("only %d codes found", count)
	}
}

// TestUnknownCodesKeepTheirNumber checks codes of toolchains newer than the table.
func TestUnknownCodesKeepTheirNumber(t *testing.T) {
	for code, want := range map[int]string{-1: "InvalidSyntaxTree", 0: "Code0", 9999: "Code9999"} {
		if got := codeName(code); got != want {
			t.Errorf("codeName(%d) = %s, want %s", code, got, want)
		}
	}
}
