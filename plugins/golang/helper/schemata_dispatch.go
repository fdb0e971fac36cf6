package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
)

// namePrefix begins every name of generated code.
const namePrefix = "hrgc"

// variantText returns the text of one variant, instrumented with fuel; reason says why there can be none.
func (s *schemata) variantText(f *File, c change, id int) (text, reason string) {
	if reason := s.refuses(f, c.decl); reason != "" {
		return "", reason
	}
	const lead = "package p;"
	fset := token.NewFileSet()
	tree, err := parser.ParseFile(fset, "", lead+c.text, parser.SkipObjectResolution)
	if err != nil || len(tree.Decls) != 1 {
		return "", "does not parse on its own"
	}
	fd, ok := tree.Decls[0].(*ast.FuncDecl)
	if !ok || fd.Body == nil {
		return "", "has no body"
	}
	if !s.early.mayChange(c.decl, fd) {
		return "", "runs while package variables are initialised and uses others than before"
	}
	at := func(pos token.Pos) int { return fset.Position(pos).Offset - len(lead) }
	patches := loopTicks(at, fd)
	patches = append(patches, entryTicks(at, fd)...)
	if s.inlined(&target{file: f, decl: c.decl}) || callsRecover(fd) {
		if !s.inlined(&target{file: f, decl: c.decl}) {
			return "", "calls recover, which the function does not do now"
		}
		patches = append(patches, renamedLabels(at, fd, id)...)
		for i := range patches {
			patches[i].start -= at(fd.Body.Lbrace) + 1
			patches[i].end -= at(fd.Body.Lbrace) + 1
		}
		return applyPatches(c.text[at(fd.Body.Lbrace)+1:at(fd.Body.Rbrace)], patches), ""
	}
	patches = append(patches, patch{at(fd.Name.Pos()), at(fd.Name.End()), variantName(id, fd)})
	return applyPatches(c.text, patches), ""
}

// refuses says why a function cannot have variants, "" when it can.
func (s *schemata) refuses(f *File, d *ast.FuncDecl) string {
	if d.Name.Name == "_" {
		return "a function without a name never runs"
	}
	if usesCgo(f) {
		return "the file uses cgo"
	}
	if unsafeToTouch(d) {
		return "the function has a compiler directive"
	}
	return ""
}

// inlined tells whether the variants of a function live inside it: a function that calls recover must be the deferred
// one itself, and one whose callers are looked at must not get a frame more.
func (s *schemata) inlined(t *target) bool { return s.deep || callsRecover(t.decl) }

// variantName returns the name of the function that holds a variant; never exported, so that reflection does not see it.
func variantName(id int, d *ast.FuncDecl) string {
	return fmt.Sprintf("%sV%d_%s", namePrefix, id, d.Name.Name)
}

// dispatch returns the patches that make a function call the selected variant. They add no line.
func (s *schemata) dispatch(t *target) []patch {
	d := t.decl
	patches, args, receiver, types := callable(s.p.Offset, d)
	var b strings.Builder
	fmt.Fprintf(&b, " switch %sVariant {", namePrefix)
	for _, v := range t.variants {
		call := variantName(v.id, d) + types + "(" + args + ")"
		if receiver != "" {
			call = receiver + "." + call
		}
		if d.Type.Results != nil && len(d.Type.Results.List) > 0 {
			fmt.Fprintf(&b, " case %d: return %s;", v.id, call)
		} else {
			fmt.Fprintf(&b, " case %d: %s; return;", v.id, call)
		}
	}
	b.WriteString(" };")
	at := s.p.Offset(d.Body.Lbrace) + 1
	return append(patches, patch{at, at, b.String()})
}

