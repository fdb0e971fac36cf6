package main

import (
	"go/ast"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// samplePackages are the packages whose functions the measurements below look at.
var samplePackages = []string{"strings", "bufio", "container/list", "container/heap", "sort", "strconv", "path", "text/tabwriter", "encoding/csv", "math/big", "net/url", "sync"}

// loadStd loads a package of the standard library from source, once for all tests.
func loadStd(t testing.TB, name string) (*Package, *sourceLoader) {
	t.Helper()
	if stdLoader == nil {
		stdLoader = newSourceLoader(runtime.GOROOT())
		stdLoaded = map[string]*Package{}
	}
	if p := stdLoaded[name]; p != nil {
		return p, stdLoader
	}
	dir := filepath.Join(runtime.GOROOT(), "src", filepath.FromSlash(name))
	if filepath.IsAbs(name) {
		dir = name
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the standard library has no sources here")
	}
	p, err := stdLoader.load(dir)
	if err != nil {
		t.Fatal(err)
	}
	stdLoaded[name] = p
	return p, stdLoader
}

var (
	stdLoader *sourceLoader
	stdLoaded map[string]*Package
)

// eachFunction calls visit for up to limit functions of the standard library, spread over the packages.
func eachFunction(t testing.TB, limit int, visit func(p *Package, f *File, fn *ast.FuncDecl, c *funcChecker)) {
	t.Helper()
	names := samplePackages
	if dir := os.Getenv("HRGC_DIR"); dir != "" { // look at other code: the folders under a directory
		found, err := packageDirs(dir)
		if err != nil {
			t.Fatal(err)
		}
		names = found
	}
	per := limit/len(names) + 1
	for _, name := range names {
		p, loader := loadStd(t, name)
		taken := 0
		for _, f := range p.Files {
			for _, d := range f.AST.Decls {
				fn, ok := d.(*ast.FuncDecl)
				if !ok || fn.Body == nil || taken >= per || p.Line(fn.End())-p.Line(fn.Pos()) < 4 || p.Line(fn.End())-p.Line(fn.Pos()) > 90 {
					continue
				}
				c := newFuncChecker(p, loader, f, fn, newFileImports(p, f))
				if len(c.check(p.Text(f, fn))) > 0 {
					if !filepath.IsAbs(name) {
						t.Errorf("%s.%s: findings in correct code", name, fn.Name.Name)
					}
					continue
				}
				taken++
				visit(p, f, fn, c)
			}
		}
	}
}

// TestEnumerateTypeChecks measures how many of the candidates compile, and how long they take.
func TestEnumerateTypeChecks(t *testing.T) {
	var functions, all, total, good int
	var spent time.Duration
	byRule := map[string][2]int{}
	examples := map[string]string{}
	eachFunction(t, 120, func(p *Package, f *File, fn *ast.FuncDecl, c *funcChecker) {
		functions++
		text, base := p.Text(f, fn), p.Offset(fn.Pos())
		started := time.Now()
		list := newOperators(p, f, fn, 0, 0).candidates()
		spent += time.Since(started)
		all += len(list)
		for i, cand := range list {
			if len(list) > 120 && i%(len(list)/40) != 0 {
				continue
			}
			total++
			count := byRule[cand.Rule]
			count[1]++
			changed := applyEdits(text, shifted(cand.Edits, base))
			if found := c.check(changed); len(found) == 0 {
				good++
				count[0]++
			} else if examples[cand.Rule] == "" {
				examples[cand.Rule] = fn.Name.Name + ": " + f.Src2(cand) + "  [" + found[0].diag.Message + "]"
			}
			byRule[cand.Rule] = count
		}
	})
	for rule, count := range byRule {
		if share := float64(count[0]) / float64(count[1]); share < 0.75 {
			t.Logf("%-24s %4d of %4d type-check: %s", rule, count[0], count[1], examples[rule])
		}
	}
	share := float64(good) / float64(total)
	t.Logf("%d functions, %d candidates, %d sampled, %.1f %% type-check, %.2f ms a function", functions, all, total, 100*share, spent.Seconds()*1000/float64(functions))
	if share < 0.75 {
		t.Errorf("only %.1f %% of the candidates type-check", 100*share)
	}
}

// Src2 shows the place of a candidate for a failure message.
func (f *File) Src2(c Candidate) string {
	e := c.Edits[0]
	from, to := max(0, e.Start-30), min(len(f.Src), e.End+30)
	return string(f.Src[from:e.Start]) + "«" + string(f.Src[e.Start:e.End]) + "→" + e.New + "»" + string(f.Src[e.End:to])
}
