package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/token"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// ask sends one request to a server through the framing and returns the decoded response.
func ask(t *testing.T, s *Server, method string, params any) (result map[string]any, failure string) {
	t.Helper()
	raw, err := json.Marshal(params)
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(Request{ID: 7, Method: method, Params: raw})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := serve(strings.NewReader(fmt.Sprintf("%d\n%s", len(body), body)), &out, s); err != nil {
		t.Fatal(err)
	}
	_, answer, _ := strings.Cut(out.String(), "\n")
	var resp struct {
		ID     int            `json:"id"`
		Result map[string]any `json:"result"`
		Error  string         `json:"error"`
	}
	if err := json.Unmarshal([]byte(answer), &resp); err != nil {
		t.Fatalf("%v: %s", err, out.String())
	}
	if resp.ID != 7 {
		t.Errorf("answer to request %d", resp.ID)
	}
	return resp.Result, resp.Error
}

func loaded(t *testing.T, files map[string]string) *Server {
	t.Helper()
	dir := t.TempDir()
	params := LoadParams{Dir: dir, ImportPath: "example.com/p"}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		test := strings.HasSuffix(name, "_test.go")
		params.Files = append(params.Files, FileSpec{Path: name, Test: test, XTest: strings.HasPrefix(name, "x_"), Editable: !test})
	}
	s := NewServer()
	if _, failure := ask(t, s, "load", params); failure != "" {
		t.Fatal(failure)
	}
	return s
}

// TestProtocol walks through load, base, examine and check as the host does.
func TestProtocol(t *testing.T) {
	s := loaded(t, map[string]string{"a.go": "package p\n\nfunc F() int { return x }\n"})
	path := s.spec.Files[0].Path
	result, _ := ask(t, s, "examine", struct{}{})
	if diags := result["diags"].([]any); len(diags) != 1 {
		t.Fatalf("examine: %v", diags)
	}
	ask(t, s, "base", BaseParams{Files: map[string]string{path: "package p\n\nfunc F() int { return y }\n"}})
	candidates := []any{
		FileEdits{path, []Edit{{33, 34, "1"}}},
		[]FileEdits{{path, []Edit{{33, 34, "2"}}}},
		map[string]any{"files": []FileEdits{{path, []Edit{{33, 34, "z"}}}}},
		FileEdits{"/nowhere.go", nil},
	}
	result, failure := ask(t, s, "check", map[string]any{"candidates": candidates})
	if failure != "" {
		t.Fatal(failure)
	}
	var counts []int
	for _, r := range result["results"].([]any) {
		counts = append(counts, len(r.([]any)))
	}
	if fmt.Sprint(counts) != "[0 0 1 1]" {
		t.Errorf("findings per candidate %v", counts)
	}
	if _, failure := ask(t, s, "nonsense", nil); !strings.Contains(failure, "unknown method") {
		t.Error(failure)
	}
	if _, failure := ask(t, NewServer(), "examine", nil); failure != errNotLoaded.Error() {
		t.Error(failure)
	}
	methods["panics"] = func(*Server, json.RawMessage) (any, error) { panic("on purpose") }
	defer delete(methods, "panics")
	if _, failure := ask(t, s, "panics", nil); !strings.Contains(failure, "on purpose") {
		t.Error(failure)
	}
}

