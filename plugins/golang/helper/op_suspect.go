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
	turnedFactor = 6    // turns a loop's condition to where its variable runs
	deadFactor   = 0.08 // turns it away from there
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
		if len(edits) == 1 {
			factor *= o.loopFactor(n, edits[0])
		}
	}
	return factor
}

// loopFactor returns the factor of an edit of the comparison in a counting loop's condition: high when the loop could
// not run before and can now, low the other way round.
func (o *operators) loopFactor(b *ast.BinaryExpr, e Edit) float64 {
	up, ok := o.countsUp(b)
	if !ok {
		return 1
	}
	at := o.off(b.OpPos)
	text := b.Op.String()
	if e.Start < at || e.End > at+len(text) {
		return 1
	}
	after := text[:e.Start-at] + e.New + text[e.End-at:]
	runs := func(op string) bool {
		return op == "!=" || up && (op == "<" || op == "<=") || !up && (op == ">" || op == ">=")
	}
	switch before, now := runs(text), runs(after); {
	case before && !now:
		return deadFactor
	case now && !before:
		return turnedFactor
	}
	return 1
}

// countsUp tells whether the loop whose condition b belongs to counts b's left side up; ok is false without such a loop.
func (o *operators) countsUp(b *ast.BinaryExpr) (up, ok bool) {
	for i := len(o.stack) - 1; i > 0; i-- {
		switch p := o.stack[i].(type) {
		case *ast.BinaryExpr:
			if p != b && p.Op != token.LAND {
				return false, false
			}
		case *ast.ForStmt:
			step, isStep := p.Post.(*ast.IncDecStmt)
			if !isStep || p.Cond == nil || b.Pos() < p.Cond.Pos() || b.End() > p.Cond.End() {
				return false, false
			}
			return step.Tok == token.INC, o.text(step.X) == o.text(b.X)
		default:
			return false, false
		}
	}
	return false, false
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
	if o.becomes(x, e, right) || o.becomes(y, e, left) {
		return selfFactor
	}
	return 1
}

// becomes tells whether an edit inside an expression makes it read like a text.
func (o *operators) becomes(x ast.Expr, e Edit, text string) bool {
	start, end := o.off(x.Pos()), o.off(x.End())
	if e.Start < start || e.End > end {
		return false
	}
	return string(o.src[start:e.Start])+e.New+string(o.src[e.End:end]) == text
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
