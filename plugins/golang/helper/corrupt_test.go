package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"go/ast"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// corrupted runs the command over folders of the standard library and returns its output and records.
func corrupted(t *testing.T, args []string, dirs ...string) (string, []Record) {
	t.Helper()
	root := runtime.GOROOT()
	args = append(args, "-go", filepath.Join(root, "bin", "go"))
	for _, dir := range dirs {
		args = append(args, filepath.Join(root, "src", dir))
	}
	var out, errs bytes.Buffer
	if code := runCorrupt(args, &out, &errs); code != 0 {
		t.Fatalf("exit %d: %s", code, errs.String())
	}
	var counts tally
	if err := json.Unmarshal(errs.Bytes(), &counts); err != nil {
		t.Fatalf("counts are not JSON: %v", err)
	}
	var list []Record
	for _, line := range strings.Split(strings.TrimSpace(out.String()), "\n") {
		var r Record
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		list = append(list, r)
	}
	if counts.Records != len(list) {
		t.Errorf("counted %d records, wrote %d", counts.Records, len(list))
	}
	return out.String(), list
}

// fixed returns the window with the record's fix made.
func fixed(r Record) []string {
	lines := append([]string{}, r.Window[:r.Fix.First-1]...)
	return append(append(lines, r.Fix.Lines...), r.Window[r.Fix.Last:]...)
}

// TestCorruptRecords: fixes lead back to the function, build errors have findings, behaviour errors none.
func TestCorruptRecords(t *testing.T) {
	_, list := corrupted(t, []string{"-seed", "3", "-per-func", "4"}, "bufio")
	whole := map[string]string{}
	for _, r := range list {
		if r.Group == "clean" {
			whole[r.Path+r.Symbol] = squeeze(strings.Join(r.Window, "\n"))
		}
	}
	groups := map[string]int{}
	for _, r := range list {
		groups[r.Group]++
		if len(r.Window) > maxWindow || r.Numbers < 1 || r.Pkg != "bufio" || len(r.Context) > maxContext {
			t.Errorf("odd record %+v", r)
		}
		if (r.Group == "build") != (len(r.Diags) > 0) {
			t.Errorf("%s %s: %d findings", r.Group, r.Rule, len(r.Diags))
		}
		if r.Group == "clean" {
			if r.Fix != nil || r.Op != "" {
				t.Errorf("a clean sample with a fix: %+v", r)
			}
			continue
		}
		if r.Fix.First < 1 || r.Fix.Last < r.Fix.First-1 || r.Fix.Last > len(r.Window) || r.Op == "" {
			t.Fatalf("odd fix %+v of %s", r.Fix, r.Rule)
		}
		if want := whole[r.Path+r.Symbol]; r.Remain == 0 && want != "" && squeeze(strings.Join(fixed(r), "\n")) != want {
			t.Errorf("%s of %s does not lead back", r.Rule, r.Symbol)
		}
	}
	if groups["build"] == 0 || groups["behaviour"] == 0 || groups["clean"] == 0 {
		t.Errorf("groups %v", groups)
	}
}

// TestCorruptRepeats: a seed gives the same lines, another seed others, and a run can be taken up behind a package.
func TestCorruptRepeats(t *testing.T) {
	first, _ := corrupted(t, []string{"-seed", "1", "-per-func", "2"}, "container")
	again, list := corrupted(t, []string{"-seed", "1", "-per-func", "2"}, "container")
	if first != again {
		t.Error("the same seed gave other lines")
	}
	other, _ := corrupted(t, []string{"-seed", "2", "-per-func", "2"}, "container")
	if other == first {
		t.Error("another seed gave the same lines")
	}
	rest, _ := corrupted(t, []string{"-seed", "1", "-per-func", "2", "-after", list[0].Pkg}, "container")
	if !strings.HasSuffix(first, rest) || len(rest) == len(first) {
		t.Error("-after does not go on where the run stopped")
	}
}

