package main

import (
	"go/ast"
	"go/token"
	"go/types"
)

// atDefinition converts a variable where it is defined (x := v) instead of where it is used.
func (c *fixContext) atDefinition(e ast.Expr, to types.Type, weight float64) {
	id, ok := bare(e).(*ast.Ident)
	if !ok || to == nil || isUntyped(to) {
		return
	}
	value := c.definition(id)
	if value == nil {
		return
	}
	from := c.typeOf(value)
	if _, literal := bare(value).(*ast.CompositeLit); literal || from == nil {
		weight *= 0.5
	}
	for _, conv := range c.conversions(value, from, to) {
		c.addWithImports(weight*conv.weight, conv.op, conv.rule+"-at-definition", conv.imports, c.replace(value, conv.text))
	}
}

// definitionWeight rates converting at the definition: a pointer to a copy of an element is seldom what is meant.
func (c *fixContext) definitionWeight(e ast.Expr, to types.Type) float64 {
	id, ok := bare(e).(*ast.Ident)
	if !ok {
		return 0
	}
	if _, pointer := to.Underlying().(*types.Pointer); pointer {
		switch bare(orNil(c.definition(id))).(type) {
		case *ast.IndexExpr, *ast.SelectorExpr:
			return 1.2
		}
	}
	return 0.55
}

// orNil returns a typed nil identifier for a missing expression, so that a switch over its kind is safe.
func orNil(e ast.Expr) ast.Expr {
	if e == nil {
		return (*ast.Ident)(nil)
	}
	return e
}

// definition returns the expression a variable is defined by in this file, nil for none.
func (c *fixContext) definition(id *ast.Ident) ast.Expr {
	f, decl := c.declaredIn(c.pkg.Info.Uses[id])
	if decl == nil || f != c.file {
		return nil
	}
	for _, n := range pathTo(f, decl) {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE || len(n.Lhs) != len(n.Rhs) {
				return nil
			}
			for i, l := range n.Lhs {
				if l == ast.Expr(decl) {
					return n.Rhs[i]
				}
			}
			return nil
		case *ast.ValueSpec:
			if n.Type == nil && len(n.Names) == 1 && len(n.Values) == 1 {
				return n.Values[0]
			}
			return nil
		case *ast.Field, *ast.BlockStmt:
			return nil
		}
	}
	return nil
}

// pointedAtDefinition follows the pointer where a variable that holds one is defined.
func (c *fixContext) pointedAtDefinition(e ast.Expr, weight float64) {
	t := c.typeOf(e)
	if t == nil {
		return
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		c.atDefinition(e, p.Elem(), weight)
	}
}
