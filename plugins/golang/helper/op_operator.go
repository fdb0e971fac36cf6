package main

import (
	"go/ast"
	"go/token"
	"go/types"
)

// relationalOps are the comparison operators, ordered ones first.
var relationalOps = []token.Token{token.LSS, token.LEQ, token.GTR, token.GEQ, token.EQL, token.NEQ}

// boundary maps a comparison to the one that differs in the equal case only, negated to its opposite.
var (
	boundaryOf = map[token.Token]token.Token{token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR}
	negatedOf  = map[token.Token]token.Token{
		token.LSS: token.GEQ, token.GEQ: token.LSS, token.GTR: token.LEQ, token.LEQ: token.GTR, token.EQL: token.NEQ, token.NEQ: token.EQL,
	}
	mirrorOf = map[token.Token]token.Token{token.LSS: token.GTR, token.GTR: token.LSS, token.LEQ: token.GEQ, token.GEQ: token.LEQ}
)

// binaryOps changes the operator of a binary expression.
func binaryOps(o *operators, n ast.Node) {
	b, ok := n.(*ast.BinaryExpr)
	if !ok {
		return
	}
	to := func(op, rule string, tok token.Token, weight float64) {
		o.replaceAt(o.opFor(b, op), rule, b, b.OpPos, len(b.Op.String()), tok.String(), weight)
	}
	t := o.typeOf(b.X)
	switch b.Op {
	case token.LSS, token.LEQ, token.GTR, token.GEQ, token.EQL, token.NEQ:
		o.nilOrEmpty(b)
		for _, tok := range relationalOps {
			switch {
			case tok == b.Op || !ordered(t) && tok != token.EQL && tok != token.NEQ:
			case tok == boundaryOf[b.Op]:
				to("CMP", "relational-boundary", tok, 2)
			case tok == negatedOf[b.Op]:
				to("CMP", "relational-negation", tok, 1.5)
			case tok == mirrorOf[b.Op]:
				to("CMP", "relational-mirror", tok, 1.2)
			default:
				to("CMP", "relational-other", tok, 0.7)
			}
		}
	case token.LAND:
		to("LOGIC", "logical-or", token.LOR, 1)
	case token.LOR:
		to("LOGIC", "logical-and", token.LAND, 1)
	case token.ADD, token.SUB, token.MUL, token.QUO, token.REM:
		for _, tok := range arithmeticFor(t, b, o) {
			weight := 0.6
			if pair := map[token.Token]token.Token{token.ADD: token.SUB, token.SUB: token.ADD, token.MUL: token.QUO, token.QUO: token.MUL}[b.Op]; pair == tok {
				weight = 1.5
			}
			to("ARITH", "arithmetic", tok, weight)
		}
		if isInteger(t) && b.Op == token.MUL && smallConst(o, b.X) {
			to("ARITH", "arithmetic-shift", token.SHL, 0.3)
		}
	case token.AND, token.OR, token.XOR, token.AND_NOT:
		for _, tok := range []token.Token{token.AND, token.OR, token.XOR, token.AND_NOT} {
			to("ARITH", "bitwise", tok, 1)
		}
	case token.SHL:
		to("ARITH", "shift", token.SHR, 1)
		if smallConst(o, b.X) {
			to("ARITH", "shift-mul", token.MUL, 0.3)
		}
	case token.SHR:
		to("ARITH", "shift", token.SHL, 1)
	}
}

// nilOrEmpty asks whether a list or map is empty instead of nil.
func (o *operators) nilOrEmpty(b *ast.BinaryExpr) {
	if id, ok := b.Y.(*ast.Ident); ok && o.isNil(id) && hasLen(o.typeOf(b.X)) && !o.thin {
		o.replace("REWRITE", "relational-empty", b, "len("+o.text(b.X)+") "+b.Op.String()+" 0", 1)
	}
}

