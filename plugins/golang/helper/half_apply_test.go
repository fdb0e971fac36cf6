package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

const halfBefore = `package stack

type Stack struct {
	items []int
	pops  int
}

func (s *Stack) Pop() int {
	last := s.items[len(s.items)-1]
	s.items = s.items[:len(s.items)-1]
	s.pops++
	return last
}
`

const halfAfter = `package stack

import "errors"

type Stack struct {
	items []int
	pops  int
}

func (s *Stack) Pop() (int, error) {
	if len(s.items) == 0 {
		return 0, errors.New("empty")
	}
	last := s.items[len(s.items)-1]
	s.items = s.items[:max(0, len(s.items)-1)]
	s.pops++
	return last, nil
}
`

func testLoader(t *testing.T) *blobLoader {
	t.Helper()
	root := runtime.GOROOT()
	if _, err := os.Stat(filepath.Join(root, "src", "fmt")); err != nil {
		t.Skip("no Go tree")
	}
	return newBlobLoader(root)
}

func TestHalfAppliedChangeGivesBuildErrorsAndRealEdits(t *testing.T) {
	l := testLoader(t)
	params := HalfApplyParams{
		Files: []BlobFile{{"stack/stack.go", "new"}}, Changed: []BlobFile{{"stack/stack.go", "old"}}, Draws: 2,
	}
	first, err := l.halfApply(params)
	if err != nil || strings.Join(first.Missing, " ") != "new old" {
		t.Fatalf("missing %v, %v", first.Missing, err)
	}
	params.Blobs = map[string]string{"old": halfBefore, "new": halfAfter}
	result, err := l.halfApply(params)
	if err != nil || len(result.Missing) > 0 || result.Functions != 1 {
		t.Fatalf("%+v, %v", result, err)
	}
	groups := map[string]int{}
	for _, r := range result.Records {
		groups[r.Group]++
		if r.Group == "build" && (len(r.Diags) == 0 || r.Rule != "half-applied") {
			t.Errorf("build sample without findings: %+v", r)
		}
		if r.Path != "stack/stack.go" || r.Symbol != "Stack.Pop" {
			t.Errorf("wrong place %s %s", r.Path, r.Symbol)
		}
	}
	if groups["build"] < 2 || groups["commit"] < 1 {
		t.Errorf("groups %v", groups)
	}
}

func TestComposeRestoresBothTexts(t *testing.T) {
	a, b := strings.Split(halfBefore, "\n"), strings.Split(halfAfter, "\n")
	hunks := lineHunks(a, b)
	all := map[int]bool{}
	for i := range hunks {
		all[i] = true
	}
	if got := compose(a, b, hunks, all); got != halfBefore {
		t.Errorf("all taken back:\n%s", got)
	}
	if got := compose(a, b, hunks, nil); got != halfAfter {
		t.Errorf("none taken back:\n%s", got)
	}
}

func TestClassifySaysKindSymbolAndOperation(t *testing.T) {
	l := testLoader(t)
	params, _ := json.Marshal(PairsParams{Pairs: []TextPair{
		{"func f(a int) bool {\n\treturn a < 1\n}", "func f(a int) bool {\n\treturn a <= 1\n}"},
		{"", "type T interface{ M() }"},
		{"import \"fmt\"", "import \"os\""},
		{"func {", "func ("},
	}})
	body, _ := json.Marshal(Request{ID: 7, Method: "classify", Params: params})
	resp := l.respond(body)
	got, ok := resp.Result.(PairsResult)
	if !ok || resp.ID != 7 {
		t.Fatalf("%+v", resp)
	}
	want := []Class{
		{"CMP", "func", "f", true, true}, {"DECL", "interface", "T", true, true}, {"IMPORT", "import", "", true, true},
		{"REWRITE", "", "", false, false},
	}
	for i, c := range got.Classes {
		if c != want[i] {
			t.Errorf("pair %d: %+v, want %+v", i, c, want[i])
		}
	}
}
