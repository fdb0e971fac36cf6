package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// importEdit returns the edit that adds an import to file f, false when f has it already.
func (c *fixContext) importEdit(f *File, path string) (Edit, bool) {
	for _, spec := range f.AST.Imports {
		if strings.Trim(spec.Path.Value, "\"`") == path && (spec.Name == nil || spec.Name.Name != "_") {
			return Edit{}, false
		}
	}
	quoted := strconv.Quote(path)
	for _, d := range f.AST.Decls {
		gd, ok := d.(*ast.GenDecl)
		if !ok || gd.Tok != token.IMPORT {
			continue
		}
		if gd.Lparen.IsValid() {
			return c.importIntoBlock(f, gd, quoted), true
		}
		if spec, is := gd.Specs[0].(*ast.ImportSpec); is && strings.Trim(spec.Path.Value, "\"`") != "C" {
			old := string(f.Src[c.off(spec.Pos()):c.off(spec.End())])
			return Edit{Start: c.off(spec.Pos()), End: c.off(spec.End()), New: "(\n\t" + sortedPair(old, quoted) + "\n)"}, true
		}
	}
	at := c.off(f.AST.Name.End())
	return Edit{Start: at, End: at, New: "\n\nimport " + quoted}, true
}

func sortedPair(a, b string) string {
	if b < a {
		a, b = b, a
	}
	return a + "\n\t" + b
}

// importIntoBlock inserts an import in order into the first group of a parenthesised declaration.
func (c *fixContext) importIntoBlock(f *File, gd *ast.GenDecl, quoted string) Edit {
	last := gd.Lparen + 1
	line := c.pkg.Line(gd.Lparen)
	for _, s := range gd.Specs {
		spec := s.(*ast.ImportSpec)
		if c.pkg.Line(spec.Pos()) > line+1 && last > gd.Lparen+1 || spec.Path.Value > quoted {
			break
		}
		last, line = spec.End(), c.pkg.Line(spec.End())
	}
	at := c.off(last)
	if end := endOfLine(f.Src, at); last > gd.Lparen+1 && strings.Contains(string(f.Src[at:end]), "//") {
		at = end - 1
	}
	text := "\n\t" + quoted
	if last == gd.Lparen+1 && f.Src[at] != '\n' {
		text += "\n\t"
	}
	return Edit{Start: at, End: at, New: text}
}

// addWithImports proposes an edit of the diagnostic's file together with the imports it needs.
func (c *fixContext) addWithImports(weight float64, op, rule string, imports []string, edits ...Edit) {
	seen := map[string]bool{}
	for _, path := range imports {
		if seen[path] {
			continue
		}
		seen[path] = true
		if e, ok := c.importEdit(c.file, path); ok {
			edits = append(edits, e)
			weight *= 0.85
		}
	}
	c.add(weight, op, rule, edits...)
}

// importRemoval returns the edit that drops an import spec, and the whole declaration when it is the only one.
func (c *fixContext) importRemoval(spec *ast.ImportSpec) Edit {
	for _, d := range c.file.AST.Decls {
		gd, ok := d.(*ast.GenDecl)
		if !ok || gd.Tok != token.IMPORT {
			continue
		}
		for _, s := range gd.Specs {
			if s == ast.Spec(spec) && len(gd.Specs) == 1 {
				return c.remove(gd)
			}
			if s == ast.Spec(spec) {
				return c.remove(spec)
			}
		}
	}
	return c.remove(spec)
}

// fixUnusedImport removes an import, or repairs a misspelt use of it.
func fixUnusedImport(c *fixContext) {
	spec, ok := enclosing[*ast.ImportSpec](c.path)
	if !ok {
		return
	}
	c.add(1, "IMPORT", "remove-import", c.importRemoval(spec))
	path := strings.Trim(spec.Path.Value, "\"`")
	name := stdName(path)
	if spec.Name != nil {
		name = spec.Name.Name
		c.add(0.1, "IMPORT", "drop-import-name", c.span(spec.Name.Pos(), spec.Path.Pos(), ""))
	}
	c.qualifierTypos(name)
	c.add(0.02, "IMPORT", "blank-import", c.span(spec.Pos(), spec.Path.End(), "_ "+spec.Path.Value))
}

