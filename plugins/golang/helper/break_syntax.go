package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// brackets returns the byte offsets of the bracket pairs of a node.
func (b *breaker) brackets(n ast.Node) []int {
	var at []token.Pos
	switch n := n.(type) {
	case *ast.BlockStmt:
		at = []token.Pos{n.Lbrace, n.Rbrace}
	case *ast.CallExpr:
		at = []token.Pos{n.Lparen, n.Rparen}
	case *ast.ParenExpr:
		at = []token.Pos{n.Lparen, n.Rparen}
	case *ast.IndexExpr:
		at = []token.Pos{n.Lbrack, n.Rbrack}
	case *ast.SliceExpr:
		at = []token.Pos{n.Lbrack, n.Rbrack}
	case *ast.CompositeLit:
		at = []token.Pos{n.Lbrace, n.Rbrace}
	}
	var offsets []int
	for _, pos := range at {
		if pos.IsValid() {
			offsets = append(offsets, b.off(pos))
		}
	}
	return offsets
}

// breakBrackets deletes, doubles or exchanges a bracket.
func breakBrackets(b *breaker, n ast.Node) {
	for _, at := range b.brackets(n) {
		old := string(b.src[at])
		switch b.rng.Intn(6) {
		case 0:
			b.add(Edit{at, at, old})
		case 1:
			other := map[string]string{"(": "{", ")": "}", "[": "(", "]": ")", "{": "(", "}": ")"}[old]
			b.add(Edit{at, at + 1, other})
		default:
			b.add(Edit{at, at + 1, ""})
		}
	}
}

// breakLineRules breaks the rules about line ends: brace or else on a new line, missing comma or colon.
func breakLineRules(b *breaker, n ast.Node) {
	switch n := n.(type) {
	case *ast.BlockStmt:
		at := b.off(n.Lbrace)
		if at > b.start && b.src[at-1] == ' ' {
			b.add(Edit{at - 1, at, "\n" + b.indent(at)})
		}
	case *ast.IfStmt:
		if n.Else != nil {
			at := b.off(n.Body.End())
			if strings.HasPrefix(string(b.src[at:]), " else") {
				b.add(Edit{at, at + 1, "\n" + b.indent(at)})
			}
		}
		b.semicolon(n.Init)
	case *ast.ForStmt:
		b.semicolon(n.Init)
		b.semicolon(n.Cond)
	case *ast.SwitchStmt:
		b.semicolon(n.Init)
	case *ast.CaseClause:
		b.add(Edit{b.off(n.Colon), b.off(n.Colon) + 1, ""})
		if b.rng.Intn(3) == 0 {
			b.add(Edit{b.off(n.Colon), b.off(n.Colon) + 1, " {"})
		}
	case *ast.CompositeLit:
		b.commas(n.Elts)
	case *ast.CallExpr:
		b.commas(n.Args)
	case *ast.KeyValueExpr:
		b.add(Edit{b.off(n.Colon), b.off(n.Colon) + 1, ""})
		if b.rng.Intn(2) == 0 {
			b.add(Edit{b.off(n.Colon), b.off(n.Colon) + 1, " ="})
		}
	}
}

// semicolon drops or weakens the semicolon behind a part of a statement's head.
func (b *breaker) semicolon(part ast.Node) {
	switch p := part.(type) {
	case ast.Stmt:
		if p == nil {
			return
		}
	case ast.Expr:
		if p == nil {
			return
		}
	default:
		return
	}
	at := b.off(part.End())
	if at < len(b.src) && b.src[at] == ';' {
		b.add(Edit{at, at + 1, []string{"", ","}[b.rng.Intn(2)]})
	}
}

// commas drops the comma behind an element, the trailing one before a line end first of all.
func (b *breaker) commas(list []ast.Expr) {
	for _, e := range list {
		at := b.off(e.End())
		if at < len(b.src) && b.src[at] == ',' {
			b.add(Edit{at, at + 1, ""})
		}
	}
}

