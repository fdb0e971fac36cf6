package main

import (
	"go/ast"
	"go/token"
	"go/types"
)

// earlyCalls knows which functions run while package variables are initialised. Go orders those by what functions
// refer to, and a dispatching function refers to what all of its variants refer to: a variant of such a function must
// refer to the same variables and functions as the function itself, or the order could change for all of them.
type earlyCalls struct {
	p       *Package
	reached map[types.Object]bool
	names   map[string]bool // names of package-level variables and functions, and of methods
}

// newEarlyCalls follows the references from the initialisers of package-level variables.
func newEarlyCalls(p *Package) *earlyCalls {
	e := &earlyCalls{p: p, reached: map[types.Object]bool{}, names: map[string]bool{}}
	bodies := map[types.Object]*ast.FuncDecl{}
	var queue []ast.Node
	for _, f := range p.Files {
		if !sharesPackage(p, f) {
			continue
		}
		for _, d := range f.AST.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if o := p.Info.Defs[d.Name]; o != nil {
					bodies[o] = d
				}
				e.names[d.Name.Name] = true
			case *ast.GenDecl:
				if d.Tok != token.VAR {
					continue
				}
				for _, s := range d.Specs {
					vs := s.(*ast.ValueSpec)
					for _, n := range vs.Names {
						e.names[n.Name] = true
					}
					for _, v := range vs.Values {
						queue = append(queue, v)
					}
				}
			}
		}
	}
	for len(queue) > 0 {
		n := queue[0]
		queue = queue[1:]
		ast.Inspect(n, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok {
				return true
			}
			fn, ok := p.Info.Uses[id].(*types.Func)
			if !ok {
				return true
			}
			o := types.Object(fn.Origin())
			if d := bodies[o]; d != nil && d.Body != nil && !e.reached[o] {
				e.reached[o] = true
				queue = append(queue, d.Body)
			}
			return true
		})
	}
	return e
}

// mayChange tells whether the function old may become new among the variants.
func (e *earlyCalls) mayChange(old, new *ast.FuncDecl) bool {
	if !e.reached[e.p.Info.Defs[old.Name]] {
		return true
	}
	was, is := e.refers(old), e.refers(new)
	if len(was) != len(is) {
		return false
	}
	for name := range is {
		if !was[name] {
			return false
		}
	}
	return true
}

// refers returns the names in a body that may be package-level variables, functions or methods.
func (e *earlyCalls) refers(d *ast.FuncDecl) map[string]bool {
	found := map[string]bool{}
	ast.Inspect(d.Body, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && e.names[id.Name] {
			found[id.Name] = true
		}
		return true
	})
	return found
}
