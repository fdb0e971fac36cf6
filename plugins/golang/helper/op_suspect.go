package main

import (
	"go/ast"
	"go/token"
	"go/types"
)

// Factors by which tell-tale signs of a mistake raise the candidates that answer them, or lower those that would
// make one.
const (
	unusedFactor = 6    // brings in a parameter that nothing reads
	sameFactor   = 5    // changes x op x
	boundsFactor = 6    // changes an index or loop bound that runs past the end
	emptyFactor  = 8    // fills an empty block
	selfFactor   = 0.15 // makes x op x, or x = x
)

// gatherUnused remembers the parameters that the function never reads.
func (f *funcFacts) gatherUnused(o *operators) {
	f.unused = map[string]bool{}
	for obj := range f.params {
		if f.reads[obj] == 0 && obj.Name() != "_" && obj.Name() != "" && o.ownParam(obj) {
			f.unused[obj.Name()] = true
		}
	}
}

// ownParam tells whether a variable is a parameter of the function itself.
func (o *operators) ownParam(obj types.Object) bool {
	params := o.fn.Type.Params
	return params != nil && obj.Pos() >= params.Pos() && obj.Pos() < params.End()
}

// bringsUnused tells whether a text brings in a parameter that nothing reads.
func (f *funcFacts) bringsUnused(text string) bool {
	for name := range f.unused {
		if mentions(text, name) {
			return true
		}
	}
	return false
}

// suspicion returns the factor of an edit at node n, from what is odd about the node and about what comes.
func (o *operators) suspicion(n ast.Node, edits []Edit) float64 {
	factor := 1.0
	if len(o.facts.unused) > 0 {
		for _, e := range edits {
			if o.facts.bringsUnused(e.New) {
				factor *= unusedFactor
				break
			}
		}
	}
	if len(edits) == 1 {
		factor *= o.operandFactor(n, edits[0])
	}
	switch n := n.(type) {
	case *ast.IndexExpr:
		if o.pastEnd(n) {
			factor *= boundsFactor
		}
	case *ast.BinaryExpr:
		if n.Op == token.LEQ && o.isLenCall(n.Y) {
			factor *= boundsFactor
		}
	}
	return factor
}

// operandFactor looks at the binary expression or assignment that an edit changes one side of.
func (o *operators) operandFactor(n ast.Node, e Edit) float64 {
	for i := len(o.stack) - 1; i > 0 && i > len(o.stack)-5; i-- {
		switch p := o.stack[i].(type) {
		case *ast.BinaryExpr:
			if f := o.sidesFactor(p.X, p.Y, e); f != 1 {
				return f
			}
		case *ast.AssignStmt:
			if len(p.Lhs) == 1 && len(p.Rhs) == 1 && p.Tok == token.ASSIGN {
				return o.sidesFactor(p.Lhs[0], p.Rhs[0], e)
			}
			return 1
		case *ast.IndexExpr:
			if p.Index == n && o.pastEnd(p) {
				return boundsFactor
			}
		case ast.Stmt:
			return 1
		}
	}
	return 1
}

// sidesFactor returns the factor of an edit of one of two sides: high when they are the same, low when it makes them so.
func (o *operators) sidesFactor(x, y ast.Expr, e Edit) float64 {
	left, right := o.text(x), o.text(y)
	if left == right && o.info.Types[x].Value == nil {
		return sameFactor
	}
	switch {
	case e.Start == o.off(x.Pos()) && e.End == o.off(x.End()) && e.New == right,
		e.Start == o.off(y.Pos()) && e.End == o.off(y.End()) && e.New == left:
		return selfFactor
	}
	return 1
}

// pastEnd tells whether an index is the length of what is indexed.
func (o *operators) pastEnd(n *ast.IndexExpr) bool {
	call, ok := n.Index.(*ast.CallExpr)
	return ok && isBuiltin(call.Fun, "len") && len(call.Args) == 1 && o.text(call.Args[0]) == o.text(n.X)
}

// isLenCall tells whether an expression is a length.
func (o *operators) isLenCall(e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	return ok && isBuiltin(call.Fun, "len")
}