// qualifierTypos proposes the import's name where an undeclared name like it is selected from.
func (c *fixContext) qualifierTypos(name string) {
	ast.Inspect(c.file.AST, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if id, is := sel.X.(*ast.Ident); is && c.lookup(id.Name, id.Pos()) == nil {
			if like := likeness(id.Name, name); like > 0 {
				c.add(2*like, "NAME", "import-use-typo", c.replace(id, name))
			}
		}
		return true
	})
}

// fixBrokenImport spells an import path like the nearest one of the standard library, the module or its dependencies.
func fixBrokenImport(c *fixContext) {
	spec, ok := enclosing[*ast.ImportSpec](c.path)
	if !ok {
		return
	}
	path := strings.Trim(spec.Path.Value, "\"`")
	for _, std := range strings.Fields(stdPackages) {
		like := likeness(path, std)
		if stdName(std) == stdName(path) && path != std {
			like = max(like, 0.8*stdWeight(std))
		}
		if like > 0.1 {
			c.add(like, "IMPORT", "import-path-typo", c.replace(spec.Path, strconv.Quote(std)))
		}
	}
	for _, other := range c.job.others {
		if like := likeness(path, other); like > 0.1 && other != path {
			c.add(1.2*like, "IMPORT", "import-path-typo", c.replace(spec.Path, strconv.Quote(other)))
		}
	}
	if moved, known := map[string]string{"golang.org/x/exp/slices": "slices", "golang.org/x/exp/maps": "maps", "golang.org/x/net/context": "context"}[path]; known {
		c.add(1.5, "IMPORT", "import-moved", c.replace(spec.Path, strconv.Quote(moved)))
	}
	c.add(0.05, "IMPORT", "remove-import", c.importRemoval(spec))
}

// missingImport proposes imports for an undeclared name that something is selected from.
func (c *fixContext) missingImport(id *ast.Ident, sel *ast.SelectorExpr) {
	for i, path := range stdByName(id.Name) {
		edit, ok := c.importEdit(c.file, path)
		if !ok {
			continue
		}
		weight := 1.6 * stdWeight(path) / float64(i+1)
		if path == "crypto/rand" && (sel.Sel.Name == "Read" || sel.Sel.Name == "Reader") {
			weight = 2.5
		}
		if path == "html/template" && c.imported("http") != nil {
			weight = 1.8
		}
		c.add(weight, "IMPORT", "add-import", edit)
		c.replaceUnusedImport(weight, path)
	}
	c.otherImports(id)
	c.siblingImports(id)
	c.misspeltPackages(id, sel)
	if moved, ok := movedMembers[id.Name+"."+sel.Sel.Name]; ok && moved != "" {
		c.replaceMember(1.4, sel, moved)
	}
}

// otherImports proposes the packages of the module and of its dependencies that are named like id.
func (c *fixContext) otherImports(id *ast.Ident) {
	for i, path := range c.job.others {
		like := likeness(id.Name, stdName(path))
		if stdName(path) == id.Name {
			if edit, ok := c.importEdit(c.file, path); ok {
				c.add(1.7-0.01*float64(i), "IMPORT", "add-import", edit)
				c.replaceUnusedImport(1.7, path)
			}
		} else if like > 0.45 && c.importPaths(c.file)[stdName(path)] == "" {
			c.addWithImports(0.6*like, "NAME", "package-typo+add-import", []string{path}, c.replace(id, stdName(path)))
		}
	}
}

// replaceUnusedImport puts a missing import in the place of one that is not used.
func (c *fixContext) replaceUnusedImport(weight float64, path string) {
	for _, d := range c.pkg.Diags {
		if d.Code != "UnusedImport" || d.Path != c.file.Path {
			continue
		}
		for _, spec := range c.file.AST.Imports {
			if start, end := c.off(spec.Pos()), c.off(spec.End()); start <= d.Offset && d.Offset < end {
				c.add(weight, "IMPORT", "replace-import", Edit{Start: start, End: end, New: strconv.Quote(path)})
			}
		}
	}
}

