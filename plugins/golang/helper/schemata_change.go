package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"sort"
	"strings"
)

// change is one function as a candidate has it.
type change struct {
	decl *ast.FuncDecl
	text string // from "func" to the closing brace, with the candidate's edits
}

// changes returns the functions that edits change and the imports they add; reason says why the candidate
// changes something that variants cannot express.
func (s *schemata) changes(f *File, edits []Edit) (found []change, imports []importLine, reason string) {
	edits = append([]Edit(nil), edits...)
	sort.SliceStable(edits, func(i, j int) bool { return edits[i].Start < edits[j].Start })
	byDecl := map[*ast.FuncDecl][]Edit{}
	inside := true
	for _, e := range edits {
		if e.Start < 0 || e.End < e.Start || e.End > len(f.Src) {
			return nil, nil, "an edit leaves the file"
		}
		d := bodyAround(s.p, f, e)
		if d == nil {
			inside = false
			break
		}
		byDecl[d] = append(byDecl[d], e)
	}
	if !inside {
		return s.compare(f, edits)
	}
	for d, es := range byDecl {
		found = append(found, change{decl: d, text: editRange(f.Src, s.p.Offset(d.Pos()), s.p.Offset(d.End()), es)})
	}
	sort.Slice(found, func(i, j int) bool { return found[i].decl.Pos() < found[j].decl.Pos() })
	if len(found) == 0 {
		return nil, nil, "no edit"
	}
	return found, nil, ""
}

// bodyAround returns the function of f whose body holds the whole edit, nil for none.
func bodyAround(p *Package, f *File, e Edit) *ast.FuncDecl {
	for _, d := range f.AST.Decls {
		fd, ok := d.(*ast.FuncDecl)
		if ok && fd.Body != nil && p.Offset(fd.Body.Lbrace) < e.Start && e.End <= p.Offset(fd.Body.Rbrace) {
			return fd
		}
	}
	return nil
}

// editRange returns src[start:end] with edits applied, all of which lie in it.
func editRange(src []byte, start, end int, edits []Edit) string {
	var b strings.Builder
	at := start
	for _, e := range edits {
		if e.Start < at {
			continue
		}
		b.Write(src[at:e.Start])
		b.WriteString(e.New)
		at = e.End
	}
	b.Write(src[at:end])
	return b.String()
}

// compare finds the changed functions of a candidate that edits more than bodies: new imports are welcome, any other
// change outside of bodies is not.
func (s *schemata) compare(f *File, edits []Edit) (found []change, imports []importLine, reason string) {
	text := editRange(f.Src, 0, len(f.Src), edits)
	fset := token.NewFileSet()
	tree, err := parser.ParseFile(fset, f.Path, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, nil, "does not parse"
	}
	if tree.Name.Name != f.AST.Name.Name {
		return nil, nil, "changes the package clause"
	}
	old, new := codeDecls(f.AST), codeDecls(tree)
	if len(old) != len(new) {
		return nil, nil, "adds or removes a declaration"
	}
	at := func(pos token.Pos) int { return fset.Position(pos).Offset }
	for i, d := range old {
		was := s.p.Text(f, d)
		is := text[at(new[i].Pos()):at(new[i].End())]
		if was == is {
			continue
		}
		fd, ok := d.(*ast.FuncDecl)
		nd, also := new[i].(*ast.FuncDecl)
		if !ok || !also || fd.Body == nil || nd.Body == nil {
			return nil, nil, "changes a declaration that is not a function body"
		}
		if header(was, s.p.Offset(fd.Body.Lbrace)-s.p.Offset(fd.Pos())) != header(is, at(nd.Body.Lbrace)-at(nd.Pos())) {
			return nil, nil, "changes a signature"
		}
		found = append(found, change{decl: fd, text: is})
	}
	if len(found) == 0 {
		return nil, nil, "changes no function body"
	}
	imports, reason = addedImports(f.AST, tree)
	return found, imports, reason
}

// header returns a function's text up to its opening brace.
func header(text string, brace int) string { return strings.TrimSpace(text[:brace]) }

// codeDecls returns a file's declarations other than imports.
func codeDecls(f *ast.File) []ast.Decl {
	var kept []ast.Decl
	for _, d := range f.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			continue
		}
		kept = append(kept, d)
	}
	return kept
}

// importLine is one import as written.
type importLine struct {
	name string // explicit name, "" for none
	path string // quoted
}

// addedImports returns the imports of new that old lacks; reason says why they cannot be shared.
func addedImports(old, new *ast.File) (added []importLine, reason string) {
	have := map[importLine]bool{}
	for _, spec := range old.Imports {
		have[lineOf(spec)] = true
	}
	for _, spec := range new.Imports {
		line := lineOf(spec)
		if have[line] {
			continue
		}
		if line.name == "_" || line.name == "." || line.path == `"C"` {
			return nil, "adds an import for its side effects"
		}
		added = append(added, line)
	}
	return added, ""
}

// lineOf returns an import as written.
func lineOf(spec *ast.ImportSpec) importLine {
	line := importLine{path: spec.Path.Value}
	if spec.Name != nil {
		line.name = spec.Name.Name
	}
	return line
}

// importUnion is the set of imports that the candidates of one file add.
type importUnion struct {
	byName map[string]importLine
	added  []importLine
}

// newImportUnion starts with the imports the file has.
func newImportUnion(f *File) *importUnion {
	u := &importUnion{byName: map[string]importLine{}}
	for _, spec := range f.AST.Imports {
		line := lineOf(spec)
		u.byName[line.local()] = line
	}
	return u
}

// local returns the name an import is used by, guessed from its path when it has none.
func (l importLine) local() string {
	if l.name != "" {
		return l.name
	}
	path := strings.Trim(l.path, "`\"")
	base := path[strings.LastIndexByte(path, '/')+1:]
	if len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == "" && strings.Contains(path, "/") {
		path = strings.TrimSuffix(path, "/"+base)
		base = path[strings.LastIndexByte(path, '/')+1:]
	}
	return base
}

// add takes imports in; it returns why they clash with others, "" when they do not.
func (u *importUnion) add(lines []importLine) string {
	for _, line := range lines {
		if had, ok := u.byName[line.local()]; ok && had != line {
			return fmt.Sprintf("imports %s, which another candidate imports otherwise", line.local())
		}
	}
	for _, line := range lines {
		if _, ok := u.byName[line.local()]; !ok {
			u.byName[line.local()] = line
			u.added = append(u.added, line)
		}
	}
	return ""
}

// patch returns the insertion of the added imports behind the package clause, on its line.
func (u *importUnion) patch(p *Package, f *File) patch {
	var b strings.Builder
	for _, line := range u.added {
		fmt.Fprintf(&b, "; import %s %s", line.name, line.path)
	}
	at := p.Offset(f.AST.Name.End())
	return patch{at, at, b.String()}
}
