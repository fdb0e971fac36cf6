package main

import "go/ast"

// operatorTable lists the behaviour operators; each looks at one node.
var operatorTable = []func(o *operators, n ast.Node){
	binaryOps, swapOperands, negations, assignOps, literalOps, nameOps, memberOps, deleteOps,
	indexOps, termOps, callOps, returnOps, sentinelOps,
	guardOps, unguardOps, insertOps, moveOps, controlOps, targetOps,
}

// candidates returns every candidate of the function.
func (o *operators) candidates() []Candidate {
	o.walk(func(n ast.Node) {
		for _, apply := range operatorTable {
			apply(o, n)
		}
	})
	return o.finish()
}
