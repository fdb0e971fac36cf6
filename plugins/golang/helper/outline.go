package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/token"
	"strconv"
)

func init() { methods["outline"] = handleOutline }

// OutlineParams name a file.
type OutlineParams struct {
	Path string `json:"path"`
}

// OutlineResult holds the declarations of a file in file order.
type OutlineResult struct {
	Package string    `json:"package"`
	Imports []string  `json:"imports"`
	Decls   []Outline `json:"decls"`
}

// Outline is one top-level declaration. A group of imports, constants or variables is one declaration, under its
// first name; a group of types gives one for each type.
type Outline struct {
	Name  string `json:"name"`
	Kind  string `json:"kind"` // func, method, type, interface, const, var or import
	Recv  string `json:"recv,omitempty"`
	First int    `json:"first"` // first line, doc comment included
	Last  int    `json:"last"`
	Start int    `json:"start"` // byte range, doc comment excluded
	End   int    `json:"end"`
}

func handleOutline(s *Server, raw json.RawMessage) (any, error) {
	var params OutlineParams
	if err := json.Unmarshal(raw, &params); err != nil {
		return nil, err
	}
	pkg := s.Base()
	file, err := pkg.fileAt(params.Path)
	if err != nil {
		return nil, err
	}
	return outline(pkg, file), nil
}

// fileAt returns the file of a path.
func (p *Package) fileAt(path string) (*File, error) {
	for _, f := range p.Files {
		if f.Path == path {
			return f, nil
		}
	}
	return nil, fmt.Errorf("%s is not a file of the package", path)
}

// outline lists the declarations of a file; what did not parse is missing.
func outline(pkg *Package, file *File) OutlineResult {
	result := OutlineResult{Package: file.AST.Name.Name, Imports: []string{}, Decls: []Outline{}}
	for _, imp := range file.AST.Imports {
		if path, err := strconv.Unquote(imp.Path.Value); err == nil {
			result.Imports = append(result.Imports, path)
		}
	}
	for _, decl := range file.AST.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			o := Outline{Name: d.Name.Name, Kind: "func"}
			if d.Recv != nil && len(d.Recv.List) > 0 {
				o.Kind, o.Recv = "method", receiverName(d)
			}
			result.Decls = append(result.Decls, pkg.placed(o, d.Doc, d))
		case *ast.GenDecl:
			result.Decls = append(result.Decls, outlineGroup(pkg, d)...)
		}
	}
	return result
}

func outlineGroup(pkg *Package, d *ast.GenDecl) []Outline {
	if d.Tok != token.TYPE {
		name := ""
		if len(d.Specs) > 0 {
			switch spec := d.Specs[0].(type) {
			case *ast.ValueSpec:
				name = spec.Names[0].Name
			case *ast.ImportSpec:
				name, _ = strconv.Unquote(spec.Path.Value)
			}
		}
		return []Outline{pkg.placed(Outline{Name: name, Kind: d.Tok.String()}, d.Doc, d)}
	}
	var list []Outline
	for _, s := range d.Specs {
		spec, ok := s.(*ast.TypeSpec)
		if !ok {
			continue
		}
		o := Outline{Name: spec.Name.Name, Kind: "type"}
		if _, ok := spec.Type.(*ast.InterfaceType); ok {
			o.Kind = "interface"
		}
		if d.Lparen.IsValid() {
			list = append(list, pkg.placed(o, spec.Doc, spec))
		} else {
			list = append(list, pkg.placed(o, d.Doc, d))
		}
	}
	return list
}

// placed fills in where a declaration is.
func (p *Package) placed(o Outline, doc *ast.CommentGroup, n ast.Node) Outline {
	o.Start, o.End = p.Offset(n.Pos()), p.Offset(n.End())
	o.First, o.Last = p.Line(n.Pos()), p.Line(n.End())
	if doc != nil {
		o.First = p.Line(doc.Pos())
	}
	return o
}

// receiverName returns the name of a method's receiver type, "" where it has none.
func receiverName(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return ""
	}
	expr := d.Recv.List[0].Type
	for {
		switch e := expr.(type) {
		case *ast.StarExpr:
			expr = e.X
		case *ast.ParenExpr:
			expr = e.X
		case *ast.IndexExpr:
			expr = e.X
		case *ast.IndexListExpr:
			expr = e.X
		case *ast.Ident:
			return e.Name
		default:
			return ""
		}
	}
}