// callable names what is unnamed in a signature and returns how a function calls another one with its own arguments:
// the argument list, the receiver's name and the type argument list.
func callable(at func(token.Pos) int, d *ast.FuncDecl) (patches []patch, args, receiver, types string) {
	name := func(field *ast.Field, fresh string) []string {
		if len(field.Names) == 0 {
			patches = append(patches, patch{at(field.Type.Pos()), at(field.Type.Pos()), fresh + " "})
			return []string{fresh}
		}
		var names []string
		for i, id := range field.Names {
			n := id.Name
			if n == "_" {
				n = fmt.Sprintf("%s_%d", fresh, i)
				patches = append(patches, patch{at(id.Pos()), at(id.End()), n})
			}
			names = append(names, n)
		}
		return names
	}
	if d.Recv != nil && len(d.Recv.List) > 0 {
		receiver = name(d.Recv.List[0], namePrefix+"R")[0]
	}
	var all []string
	for i, field := range d.Type.Params.List {
		names := name(field, fmt.Sprintf("%sP%d", namePrefix, i))
		if _, ok := field.Type.(*ast.Ellipsis); ok {
			names[len(names)-1] += "..."
		}
		all = append(all, names...)
	}
	if d.Type.TypeParams != nil {
		var params []string
		for i, field := range d.Type.TypeParams.List {
			params = append(params, name(field, fmt.Sprintf("%sT%d", namePrefix, i))...)
		}
		types = "[" + strings.Join(params, ", ") + "]"
	}
	return patches, strings.Join(all, ", "), receiver, types
}

// inlineDispatch returns the patches that put the variants' bodies into the function.
func (s *schemata) inlineDispatch(t *target) []patch {
	brace := s.p.Offset(t.decl.Body.Lbrace) + 1
	directive := fmt.Sprintf("\n//line %s:%d\n", t.file.Path, s.p.Line(t.decl.Body.Lbrace))
	if s.params.Plain {
		directive = "\n"
	}
	var b strings.Builder
	fmt.Fprintf(&b, " switch %sVariant {", namePrefix)
	for _, v := range t.variants {
		fmt.Fprintf(&b, " case %d: {%s%s};", v.id, directive, v.text)
	}
	fmt.Fprintf(&b, " default: {%s", directive)
	end := s.p.Offset(t.decl.Body.Rbrace)
	return []patch{{brace, brace, b.String()}, {end, end, "}}"}}
}

// renamedLabels returns the patches that make a body's labels its own among the variants of one function.
func renamedLabels(at func(token.Pos) int, d *ast.FuncDecl, id int) []patch {
	var patches []patch
	rename := func(label *ast.Ident) {
		if label != nil && label.Name != "_" {
			patches = append(patches, patch{at(label.End()), at(label.End()), fmt.Sprintf("%s%d", namePrefix, id)})
		}
	}
	ast.Inspect(d.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.LabeledStmt:
			rename(n.Label)
		case *ast.BranchStmt:
			rename(n.Label)
		}
		return true
	})
	return patches
}

// callsRecover tells whether the function itself, not a closure in it, calls recover.
func callsRecover(d *ast.FuncDecl) bool {
	found := false
	ast.Inspect(d.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "recover" {
				found = true
			}
		}
		return !found
	})
	return found
}

// looksAtCallers tells whether code of the package asks who called it.
func looksAtCallers(p *Package) bool {
	for _, f := range p.Files {
		if f.Test {
			continue
		}
		found := false
		ast.Inspect(f.AST, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if ok && callerNames[id.Name] {
				if o := p.Info.Uses[id]; o != nil && o.Pkg() != nil && callerPackages[o.Pkg().Path()] {
					found = true
				}
			}
			return !found
		})
		if found {
			return true
		}
	}
	return false
}

var (
	callerNames = map[string]bool{
		"Caller": true, "Callers": true, "Stack": true, "PrintStack": true, "Output": true, "Helper": true, "NewRecord": true,
	}
	callerPackages = map[string]bool{
		"runtime": true, "runtime/debug": true, "log": true, "log/slog": true, "testing": true,
	}
)
