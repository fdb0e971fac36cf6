package main

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"path"
	"strings"
)

// Limits of what is kept between requests: syntax trees take some ten times their source.
const (
	maxKeptBytes = 24 << 20
	maxBlobBytes = 600_000
)

// BlobFile names the contents of one file.
type BlobFile struct {
	Path string `json:"path"` // below the repository
	Blob string `json:"blob"`
}

// blobLoader loads packages from contents that the host sends once each, in the tolerant mode of sourceLoader:
// imports beyond the standard library become packages whose members are not questioned.
type blobLoader struct {
	source *sourceLoader
	texts  map[string]string
	size   int
	parsed map[BlobFile]*File // nil for one that does not parse or that the build leaves out
}

func newBlobLoader(root string) *blobLoader {
	l := &blobLoader{source: newSourceLoader(root)}
	l.forget()
	return l
}

// forget drops every contents and syntax tree.
func (l *blobLoader) forget() {
	for _, f := range l.parsed {
		if f != nil {
			l.source.fset.RemoveFile(f.Tok)
		}
	}
	l.texts, l.parsed, l.size = map[string]string{}, map[BlobFile]*File{}, 0
}

// take keeps the contents that came with a request.
func (l *blobLoader) take(blobs map[string]string) {
	if l.size > maxKeptBytes {
		l.forget()
	}
	for name, text := range blobs {
		if _, known := l.texts[name]; !known {
			l.texts[name] = text
			l.size += len(text)
		}
	}
}

// missing returns the contents that the host has to send.
func (l *blobLoader) missing(lists ...[]BlobFile) []string {
	var out []string
	seen := map[string]bool{}
	for _, list := range lists {
		for _, f := range list {
			if _, known := l.texts[f.Blob]; !known && !seen[f.Blob] {
				seen[f.Blob] = true
				out = append(out, f.Blob)
			}
		}
	}
	return out
}

// parse returns a file's syntax, nil when it does not parse or the build leaves it out.
func (l *blobLoader) parse(f BlobFile) *File {
	if known, ok := l.parsed[f]; ok {
		return known
	}
	text := l.texts[f.Blob]
	l.parsed[f] = nil
	if len(text) > maxBlobBytes || !l.selected(f.Path, text) {
		return nil
	}
	name := "/" + f.Path
	tree, err := parser.ParseFile(l.source.fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	l.parsed[f] = &File{Path: name, Src: []byte(text), AST: tree, Tok: l.source.fset.File(tree.FileStart), Editable: true}
	return l.parsed[f]
}

// selected tells whether the build context takes a file by its name and constraints.
func (l *blobLoader) selected(name, text string) bool {
	context := l.source.ctxt
	context.OpenFile = func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
	ok, err := context.MatchFile("/"+path.Dir(name), path.Base(name))
	return err == nil && ok
}

// errNoPackage answers a request whose files make no package.
var errNoPackage = errors.New("no files of one package")

// load checks the package that the files make.
func (l *blobLoader) load(list []BlobFile) (*Package, error) {
	var files []*File
	for _, f := range list {
		if parsed := l.parse(f); parsed != nil {
			files = append(files, parsed)
		}
	}
	if len(files) == 0 {
		return nil, errNoPackage
	}
	files = onePackage(files)
	dir := path.Dir(files[0].Path)
	p := &Package{Dir: dir, ImportPath: strings.TrimPrefix(dir, "/"), Fset: l.source.fset, Files: files, Info: newInfo()}
	asts := make([]*ast.File, len(files))
	for i, f := range files {
		asts[i] = f.AST
	}
	conf := types.Config{Importer: l.source, FakeImportC: true, Error: func(error) {}}
	p.Types, _ = conf.Check(p.ImportPath, l.source.fset, asts, p.Info)
	return p, nil
}

// functionsOf returns the functions of a text by their names in the plan language, those declared once only.
func functionsOf(name, text string) map[string]string {
	fset := token.NewFileSet()
	tree, err := parser.ParseFile(fset, name, text, parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	found := map[string]string{}
	for _, d := range tree.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Body == nil {
			continue
		}
		symbol, _ := symbolOf(fn)
		if _, twice := found[symbol]; twice {
			found[symbol] = ""
			continue
		}
		found[symbol] = text[fset.Position(fn.Pos()).Offset:fset.Position(fn.End()).Offset]
	}
	return found
}