// TestFrames checks that broken framing ends the server with an error, never with a hang or a panic.
func TestFrames(t *testing.T) {
	for _, text := range []string{"x\n", "-1\n", "99999999999999\n", "5\nab", "12"} {
		if err := serve(strings.NewReader(text), &bytes.Buffer{}, NewServer()); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
	if err := serve(strings.NewReader(""), &bytes.Buffer{}, NewServer()); err != nil {
		t.Error(err)
	}
}

// TestPackageShapes checks packages that are not plain.
func TestPackageShapes(t *testing.T) {
	cases := []struct {
		name  string
		files map[string]string
		want  string // codes of the findings
		note  string
	}{
		{"cgo", map[string]string{"a.go": "package p\n\n// int f(void);\nimport \"C\"\n\nfunc F() int { return int(C.f()) }\n"}, "", ""},
		{"wrong package name", map[string]string{"a.go": "package p\n", "b.go": "package q\n", "c.go": "package p\n"}, "MismatchedPkgName", ""},
		{"import of itself", map[string]string{"a.go": "package p\n\nimport _ \"example.com/p\"\n"}, "ImportCycle", ""},
		{"unknown import", map[string]string{"a.go": "package p\n\nimport \"example.net/q\"\n\nvar X = q.Y.Z(1)\n"}, "BrokenImport", ""},
		{"internal import", map[string]string{"a.go": "package p\n\nimport _ \"internal/abi\"\n"}, "BrokenImport", ""},
		{"test that does not parse", map[string]string{"a.go": "package p\n", "a_test.go": "package p\n\nfunc (\n"}, "", "does not parse"},
		{"unused import in a test", map[string]string{"a.go": "package p\n", "a_test.go": "package p\n\nimport \"os\"\n"}, "UnusedImport", ""},
		{"external test", map[string]string{"a.go": "package p\n\nfunc f() {}\n", "a_test.go": "package p\n\nvar G = f\n", "x_test.go": "package p_test\n\nimport \"example.com/p\"\n\nvar _ = p.G\nvar _ = p.H\n"}, "UndeclaredImportedName", ""},
		{"name only tests declare", map[string]string{"a.go": "package p\n\nvar X = y\n", "a_test.go": "package p\n\nvar y = 1\n"}, "UndeclaredName", ""},
		{"line directives", map[string]string{"a.go": "package p\n\n//line b.y:100\nvar X = y\n"}, "UndeclaredName", ""},
		{"embedded and generic", map[string]string{"a.go": "package p\n\nimport \"cmp\"\n\nfunc Max[T cmp.Ordered](a, b T) T {\n\tif a > b {\n\t\treturn a\n\t}\n\treturn b\n}\n\nvar _ = Max(1, \"a\")\n"}, "CannotInferTypeArgs", ""},
		{"vendored part of the standard library", map[string]string{"a.go": "package p\n\nimport \"net/http\"\n\nvar C http.Client\nvar _ = C.Dp\n"}, "MissingFieldOrMethod", ""},
		{"empty file", map[string]string{"a.go": ""}, "Package Semicolon Declaration", ""},
	}
	for _, c := range cases {
		s := loaded(t, c.files)
		var got []string
		for _, d := range s.Base().Diags {
			got = append(got, d.Code)
			if d.Path == "" || !filepath.IsAbs(d.Path) || d.Line < 1 {
				t.Errorf("%s: placed at %s:%d", c.name, d.Path, d.Line)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: got %v, want %s\n%s", c.name, got, c.want, describe(s.Base().Diags))
		}
		if notes := strings.Join(s.notes, "\n"); !strings.Contains(notes, c.note) || c.note == "" && notes != "" {
			t.Errorf("%s: notes %q, want %q", c.name, notes, c.note)
		}
	}
}

// TestUnreadableExportDataIsANote checks that a package whose dependency cannot be read is still checked.
func TestUnreadableExportDataIsANote(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad.a")
	if err := os.WriteFile(bad, []byte("not export data"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := NewServer()
	params := LoadParams{
		Dir: dir, ImportPath: "example.com/p", Files: []FileSpec{{Path: "a.go", Editable: true}},
		Contents: map[string]string{filepath.Join(dir, "a.go"): "package p\n\nimport \"example.net/q\"\n\nvar X = q.Y + y\n"},
		Exports:  map[string]string{"example.net/q": bad},
	}
	if _, failure := ask(t, s, "load", params); failure != "" {
		t.Fatal(failure)
	}
	if d := s.Base().Diags; len(d) != 1 || d[0].Code != "UndeclaredName" || len(s.notes) != 1 {
		t.Errorf("notes %v\n%s", s.notes, describe(d))
	}
}

// TestNothingLeaks checks that neither memory nor the file set grows with the candidates judged.
func TestNothingLeaks(t *testing.T) {
	s := stdServer(t, "container/list", true)
	path := s.spec.Files[0].Path
	for _, f := range s.spec.Files {
		if f.Editable {
			path = f.Path
		}
	}
	text := s.overlay[path]
	body := strings.Index(text, "return l.len }")
	head := strings.Index(text, "type List struct {") + len("type List struct {")
	judge := func(n int) {
		for i := 0; i < n; i++ {
			s.Check([]FileEdits{{path, []Edit{{body, body, fmt.Sprintf("x := %d; _ = x; ", i)}}}})
			s.Check([]FileEdits{{path, []Edit{{body, body, fmt.Sprintf("x := %d; ", i)}}}})
			if i%50 == 0 {
				s.Check([]FileEdits{{path, []Edit{{head, head, fmt.Sprintf(" x%d int; ", i)}}}})
				s.Check([]FileEdits{{path, []Edit{{head, head, " ( "}}}})
			}
		}
	}
	size := func() (heap uint64, files int) {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		s.base.Fset.Iterate(func(*token.File) bool { files++; return true })
		return m.HeapAlloc, files
	}
	judge(2 * maxReuse)
	heap, files := size()
	judge(5 * maxReuse)
	after, filesAfter := size()
	if filesAfter != files {
		t.Errorf("the file set grew from %d to %d files", files, filesAfter)
	}
	if after > heap+16<<20 {
		t.Errorf("the heap grew from %d to %d bytes", heap, after)
	}
}
