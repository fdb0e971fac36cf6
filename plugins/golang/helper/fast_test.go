package main

import (
	"fmt"
	"go/scanner"
	"go/token"
	"math/rand"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strings"
	"testing"
)

// stdServer loads a package of the standard library from source, without or with its tests.
func stdServer(t testing.TB, path string, tests bool) *Server {
	t.Helper()
	set := sharedImports()
	dir := filepath.Join(set.context.GOROOT, "src", path)
	found, err := set.context.ImportDir(dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	imports := *set
	imports.spec.ImportPath = path
	s := &Server{spec: LoadParams{Dir: dir, ImportPath: path}, imports: &imports, overlay: map[string]string{}, disk: map[string]*diskFile{}}
	add := func(names []string, test, xtest bool) {
		for _, name := range names {
			content, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(dir, name)
			s.spec.Files = append(s.spec.Files, FileSpec{Path: file, Test: test, XTest: xtest, Editable: !test})
			s.overlay[file] = string(content)
		}
	}
	add(found.GoFiles, false, false)
	if tests {
		add(found.TestGoFiles, true, false)
		add(found.XTestGoFiles, true, true)
	}
	sort.Slice(s.spec.Files, func(i, j int) bool { return s.spec.Files[i].Path < s.spec.Files[j].Path })
	return s
}

// tokenSpan is one token of a file.
type tokenSpan struct {
	start, end int
	tok        token.Token
	lit        string
}

func scanTokens(src string) []tokenSpan {
	fset := token.NewFileSet()
	file := fset.AddFile("", -1, len(src))
	var sc scanner.Scanner
	sc.Init(file, []byte(src), nil, 0)
	var list []tokenSpan
	for {
		pos, tok, lit := sc.Scan()
		if tok == token.EOF {
			return list
		}
		if lit == "" {
			lit = tok.String()
		}
		if tok == token.SEMICOLON && lit == "\n" {
			continue
		}
		start := file.Offset(pos)
		list = append(list, tokenSpan{start, start + len(lit), tok, lit})
	}
}

// mutate returns a random edit of the tokens of a file: most leave the declarations alone, many break something.
func mutate(r *rand.Rand, src string, tokens []tokenSpan) []Edit {
	at := tokens[r.Intn(len(tokens))]
	other := tokens[r.Intn(len(tokens))]
	switch []int{0, 1, 2, 3, 4, 4, 4, 4, 4, 4, 5, 5, 5, 6, 7, 7, 8, 8, 8, 8}[r.Intn(20)] {
	case 0:
		return []Edit{{at.start, at.end, ""}}
	case 1:
		return []Edit{{at.start, at.start, at.lit + " "}}
	case 2:
		return []Edit{{at.start, at.end, other.lit}}
	case 3: // delete a line
		start := strings.LastIndexByte(src[:at.start], '\n') + 1
		end := strings.IndexByte(src[at.start:], '\n')
		return []Edit{{start, at.start + end, ""}}
	case 4:
		for tries := 0; tries < 50 && (at.tok != token.IDENT || other.tok != token.IDENT); tries++ {
			at, other = tokens[r.Intn(len(tokens))], tokens[r.Intn(len(tokens))]
		}
		return []Edit{{at.start, at.end, other.lit}}
	case 5: // a statement at the start of a line
		start := strings.LastIndexByte(src[:at.start], '\n') + 1
		texts := []string{"x := 1\n", "return nil\n", "_ = fmt.Sprint(1)\n", "var unusedThing int\n", "goto done\n", "for {\n}\n", "type local struct{ a undefinedType }\n", "}\n", "{\n", "/*", "_ = func() int { }\n"}
		return []Edit{{start, start, texts[r.Intn(len(texts))]}}
	case 6:
		if at.start < other.start {
			return []Edit{{at.start, at.end, other.lit}, {other.start, other.end, at.lit}}
		}
		return []Edit{{at.start, at.end, at.lit + at.lit}}
	case 7:
		ops := []string{"+", "-", "==", "<", "&&", ":=", "=", "!", "&", "*", ".", ","}
		for tries := 0; tries < 50 && !at.tok.IsOperator(); tries++ {
			at = tokens[r.Intn(len(tokens))]
		}
		return []Edit{{at.start, at.end, ops[r.Intn(len(ops))]}}
	default:
		for tries := 0; tries < 50 && !at.tok.IsLiteral(); tries++ {
			at = tokens[r.Intn(len(tokens))]
		}
		texts := []string{"1", "nil", `"s"`, "true", "1.5", "undefinedName", "len", "string", "'x'", "x.y"}
		return []Edit{{at.start, at.end, texts[r.Intn(len(texts))]}}
	}
}

func describe(diags []Diag) string {
	var b strings.Builder
	for _, d := range diags {
		fmt.Fprintf(&b, "%s:%d:%d+%d-%d %s %s root=%v names=%q %s\n", filepath.Base(d.Path), d.Line, d.Column, d.Offset, d.End, d.Stage, d.Code, d.Root, d.Names, d.Message)
	}
	return b.String()
}

// TestFastEqualsFull compares the body-only path with a check of the whole state, on sound and on broken packages.
func TestFastEqualsFull(t *testing.T) {
	packages := []struct {
		path  string
		tests bool
		count int
	}{
		{"container/list", true, 250}, {"path", true, 250}, {"sort", false, 250}, {"slices", false, 250}, {"errors", false, 200},
		{"text/tabwriter", false, 250}, {"encoding/csv", false, 250}, {"net/url", false, 250}, {"go/scanner", false, 200},
		{"strings", false, 200}, {"flag", false, 200}, {"container/ring", true, 200}, {"iter", false, 100}, {"expvar", false, 100},
		{"mime", false, 150}, {"text/scanner", false, 200}, {"html", false, 100}, {"hash/crc32", false, 150},
	}
	fast, broken, total := 0, 0, 0
	for seed, p := range packages {
		r := rand.New(rand.NewSource(int64(seed)))
		s := stdServer(t, p.path, p.tests)
		var editable []string
		for _, f := range s.spec.Files {
			if f.Editable && len(s.overlay[f.Path]) < 60_000 {
				editable = append(editable, f.Path)
			}
		}
		for round := 0; round < 5; round++ {
			path := editable[r.Intn(len(editable))]
			if round > 1 { // a base that is broken already
				for tries := 0; tries < 20; tries++ {
					text, err := splice([]byte(s.overlay[path]), mutate(r, s.overlay[path], scanTokens(s.overlay[path])))
					if err == nil {
						before := s.overlay[path]
						s.overlay[path] = string(text)
						s.invalidate()
						if d := s.Base().Diags; len(d) > 0 && d[0].Stage == "types" {
							break
						}
						s.overlay[path] = before
						s.invalidate()
					}
				}
			}
			for _, path := range editable[:min(3, len(editable))] {
				tokens := scanTokens(s.overlay[path])
				for i := 0; i < p.count/7+1; i++ {
					edits := []FileEdits{{path, mutate(r, s.overlay[path], tokens)}}
					s.Base()
					e := s.bodyEdit(edits)
					if e == nil {
						continue
					}
					got, ok := s.checkBody(e)
					total++
					if !ok {
						continue
					}
					fast++
					changed, err := s.apply(edits)
					if err != nil {
						t.Fatal(err)
					}
					want := s.checkFull(changed)
					if len(want) > 0 {
						broken++
					}
					if len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
						t.Errorf("%s: %+v\nfast:\n%sfull:\n%sbase:\n%s", path, edits, describe(got), describe(want), describe(s.Base().Diags))
					}
				}
			}
		}
	}
	t.Logf("%d body edits, %d judged by the fast path, %d of them with findings", total, fast, broken)
	if fast < 2000 {
		t.Errorf("only %d candidates took the fast path", fast)
	}
}
