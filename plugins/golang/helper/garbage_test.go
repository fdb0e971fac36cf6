package main

import (
	"encoding/json"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// garbage returns a file that is truncated, shuffled by tokens, full of brackets or no text at all.
func garbage(r *rand.Rand, text string) string {
	switch r.Intn(6) {
	case 0:
		return text[:r.Intn(len(text))]
	case 1:
		return text[r.Intn(len(text)):]
	case 2:
		b := []byte(text)
		for i := 0; i < 1+r.Intn(30); i++ {
			b[r.Intn(len(b))] = byte(r.Intn(256))
		}
		return string(b)
	case 3:
		at, brackets := r.Intn(len(text)), "(){}[]\"`'/*,;:=\n"
		return text[:at] + strings.Repeat(string(brackets[r.Intn(len(brackets))]), 1+r.Intn(40)) + text[at:]
	case 4:
		tokens := scanTokens(text)
		var b strings.Builder
		b.WriteString("package p\n")
		for i := 0; i < 200; i++ {
			b.WriteString(tokens[r.Intn(len(tokens))].lit + []string{" ", "\n", ""}[r.Intn(3)])
		}
		return b.String()
	default:
		lines := strings.SplitAfter(text, "\n")
		for i := 0; i < 1+r.Intn(5); i++ {
			a, b := r.Intn(len(lines)), r.Intn(len(lines))
			lines[a], lines[b] = lines[b], lines[a]
		}
		return strings.Join(lines, "")
	}
}

// TestGarbageIsAnswered asks everything about files that are broken in every way: nothing panics, every finding is
// inside its file.
func TestGarbageIsAnswered(t *testing.T) {
	r := rand.New(rand.NewSource(11))
	dir := filepath.Join(sharedImports().context.GOROOT, "src")
	var texts []string
	for _, name := range []string{"container/list/list.go", "sort/search.go", "path/match.go", "slices/sort.go"} {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Skip(err)
		}
		texts = append(texts, string(content))
	}
	for i := 0; i < 250; i++ {
		text := garbage(r, texts[r.Intn(len(texts))])
		s := sourceServer("example.com/p", map[string]string{"/src/a.go": text, "/src/b.go": "package p\n\nfunc helper(x int) int { return x }\n"})
		place := r.Intn(len(text) + 1)
		ask := func(method string, params any) {
			raw, err := json.Marshal(params)
			if err != nil {
				t.Fatal(err)
			}
			body, err := json.Marshal(Request{ID: 1, Method: method, Params: raw})
			if err != nil {
				t.Fatal(err)
			}
			if resp := s.respond(body); strings.Contains(resp.Error, "panicked") {
				t.Fatalf("%s: %s\n%q", method, resp.Error, text)
			}
		}
		ask("examine", struct{}{})
		ask("outline", OutlineParams{"/src/a.go"})
		ask("context", ContextParams{"/src/a.go", 1, 60})
		ask("scope", ScopeParams{"/src/a.go", place})
		ask("format", FormatParams{text})
		edit := Edit{place, min(place+r.Intn(5), len(text)), "x"}
		found := append(s.Check([]FileEdits{{"/src/a.go", []Edit{edit}}}), s.Check([]FileEdits{{"/src/b.go", []Edit{{35, 36, "y"}}}})...)
		for _, d := range append(found, s.Base().Diags...) {
			if d.Code == "Panic" {
				t.Errorf("%s\n%q", d.Message, text)
			}
			if d.Path == "/src/a.go" && (d.Line < 1 || d.Column < 1 || d.Offset < 0 || d.Offset > len(text)+1 || d.End < d.Offset) {
				t.Errorf("%+v is outside\n%q", d, text)
			}
		}
	}
}