// arithmeticFor returns the arithmetic operators that the operand type allows.
func arithmeticFor(t types.Type, b *ast.BinaryExpr, o *operators) []token.Token {
	if isString(t) {
		return nil
	}
	ops := []token.Token{token.ADD, token.SUB, token.MUL}
	if tv := o.info.Types[b.Y]; tv.Value == nil || tv.Value.String() != "0" {
		ops = append(ops, token.QUO)
		if isInteger(t) {
			ops = append(ops, token.REM)
		}
	}
	return ops
}

// smallConst tells whether e is a constant.
func smallConst(o *operators, e ast.Expr) bool { return o.info.Types[e].Value != nil }

// swapOperands exchanges the operands of an operator where the order matters.
func swapOperands(o *operators, n ast.Node) {
	b, ok := n.(*ast.BinaryExpr)
	if !ok {
		return
	}
	switch b.Op {
	case token.SUB, token.QUO, token.REM, token.SHL, token.SHR, token.AND_NOT, token.LSS, token.LEQ, token.GTR, token.GEQ:
	case token.ADD:
		if !isString(o.typeOf(b)) {
			return
		}
	case token.LAND, token.LOR:
	default:
		return
	}
	x, y := o.operandText(b.X, b.Op), o.operandText(b.Y, b.Op)
	op := "ARITH"
	switch b.Op {
	case token.LSS, token.LEQ, token.GTR, token.GEQ:
		op = "CMP"
	case token.LAND, token.LOR:
		op = "LOGIC"
	}
	if tv := o.info.Types[b.X]; (b.Op == token.QUO || b.Op == token.REM) && tv.Value != nil && tv.Value.String() == "0" {
		return
	}
	weight := 1.0
	if b.Op == token.LAND || b.Op == token.LOR {
		weight = 0.3
	}
	o.emit(o.opFor(b, op), "swap-operands", b, weight,
		Edit{o.off(b.X.Pos()), o.off(b.X.End()), y}, Edit{o.off(b.Y.Pos()), o.off(b.Y.End()), x})
}

// operandText returns the text of an operand, in parentheses when op binds at least as tightly as its own operator.
func (o *operators) operandText(e ast.Expr, op token.Token) string {
	text := o.text(e)
	if b, ok := e.(*ast.BinaryExpr); ok && b.Op.Precedence() <= op.Precedence() {
		return "(" + text + ")"
	}
	return text
}

// negations adds and drops ! in front of boolean expressions, and minus in front of numbers.
func negations(o *operators, n ast.Node) {
	switch n := n.(type) {
	case *ast.UnaryExpr:
		switch n.Op {
		case token.NOT:
			o.emit("LOGIC", "negation-drop", n, 1.5, Edit{o.off(n.Pos()), o.off(n.X.Pos()), ""})
		case token.SUB:
			op := "ARITH"
			if _, literal := n.X.(*ast.BasicLit); literal {
				op = "LIT"
			}
			o.emit(o.wholeOp(n, op), "arithmetic-minus-drop", n, 1, Edit{o.off(n.Pos()), o.off(n.X.Pos()), ""})
		case token.XOR:
			o.emit(o.opFor(n, "ARITH"), "bitwise-not-drop", n, 1, Edit{o.off(n.Pos()), o.off(n.X.Pos()), ""})
		}
	case *ast.Ident, *ast.CallExpr, *ast.SelectorExpr, *ast.IndexExpr, *ast.ParenExpr:
		e := n.(ast.Expr)
		if !o.isValue(e) || !isBoolean(o.typeOf(e)) {
			return
		}
		switch p := o.parent(1).(type) {
		case *ast.UnaryExpr, *ast.SelectorExpr:
			return
		case *ast.CallExpr:
			if p.Fun == e {
				return
			}
		}
		if id, ok := e.(*ast.Ident); ok && (id.Name == "true" || id.Name == "false") {
			return
		}
		o.emit("LOGIC", "negation-add", n, 1, Edit{o.off(n.Pos()), o.off(n.Pos()), "!"})
	case *ast.BinaryExpr:
		// A whole condition joined by && or || is negated in parentheses.
		if n.Op != token.LAND && n.Op != token.LOR {
			return
		}
		if _, ok := o.parent(1).(*ast.BinaryExpr); ok {
			return
		}
		if _, ok := o.parent(1).(*ast.ParenExpr); ok {
			return
		}
		o.emit("LOGIC", "negation-add-all", n, 0.5, Edit{o.off(n.Pos()), o.off(n.End()), "!(" + o.text(n) + ")"})
	}
}