// siblingImports adds the import under which another file of the package knows the name.
func (c *fixContext) siblingImports(id *ast.Ident) {
	for _, f := range c.pkg.Files {
		if f == c.file {
			continue
		}
		for name, path := range c.importPaths(f) {
			if name == id.Name && len(stdByName(name)) == 0 {
				if edit, ok := c.importEdit(c.file, path); ok {
					c.add(1.6, "IMPORT", "add-import", edit)
				}
			}
		}
	}
}

// misspeltPackages proposes imported packages, then standard ones, whose names are like id.
func (c *fixContext) misspeltPackages(id *ast.Ident, sel *ast.SelectorExpr) {
	used := c.importPaths(c.file)
	for name := range used {
		like := likeness(id.Name, name)
		if pkg := c.imported(name); pkg != nil && like > 0 {
			if pkg.Scope().Lookup(sel.Sel.Name) != nil {
				like = 1.2*like + 0.1
			}
			c.add(like, "NAME", "package-typo", c.replace(id, name))
		}
	}
	for _, path := range strings.Fields(stdPackages) {
		name := stdName(path)
		// a package that is not imported yet is read from its sources: only likely ones are worth that
		if like := likeness(id.Name, name); like > 0.45 && used[name] == "" {
			c.addWithImports(0.5*like*stdWeight(path), "NAME", "package-typo+add-import", []string{path}, c.replace(id, name))
		}
	}
}

// replaceMember replaces a selector by another qualified name, importing its package and dropping an import it empties.
func (c *fixContext) replaceMember(weight float64, sel *ast.SelectorExpr, qualified string) {
	name, _, dotted := strings.Cut(qualified, ".")
	if !dotted {
		c.add(weight, "CALL", "moved-api", c.replace(sel, qualified))
		return
	}
	var imports []string
	if c.imported(name) == nil {
		imports = stdByName(name)
	}
	if len(imports) == 0 {
		c.add(weight, "FIELD", "moved-api", c.replace(sel, qualified))
	}
	for i, path := range imports {
		c.addWithImports(weight/float64(i+1), "FIELD", "moved-api", []string{path}, c.replace(sel, qualified))
	}
}

// unqualified proposes the package of a name that imported packages export (Println -> fmt.Println).
func (c *fixContext) unqualified(id *ast.Ident, w want) {
	for name := range c.importPaths(c.file) {
		pkg := c.imported(name)
		if pkg == nil {
			continue
		}
		for _, spelt := range []string{id.Name, capitalised(id.Name)} {
			obj := pkg.Scope().Lookup(spelt)
			if obj == nil || !obj.Exported() {
				continue
			}
			weight := 1.3
			if spelt != id.Name {
				weight = 0.5
			}
			if _, isType := obj.(*types.TypeName); isType != w.isType {
				weight *= 0.2
			} else if !isType {
				weight *= max(w.fit(obj.Type()), 0.1)
			}
			c.add(weight, "NAME", "qualify", c.replace(id, name+"."+spelt))
			break
		}
	}
	if w.call == nil {
		return
	}
	for _, path := range []string{"fmt", "strings", "strconv", "errors", "math", "sort", "time", "os"} {
		if c.imported(stdName(path)) == nil && capitalised(id.Name) == id.Name && commonMembers[id.Name] == path {
			c.addWithImports(0.9, "NAME", "qualify+add-import", []string{path}, c.replace(id, path+"."+id.Name))
		}
	}
}

// commonMembers maps functions that are often written without their package to it.
var commonMembers = map[string]string{
	"Println": "fmt", "Printf": "fmt", "Sprintf": "fmt", "Sprint": "fmt", "Errorf": "fmt", "Print": "fmt",
	"Contains": "strings", "HasPrefix": "strings", "HasSuffix": "strings", "Split": "strings", "Join": "strings",
	"ToUpper": "strings", "ToLower": "strings", "TrimSpace": "strings", "Fields": "strings", "Repeat": "strings",
	"Replace": "strings", "ReplaceAll": "strings", "Atoi": "strconv", "Itoa": "strconv", "New": "errors",
	"Sqrt": "math", "Abs": "math", "Pow": "math", "Floor": "math", "Ceil": "math", "Ints": "sort", "Strings": "sort",
	"Now": "time", "Since": "time", "Sleep": "time", "ReadFile": "os", "WriteFile": "os", "Open": "os",
}