// TestCorruptReloads: a package that is loaded anew between its files gives the same lines.
func TestCorruptReloads(t *testing.T) {
	var texts [2]bytes.Buffer
	for i, reuse := range []int{maxVersions, 1} {
		job := &corruptJob{
			settings: corruption{seed: 1, perFunc: 2, build: 0.5}, loader: newSourceLoader(runtime.GOROOT()), root: runtime.GOROOT(),
			parts: 1, reuse: reuse, out: bufio.NewWriter(&texts[i]), counts: newTally(),
		}
		if err := job.run([]string{filepath.Join(runtime.GOROOT(), "src", "text", "tabwriter"), filepath.Join(runtime.GOROOT(), "src", "bufio")}); err != nil {
			t.Fatal(err)
		}
	}
	if texts[0].Len() == 0 || texts[0].String() != texts[1].String() {
		t.Errorf("%d bytes of records with one package, %d with several, or others", texts[0].Len(), texts[1].Len())
	}
}

// TestCheckLeavesImports: checks of a function whose imports cannot be read leave the package's imports as they were.
func TestCheckLeavesImports(t *testing.T) {
	dir := t.TempDir()
	text := "package p\n\nimport \"example.com/away\"\n\nfunc f() int {\n\treturn away.Count()\n}\n"
	if err := os.WriteFile(filepath.Join(dir, "p.go"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	loader := newSourceLoader(runtime.GOROOT())
	p, err := loader.load(dir)
	if err != nil {
		t.Fatal(err)
	}
	before := len(p.Types.Imports())
	fn := p.Files[0].AST.Decls[1].(*ast.FuncDecl)
	checker := newFuncChecker(p, loader, p.Files[0], fn, newFileImports(p, p.Files[0]))
	for range 3 {
		if found := checker.check(p.Text(p.Files[0], fn)); len(found) > 0 {
			t.Fatalf("findings %v", found)
		}
	}
	if after := len(p.Types.Imports()); after != before {
		t.Errorf("%d imports before, %d after three checks", before, after)
	}
}

// TestCorruptRefuses: bad flags are told in one line with exit code 2.
func TestCorruptRefuses(t *testing.T) {
	for _, args := range [][]string{{}, {"-go", "/nowhere/go"}, {"-go", filepath.Join(runtime.GOROOT(), "bin", "go"), "-shard", "3/2"}} {
		var out, errs bytes.Buffer
		if code := runCorrupt(args, &out, &errs); code != 2 || errs.Len() == 0 || out.Len() > 0 {
			t.Errorf("%v: exit %d, %q", args, code, errs.String())
		}
	}
}

// TestBrokenCodeEnumerates: the operators survive functions that do not type-check or parse.
func TestBrokenCodeEnumerates(t *testing.T) {
	_, list := corrupted(t, []string{"-seed", "5", "-per-func", "3", "-build", "1", "-clean", "0"}, "container")
	for _, r := range list {
		p := checkSource("p", map[string]string{"a.go": "package p\n\n" + strings.Join(r.Window, "\n") + "\n"})
		if _, err := enumerate(p, EnumerateParams{Path: "a.go"}); err != nil {
			t.Fatal(err)
		}
	}
}

// TestBreakMethod: the server breaks the functions of a file of its base state.
func TestBreakMethod(t *testing.T) {
	s := sourceServer("p", map[string]string{"a.go": "package p\n\nfunc f(a, b int) int {\n\tif a < b {\n\t\treturn a\n\t}\n\treturn b\n}\n"})
	result, err := methods["break"](s, json.RawMessage(`{"path":"a.go","seed":1,"count":20}`))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(result.(BreakResult).Records); n < 5 {
		t.Errorf("%d records", n)
	}
	if op, err := methods["classify"](s, json.RawMessage(`{"before":"x := 1","after":"x := 2"}`)); err != nil || op.(ClassifyResult).Op != "LIT" {
		t.Errorf("%v, %v", op, err)
	}
}
