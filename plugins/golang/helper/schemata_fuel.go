package main

import (
	"go/ast"
	"go/token"
	"sort"
	"strings"
)

// tick is the statement that burns fuel.
const tick = namePrefix + "Tick(); "

// patch replaces text[start:end].
type patch struct {
	start, end int
	text       string
}

// applyPatches applies patches that do not overlap; those at one place keep their order.
func applyPatches(text string, patches []patch) string {
	sort.SliceStable(patches, func(i, j int) bool { return patches[i].start < patches[j].start })
	var b strings.Builder
	at := 0
	for _, p := range patches {
		b.WriteString(text[at:p.start])
		b.WriteString(p.text)
		at = p.end
	}
	b.WriteString(text[at:])
	return b.String()
}

// loopTicks returns the patches that burn fuel at every turn of the loops in n, those made with goto included.
func loopTicks(at func(token.Pos) int, n ast.Node) []patch {
	var patches []patch
	insert := func(pos token.Pos) { patches = append(patches, patch{at(pos), at(pos), tick}) }
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			return !unsafeToTouch(n)
		case *ast.ForStmt:
			insert(n.Body.Lbrace + 1)
		case *ast.RangeStmt:
			insert(n.Body.Lbrace + 1)
		case *ast.BranchStmt:
			if n.Tok == token.GOTO {
				insert(n.Pos())
			}
		}
		return true
	})
	return patches
}

// entryTicks returns the patches that burn fuel at every call of a function and of the closures in it.
func entryTicks(at func(token.Pos) int, d *ast.FuncDecl) []patch {
	patches := []patch{{at(d.Body.Lbrace) + 1, at(d.Body.Lbrace) + 1, tick}}
	ast.Inspect(d.Body, func(n ast.Node) bool {
		if lit, ok := n.(*ast.FuncLit); ok {
			patches = append(patches, patch{at(lit.Body.Lbrace) + 1, at(lit.Body.Lbrace) + 1, tick})
		}
		return true
	})
	return patches
}

// fuelled returns a file with fuel in its loops and whether that changed it. Functions around the one under change are
// fuelled too, since a wrong result often makes its caller run away; their entries are not, since a runaway
// recursion meets the stack limit soon and an entry check would cost small functions their inlining.
func fuelled(p *Package, f *File) (string, bool) {
	patches := loopTicks(p.Offset, f.AST)
	if usesCgo(f) || len(patches) == 0 {
		return "", false
	}
	return applyPatches(string(f.Src), patches), true
}

// sharesPackage tells whether f belongs to the package itself, not to its external tests.
func sharesPackage(p *Package, f *File) bool {
	return f.AST != nil && f.AST.Name != nil && p.Types != nil && f.AST.Name.Name == p.Types.Name()
}

// usesCgo tells whether a file imports C; cgo rewrites it, so generated text in it is best avoided.
func usesCgo(f *File) bool {
	for _, spec := range f.AST.Imports {
		if spec.Path.Value == `"C"` {
			return true
		}
	}
	return false
}

// unsafeToTouch tells whether a function has a directive that forbids adding code to it.
func unsafeToTouch(d *ast.FuncDecl) bool {
	if d.Doc == nil {
		return false
	}
	for _, c := range d.Doc.List {
		if strings.HasPrefix(c.Text, "//go:") && !strings.HasPrefix(c.Text, "//go:noinline") || strings.HasPrefix(c.Text, "//export") {
			return true
		}
	}
	return false
}