// assignOps changes the operator of assignments and of ++ and --.
func assignOps(o *operators, n ast.Node) {
	switch n := n.(type) {
	case *ast.IncDecStmt:
		tok := token.INC
		if n.Tok == token.INC {
			tok = token.DEC
		}
		o.replaceAt("ASSIGN", "incdec", n, n.TokPos, 2, tok.String(), 1)
	case *ast.AssignStmt:
		if len(n.Lhs) != 1 || len(n.Rhs) != 1 {
			return
		}
		weights := o.assignTokens(n)
		for _, tok := range assignmentOps {
			if weight, ok := weights[tok]; ok && tok != n.Tok {
				o.replaceAt("ASSIGN", "assign-op", n, n.TokPos, len(n.Tok.String()), tok.String(), weight)
			}
		}
	}
}

// assignmentOps are the assignment operators in the order in which they are tried.
var assignmentOps = []token.Token{
	token.ASSIGN, token.ADD_ASSIGN, token.SUB_ASSIGN, token.MUL_ASSIGN, token.QUO_ASSIGN, token.REM_ASSIGN,
	token.AND_ASSIGN, token.OR_ASSIGN, token.XOR_ASSIGN, token.AND_NOT_ASSIGN, token.SHL_ASSIGN, token.SHR_ASSIGN,
}

// assignTokens returns the assignment operators that fit both sides of an assignment, with weights.
func (o *operators) assignTokens(n *ast.AssignStmt) map[token.Token]float64 {
	left, right := o.typeOf(n.Lhs[0]), o.typeOf(n.Rhs[0])
	if n.Tok == token.DEFINE || left == nil || right == nil || !types.AssignableTo(right, left) {
		return nil
	}
	ops := map[token.Token]float64{token.ASSIGN: 1}
	if id, ok := n.Lhs[0].(*ast.Ident); ok && id.Name == "_" {
		return nil
	}
	switch {
	case isString(left):
		ops[token.ADD_ASSIGN] = 1
	case isNumeric(left):
		ops[token.ADD_ASSIGN], ops[token.SUB_ASSIGN], ops[token.MUL_ASSIGN] = 1.5, 1, 0.6
		if v := o.info.Types[n.Rhs[0]].Value; v == nil || v.String() != "0" {
			ops[token.QUO_ASSIGN] = 0.5
			if isInteger(left) {
				ops[token.REM_ASSIGN] = 0.4
			}
		}
		if isInteger(left) {
			ops[token.OR_ASSIGN], ops[token.AND_ASSIGN], ops[token.XOR_ASSIGN] = 0.3, 0.2, 0.3
			if n.Tok == token.OR_ASSIGN || n.Tok == token.AND_ASSIGN || n.Tok == token.AND_NOT_ASSIGN || n.Tok == token.XOR_ASSIGN {
				ops[token.OR_ASSIGN], ops[token.AND_ASSIGN], ops[token.AND_NOT_ASSIGN], ops[token.XOR_ASSIGN] = 1, 1, 1, 1
			}
			if n.Tok == token.SHL_ASSIGN || n.Tok == token.SHR_ASSIGN {
				ops[token.SHL_ASSIGN], ops[token.SHR_ASSIGN] = 1.5, 1.5
			}
		}
	}
	return ops
}