// breakKeywords slips on a keyword or an operator.
func breakKeywords(b *breaker, n ast.Node) {
	word := func(pos token.Pos, old string, others ...string) {
		at := b.off(pos)
		if strings.HasPrefix(string(b.src[at:min(len(b.src), at+len(old))]), old) {
			b.add(Edit{at, at + len(old), others[b.rng.Intn(len(others))]})
		}
	}
	switch n := n.(type) {
	case *ast.FuncDecl:
		word(n.Pos(), "func", "fucn", "fun", "function", "def", "fn")
	case *ast.FuncLit:
		word(n.Pos(), "func", "fucn", "fun", "function")
	case *ast.ReturnStmt:
		word(n.Pos(), "return", "retrun", "reutrn", "retun", "returns")
	case *ast.IfStmt:
		word(n.Pos(), "if ", "fi ", "If ", "if if ", "")
		if n.Else != nil {
			b.elseSlip(n)
		}
	case *ast.SwitchStmt:
		word(n.Pos(), "switch", "swtich", "swich", "select")
	case *ast.RangeStmt:
		b.rangeSlip(n)
	case *ast.ForStmt:
		word(n.Pos(), "for", "while", "fro", "foreach")
	case *ast.DeferStmt:
		word(n.Pos(), "defer", "defre", "deffer")
	case *ast.BinaryExpr:
		switch n.Op {
		case token.EQL:
			b.add(Edit{b.off(n.OpPos), b.off(n.OpPos) + 2, []string{"=", "===", ":="}[b.rng.Intn(3)]})
		case token.LAND:
			b.add(Edit{b.off(n.OpPos), b.off(n.OpPos) + 2, []string{"and", "&"}[b.rng.Intn(2)]})
		case token.LOR:
			b.add(Edit{b.off(n.OpPos), b.off(n.OpPos) + 2, []string{"or", "|"}[b.rng.Intn(2)]})
		case token.LEQ:
			b.add(Edit{b.off(n.OpPos), b.off(n.OpPos) + 2, "=<"})
		case token.GEQ:
			b.add(Edit{b.off(n.OpPos), b.off(n.OpPos) + 2, "=>"})
		case token.NEQ:
			b.add(Edit{b.off(n.OpPos), b.off(n.OpPos) + 2, []string{"=!", "<>", "!=="}[b.rng.Intn(3)]})
		}
	case *ast.UnaryExpr:
		if n.Op == token.NOT && b.rng.Intn(2) == 0 {
			b.add(Edit{b.off(n.Pos()), b.off(n.Pos()) + 1, "not "})
		}
	case *ast.AssignStmt:
		length := len(n.Tok.String())
		slip := map[token.Token][]string{token.DEFINE: {"==", "=:", ": =", "<-"}, token.ASSIGN: {"==", "=>"}, token.ADD_ASSIGN: {"=+", "+"}}[n.Tok]
		if len(slip) > 0 {
			b.add(Edit{b.off(n.TokPos), b.off(n.TokPos) + length, slip[b.rng.Intn(len(slip))]})
		}
	case *ast.IncDecStmt:
		if b.rng.Intn(2) == 0 {
			b.add(Edit{b.off(n.Pos()), b.off(n.End()), n.Tok.String() + b.text(n.X)})
		}
	case *ast.BasicLit:
		if (n.Kind == token.STRING || n.Kind == token.CHAR) && b.rng.Intn(3) == 0 && len(n.Value) > 1 {
			b.quoteSlip(n)
		}
	}
}

// quoteSlip forgets a quote, or takes the wrong kind.
func (b *breaker) quoteSlip(lit *ast.BasicLit) {
	end := b.off(lit.End())
	switch {
	case lit.Kind == token.STRING && lit.Value[0] == '"' && b.rng.Intn(2) == 0:
		b.swap(lit, "'"+strings.Trim(lit.Value, `"`)+"'")
	case b.rng.Intn(2) == 0:
		b.add(Edit{end - 1, end, ""})
	default:
		b.add(Edit{b.off(lit.Pos()), b.off(lit.Pos()) + 1, ""})
	}
}

// elseSlip writes "else if" in the ways of other languages.
func (b *breaker) elseSlip(n *ast.IfStmt) {
	between := b.off(n.Body.End())
	if _, ok := n.Else.(*ast.IfStmt); ok {
		b.add(Edit{between, b.off(n.Else.Pos()), []string{" elif ", " elseif ", " else "}[b.rng.Intn(2)]},
			Edit{b.off(n.Else.Pos()), b.off(n.Else.Pos()) + len("if "), ""})
	}
}

// rangeSlip leaves out or misspells range, or takes another language's word for it.
func (b *breaker) rangeSlip(n *ast.RangeStmt) {
	if !n.Range.IsValid() {
		return
	}
	at := b.off(n.Range)
	switch b.rng.Intn(4) {
	case 0:
		b.add(Edit{at, at + len("range "), ""})
	case 1:
		b.add(Edit{at, at + len("range"), "rnage"})
	case 2:
		if n.Tok != token.ILLEGAL {
			b.add(Edit{b.off(n.TokPos), at + len("range"), "in"})
		}
	case 3:
		if n.Tok == token.DEFINE {
			b.add(Edit{b.off(n.TokPos), b.off(n.TokPos) + 3, ""})
		}
	}
}

// breakDuplicate repeats a declaration, a case or a literal's key.
func breakDuplicate(b *breaker, n ast.Node) {
	switch n := n.(type) {
	case *ast.AssignStmt:
		if n.Tok == token.DEFINE && isListOwner(b.parent(1)) {
			b.insertBefore(n, b.text(n))
		}
	case *ast.DeclStmt:
		b.insertBefore(n, b.text(n))
	case *ast.CaseClause:
		for _, e := range n.List {
			if b.info.Types[e].Value != nil && b.rng.Intn(2) == 0 {
				b.add(Edit{b.off(e.End()), b.off(e.End()), ", " + b.text(e)})
			}
		}
	case *ast.CompositeLit:
		for _, e := range n.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok && b.rng.Intn(2) == 0 {
				b.add(Edit{b.off(kv.Pos()), b.off(kv.Pos()), b.text(kv) + ", "})
			}
		}
	}
}

