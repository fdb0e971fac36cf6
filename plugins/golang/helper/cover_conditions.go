package main

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
)

// coverCondition is a condition whose outcomes are counted: two counters (false, true), or for a comparison of
// integers one for each distance of its operands: at most -2, -1, 0, 1, at least 2.
type coverCondition struct {
	Path  string `json:"path"`
	Start int    `json:"start"` // byte offsets in the file
	End   int    `json:"end"`
	Order bool   `json:"order"` // a comparison of integers
	First int    `json:"first"` // index of its first counter
}

// Numbers of counters.
const (
	truthCounters = 2
	orderCounters = 5
)

// conditions counts the outcomes of the conditions of a function's branches and loops, and of what it returns.
func (c *coverer) conditions(d *ast.FuncDecl) {
	ast.Inspect(d.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IfStmt:
			c.condition(n.Cond)
		case *ast.ForStmt:
			c.condition(n.Cond)
		case *ast.ReturnStmt:
			for _, e := range n.Results {
				switch e.(type) {
				case *ast.BinaryExpr, *ast.UnaryExpr:
					c.condition(e)
				}
			}
		}
		return true
	})
}

// condition wraps an expression of type bool and its operands, unless some part is of a type of its own.
func (c *coverer) condition(e ast.Expr) {
	if e == nil || c.p.Info.Types[e].Value != nil {
		return
	}
	plain := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			plain = false
		case ast.Expr:
			if t := c.p.Info.TypeOf(n); t != nil && isBoolean(t) && !isPlainBool(t) {
				plain = false
			}
		}
		return plain
	})
	if plain && isPlainBool(c.p.Info.TypeOf(e)) {
		c.wrap(e)
	}
}

// isPlainBool tells whether a type is bool itself.
func isPlainBool(t types.Type) bool {
	return t == types.Typ[types.Bool] || t == types.Typ[types.UntypedBool]
}

// wrap counts the outcomes of an expression and of its operands.
func (c *coverer) wrap(e ast.Expr) {
	switch x := e.(type) {
	case *ast.ParenExpr:
		c.wrap(x.X)
		return
	case *ast.UnaryExpr:
		if x.Op == token.NOT {
			c.wrap(x.X)
			return
		}
	case *ast.BinaryExpr:
		if x.Op == token.LAND || x.Op == token.LOR {
			first := c.counters(e, false, truthCounters)
			c.insert(e.Pos(), namePrefix+"True(")
			c.wrap(x.X)
			c.wrap(x.Y)
			c.insert(e.End(), fmt.Sprintf(", %d)", first))
			return
		}
		if isComparison(x.Op) && c.repeatable(x.X) && c.repeatable(x.Y) {
			first := c.counters(e, true, orderCounters)
			c.insert(e.Pos(), namePrefix+"Order(")
			c.insert(e.End(), fmt.Sprintf(", int64(%s), int64(%s), %d)", c.p.Text(c.f, x.X), c.p.Text(c.f, x.Y), first))
			return
		}
	}
	if c.p.Info.Types[e].Value != nil {
		return
	}
	first := c.counters(e, false, truthCounters)
	c.insert(e.Pos(), namePrefix+"True(")
	c.insert(e.End(), fmt.Sprintf(", %d)", first))
}

// counters adds the counters of a condition and returns the index of the first.
func (c *coverer) counters(e ast.Expr, order bool, n int) int {
	first := len(c.r.Blocks)
	for range n {
		c.r.Blocks = append(c.r.Blocks, coverBlock{Path: c.f.Path, Function: c.name})
	}
	c.r.Conditions = append(c.r.Conditions, coverCondition{c.f.Path, c.p.Offset(e.Pos()), c.p.Offset(e.End()), order, first})
	return first
}

// repeatable tells whether an integer may be computed once more: nothing is called, and what could fail has not.
func (c *coverer) repeatable(e ast.Expr) bool {
	t := c.p.Info.TypeOf(e)
	if t == nil || !isInteger(t) {
		return false
	}
	if _, parameter := types.Unalias(t).(*types.TypeParam); parameter {
		return false
	}
	if v := c.p.Info.Types[e].Value; v != nil {
		_, exact := constant.Int64Val(constant.ToInt(v))
		return exact
	}
	same := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			same = same && isBuiltin(n.Fun, "len", "cap")
		case *ast.FuncLit, *ast.TypeAssertExpr, *ast.CompositeLit:
			same = false
		case *ast.UnaryExpr:
			same = same && n.Op != token.ARROW && n.Op != token.AND
		}
		return same
	})
	return same
}
