package main

import (
	"go/ast"
	"go/token"
)

// operatorTable lists the behaviour operators; each looks at one node.
var operatorTable = []func(o *operators, n ast.Node){
	binaryOps, swapOperands, negations, assignOps, literalOps, nameOps, memberOps, deleteOps,
	indexOps, termOps, callOps, returnOps, sentinelOps,
	guardOps, unguardOps, insertOps, moveOps, controlOps, targetOps,
}

// repairTable lists the operators that put back what is missing or mend two places at once; breaking has no use for them.
var repairTable = []func(o *operators, n ast.Node){
	updateOps, groupOps, loopOps, elseOps, startOps, listOps, exchangeOps, importOps,
	missingExprOps, missingStepOps, missingCondOps,
	missingStatementOps, sizeOps,
}

// candidates returns every candidate of the function.
func (o *operators) candidates() []Candidate {
	from, to := o.reach()
	o.walk(func(n ast.Node) {
		if n.End() < from || n.Pos() > to {
			return // nothing at this node reaches the lines asked for
		}
		for _, apply := range operatorTable {
			apply(o, n)
		}
		if !o.thin {
			for _, apply := range repairTable {
				apply(o, n)
			}
		}
	})
	return o.finish()
}

// reach returns the positions between which a node must lie, in part, for its edits to reach the lines asked for: one
// line more on each side, since insertions stand beside a node.
func (o *operators) reach() (from, to token.Pos) {
	file := o.file.Tok
	from, to = o.fn.Pos(), o.fn.End()
	if first := o.first - 1; first >= 1 && first <= file.LineCount() {
		from = max(from, file.LineStart(first))
	}
	if next := o.last + 2; next <= file.LineCount() {
		to = min(to, file.LineStart(next))
	}
	return from, to
}