// breakLiteral puts a literal of the wrong kind, or nil where nil does not fit.
func breakLiteral(b *breaker, n ast.Node) {
	e, ok := n.(ast.Expr)
	if !ok || !b.isValue(e) {
		return
	}
	t := b.typeOf(e)
	switch n := n.(type) {
	case *ast.BasicLit:
		switch n.Kind {
		case token.INT:
			b.swap(n, []string{`"` + n.Value + `"`, "nil", n.Value + ".5", "''"}[b.rng.Intn(4)])
		case token.STRING:
			b.swap(n, []string{"nil", "0", "1"}[b.rng.Intn(3)])
		case token.CHAR:
			if text, ok := unquote(n.Value); ok && text != `"` && text != "\n" {
				b.swap(n, `"`+text+`"`)
			}
		}
	case *ast.Ident:
		if n.Name == "nil" {
			b.swap(n, []string{`""`, "0", "false"}[b.rng.Intn(3)])
			return
		}
		if _, ok := b.parent(1).(*ast.ReturnStmt); ok && !nilable(t) {
			b.swap(n, "nil")
		}
	}
}

// breakPointer adds * or & where it does not belong.
func breakPointer(b *breaker, n ast.Node) {
	e, ok := n.(ast.Expr)
	if !ok || !b.isValue(e) {
		return
	}
	switch n.(type) {
	case *ast.Ident, *ast.SelectorExpr, *ast.CallExpr:
		if sel, ok := b.parent(1).(*ast.SelectorExpr); ok && sel.X == n {
			return
		}
		if call, ok := b.parent(1).(*ast.CallExpr); ok && call.Fun == n {
			return
		}
		at := b.off(n.Pos())
		b.add(Edit{at, at, []string{"*", "&"}[b.rng.Intn(2)]})
	}
}

// breakUnusedValue drops what a value goes to, the call of a function value, or calls what is none.
func breakUnusedValue(b *breaker, n ast.Node) {
	switch n := n.(type) {
	case *ast.AssignStmt:
		if len(n.Rhs) == 1 && isListOwner(b.parent(1)) && n.Tok == token.ASSIGN {
			b.add(Edit{b.off(n.Pos()), b.off(n.Rhs[0].Pos()), ""})
		}
	case *ast.CallExpr:
		if len(n.Args) == 0 {
			b.add(Edit{b.off(n.Lparen), b.off(n.Rparen) + 1, ""})
		}
	case *ast.SelectorExpr:
		if s := b.info.Selections[n]; s != nil && s.Kind() == types.FieldVal && b.isValue(n) {
			if _, called := b.parent(1).(*ast.CallExpr); !called {
				b.add(Edit{b.off(n.End()), b.off(n.End()), "()"})
			}
		}
	}
}

// breakKind uses a value of the wrong kind: a number as condition, a value that has no elements as a list.
func breakKind(b *breaker, n ast.Node) {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		switch b.parent(1).(type) {
		case *ast.IfStmt, *ast.ForStmt:
			if n.Op == token.NEQ || n.Op == token.GTR {
				b.swap(n, b.text(n.X))
			}
		}
	case *ast.IndexExpr:
		if isInteger(b.typeOf(n.Index)) {
			b.add(Edit{b.off(n.X.Pos()), b.off(n.X.End()), "len(" + b.text(n.X) + ")"})
		}
	case *ast.RangeStmt:
		b.add(Edit{b.off(n.X.Pos()), b.off(n.X.End()), "&" + b.text(n.X)})
	case *ast.UnaryExpr:
		if n.Op == token.NOT && !isBoolean(nil) {
			b.add(Edit{b.off(n.Pos()), b.off(n.Pos()) + 1, "-"})
		}
	}
}

// breakRare makes the rare errors: break outside a loop, a label nobody uses, a wrong type argument.
func breakRare(b *breaker, n ast.Node) {
	switch n := n.(type) {
	case *ast.ReturnStmt:
		if len(n.Results) == 0 {
			b.swap(n, []string{"break", "continue"}[b.rng.Intn(2)])
		}
	case *ast.ForStmt, *ast.RangeStmt:
		if s := n.(ast.Stmt); isListOwner(b.parent(1)) && b.rng.Intn(3) == 0 {
			b.insertBefore(s, "loop:")
		}
	case *ast.IndexExpr:
		if b.info.Types[n.Index].IsType() && !b.info.Types[n].IsType() {
			b.add(Edit{b.off(n.Lbrack), b.off(n.Rbrack) + 1, ""})
		}
	case *ast.TypeAssertExpr:
		if n.Type != nil {
			b.swap(n.Type, []string{"int", "string", "bool"}[b.rng.Intn(3)])
		}
	case *ast.BranchStmt:
		if n.Label != nil {
			b.swap(n.Label, b.typo(n.Label.Name))
		}
	}
}
