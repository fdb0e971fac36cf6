package main

import (
	"go/token"
	"strings"
)

// operatorRules repair slips of operators on a line.
func (y *syntaxFix) operatorRules(l nearLine) {
	first := token.ILLEGAL
	if len(l.toks) > 0 {
		first = l.toks[0].tok
	}
	for i, t := range l.toks {
		near := l.factor
		next := synTok{}
		if i+1 < len(l.toks) {
			next = l.toks[i+1]
		}
		y.pairedOperators(t, next, near)
		switch t.tok {
		case token.ASSIGN:
			switch {
			case first == token.IF || first == token.FOR || hasElseIf(l):
				y.add(1.6*near, "compare", Edit{t.start, t.end, "=="})
				y.add(0.8*near, "define", Edit{t.start, t.end, ":="})
			case first == token.CASE || first == token.RETURN:
				y.add(1.2*near, "compare", Edit{t.start, t.end, "=="})
			default:
				y.add(0.3*near, "define", Edit{t.start, t.end, ":="})
				y.add(0.2*near, "compare", Edit{t.start, t.end, "=="})
			}
			y.add(0.4*near, "colon", Edit{t.start, t.end, ":"})
		case token.DEFINE:
			if first == token.IF || first == token.RETURN || hasElseIf(l) {
				y.add(1.2*near, "compare", Edit{t.start, t.end, "=="})
			}
			y.add(0.8*near, "assign", Edit{t.start, t.end, "="})
			y.add(0.5*near, "colon", Edit{t.start, t.end, ":"})
		case token.EQL:
			y.add(0.4*near, "assign", Edit{t.start, t.end, "="})
		case token.COLON:
			y.add(0.5*near, "define", Edit{t.start, t.end, ":="})
			y.add(0.35*near, "assign", Edit{t.start, t.end, "="})
		case token.INC, token.DEC:
			y.prefixIncrement(l, i, near)
		case token.ARROW:
			y.add(0.5*near, "less-than", Edit{t.start, t.end, "< -"})
		}
	}
	y.semicolonRules(l)
}

func hasElseIf(l nearLine) bool {
	for i, t := range l.toks {
		if t.tok == token.ELSE && i+1 < len(l.toks) && l.toks[i+1].tok == token.IF {
			return true
		}
	}
	return false
}

// pairedOperators joins what was written apart, and replaces operators Go does not have.
func (y *syntaxFix) pairedOperators(t, next synTok, near float64) {
	if next.tok == token.ILLEGAL && next.lit == "" {
		return
	}
	pair := t.lit + next.lit
	whole := func(weight float64, by string) {
		y.add(weight*near, "operator", Edit{t.start, next.end, by})
	}
	switch pair {
	case "=>", "->":
		whole(0.7, ":")
		whole(0.6, "")
		whole(0.4, "{")
		whole(0.5, ">=")
		whole(0.3, ".")
		whole(0.3, "=")
		whole(0.3, ":=")
	case "===":
		whole(1.8, "==")
	case "!==":
		whole(1.8, "!=")
	case "<>":
		whole(1.8, "!=")
	case "!=", "<=", ">=", ":=", "+=", "-=", "*=", "/=", "&&", "||", "==", "<-", "%=", "++", "--", "|=", "&=":
		if next.start > t.end {
			whole(1.6, pair)
		}
	case "=<":
		whole(1.6, "<=")
	case "=!":
		whole(1.6, "!=")
	case "=:":
		whole(1.8, ":=")
	case "::":
		whole(0.9, ".")
		whole(0.8, ":")
	case ":==":
		whole(1.5, ":=")
	case "&&&", "|||":
		whole(1.2, pair[:2])
	case "..":
		whole(0.9, ".")
		whole(0.8, "...")
	case "....":
		whole(1, "...")
	case "!!":
		whole(0.4, "!")
	case "((", "{{", "[[":
		whole(1.5, pair[:1])
	case ",,", ";;", "))", "]]", "}}":
		whole(0.6, pair[:1])
	}
	if t.tok == token.MUL && next.tok == token.MUL && next.start == t.end {
		whole(0.3, "*")
	}
}

// prefixIncrement turns ++i into i++.
func (y *syntaxFix) prefixIncrement(l nearLine, i int, near float64) {
	t := l.toks[i]
	end := i + 1
	for end < len(l.toks) && (l.toks[end].tok == token.IDENT || l.toks[end].tok == token.PERIOD) {
		end++
	}
	if end == i+1 {
		return
	}
	operand := string(y.src[l.toks[i+1].start:l.toks[end-1].end])
	y.add(1.8*near, "postfix", Edit{t.start, l.toks[end-1].end, operand + t.lit})
}

// semicolonRules put semicolons between the parts of a for clause.
func (y *syntaxFix) semicolonRules(l nearLine) {
	if len(l.toks) == 0 || l.toks[0].tok != token.FOR {
		return
	}
	for i := 1; i+1 < len(l.toks); i++ {
		t, next := l.toks[i], l.toks[i+1]
		if t.tok == token.COMMA {
			y.add(0.8*l.factor, "for-semicolon", Edit{t.start, t.end, ";"})
		}
		if endsOperand(t) && beginsOperand(next) {
			y.add(1.3*l.factor, "for-semicolon", Edit{t.end, t.end, ";"})
		}
		if t.tok == token.DEFINE || t.tok == token.ASSIGN {
			y.add(1.1*l.factor, "range", Edit{t.end, t.end, " range"})
		}
	}
}

func endsOperand(t synTok) bool {
	switch t.tok {
	case token.IDENT, token.INT, token.FLOAT, token.STRING, token.CHAR, token.RPAREN, token.RBRACK, token.RBRACE:
		return true
	}
	return false
}

func beginsOperand(t synTok) bool {
	switch t.tok {
	case token.IDENT, token.INT, token.FLOAT, token.STRING, token.CHAR, token.FUNC, token.LPAREN, token.LBRACK, token.NOT:
		return true
	}
	return false
}

// lineRules repair lines by their first word: braces, colons, commas, else, returns without braces.
func (y *syntaxFix) lineRules(l nearLine) {
	if len(l.toks) == 0 {
		return
	}
	first, last := l.toks[0], l.toks[len(l.toks)-1]
	end := l.code()
	y.openBlock(l, first, last, end)
	if first.tok == token.CASE || first.tok == token.DEFAULT {
		if last.tok != token.COLON {
			y.add(1.9*l.factor, "case-colon", Edit{end, end, ":"})
		}
		for _, t := range l.toks[1:] {
			if t.tok == token.ASSIGN || t.tok == token.SEMICOLON || t.tok == token.LBRACE || t.tok == token.COMMA || t.tok == token.DEFINE {
				y.add(0.8*l.factor, "case-colon", Edit{t.start, t.end, ":"})
			}
		}
		y.caseBody(l)
	}
	y.commas(l, last, end)
	y.elseRules(l)
	y.callWithoutParens(l, end)
	y.parameterColons(l)
	if first.tok == token.FUNC {
		y.functionHead(l)
	}
	if last.tok == token.FUNC || last.tok == token.RBRACE {
		y.add(0.35*l.factor, "call-literal", Edit{end, end, "()"})
	}
	if last.tok == token.SEMICOLON {
		y.add(0.8*l.factor, "drop-semicolon", Edit{last.start, last.end, ""})
	}
	if last.tok == token.COMMA {
		y.add(0.5*l.factor, "drop-comma", Edit{last.start, last.end, ""})
		y.fieldCommas(l)
	}
	if last.tok == token.COLON {
		y.add(0.9*l.factor, "brace-for-colon", Edit{last.start, last.end, " {"})
		y.pythonBlock(l, last)
	}
	if (first.tok == token.DEFER || first.tok == token.GO) && last.tok != token.RPAREN {
		y.add(1.6*l.factor, "call", Edit{end, end, "()"})
	}
}

// fieldCommas drop the commas that end the fields of a struct.
func (y *syntaxFix) fieldCommas(l nearLine) {
	var edits []Edit
	number := l.number
	for ; number > 1; number-- {
		if above := y.lineAt(number - 1); len(above.toks) == 0 || above.toks[len(above.toks)-1].tok != token.COMMA {
			break
		}
	}
	for ; ; number++ {
		line := y.lineAt(number)
		if len(line.toks) < 2 || line.toks[0].tok != token.IDENT || line.toks[len(line.toks)-1].tok != token.COMMA {
			break
		}
		last := line.toks[len(line.toks)-1]
		edits = append(edits, Edit{last.start, last.end, ""})
	}
	if head := y.lineAt(number - len(edits) - 1); len(edits) > 0 && strings.Contains(head.text, "struct") {
		y.add(2.2*l.factor, "field-commas", edits...)
	}
}

// openBlock puts the brace a statement's or declaration's body lacks.
func (y *syntaxFix) openBlock(l nearLine, first, last synTok, end int) {
	switch first.tok {
	case token.IF, token.FOR, token.SWITCH, token.FUNC, token.SELECT, token.ELSE, token.TYPE, token.RBRACE:
	default:
		if last.tok != token.STRUCT && last.tok != token.INTERFACE && !hasFuncLit(l) {
			return
		}
	}
	if last.tok == token.LBRACE {
		return
	}
	if first.tok == token.TYPE && last.tok != token.STRUCT && last.tok != token.INTERFACE || first.tok == token.RBRACE && !hasElse(l) {
		return
	}
	next := y.lineAt(l.number + 1)
	trimmed := strings.TrimSpace(next.text)
	switch {
	case strings.HasPrefix(trimmed, "{"):
		brace := next.start + strings.Index(next.text, "{")
		y.add(2.2*l.factor, "brace-on-line", Edit{end, brace + 1, " {"})
	case depthOf(next.text) > depthOf(l.text):
		y.add(1.9*l.factor, "open-brace", Edit{end, end, " {"})
		if first.tok != token.FUNC {
			at := next.end
			y.add(0.9*l.factor, "braces", Edit{end, end, " {"}, Edit{at, at, "\n" + l.text[:len(l.text)-len(strings.TrimLeft(l.text, " \t"))] + "}"})
		}
	default:
		y.add(0.7*l.factor, "open-brace", Edit{end, end, " {"})
	}
	y.oneLineBody(l, first, end)
}

func hasElse(l nearLine) bool {
	for _, t := range l.toks {
		if t.tok == token.ELSE {
			return true
		}
	}
	return false
}

func hasFuncLit(l nearLine) bool {
	for i, t := range l.toks {
		if t.tok == token.FUNC && i > 0 {
			return true
		}
	}
	return false
}

// oneLineBody puts braces around the statement behind a condition: if x return y.
func (y *syntaxFix) oneLineBody(l nearLine, first synTok, end int) {
	if first.tok != token.IF && first.tok != token.FOR && first.tok != token.ELSE {
		return
	}
	for _, t := range l.toks[1:] {
		switch t.tok {
		case token.RETURN, token.BREAK, token.CONTINUE, token.GOTO:
			y.add(2*l.factor, "braces", Edit{t.start, t.start, "{ "}, Edit{end, end, " }"})
		case token.IDENT:
			y.add(0.15*l.factor, "braces", Edit{t.start, t.start, "{ "}, Edit{end, end, " }"})
		}
	}
}

// caseBody removes braces that other languages put around a case.
func (y *syntaxFix) caseBody(l nearLine) {
	for i := 1; i+1 < len(l.toks); i++ {
		if endsOperand(l.toks[i]) && (beginsOperand(l.toks[i+1]) || l.toks[i+1].tok == token.RETURN) {
			y.add(0.7*l.factor, "case-colon", Edit{l.toks[i].end, l.toks[i].end, ":"})
		}
	}
}

// commas put the comma a list's line lacks at its end, or between two operands.
func (y *syntaxFix) commas(l nearLine, last synTok, end int) {
	if strings.Contains(y.msg, "missing ','") || strings.Contains(y.msg, "expected operand") || strings.Contains(y.msg, "expected '") {
		if endsOperand(last) || last.tok == token.RBRACE {
			weight := 0.9
			if strings.Contains(y.msg, "missing ','") && l.number == y.line {
				weight = 1.9
			}
			y.add(weight*l.factor, "comma", Edit{end, end, ","})
			y.commaBelow(l, end)
		}
	}
	for i := 0; i+1 < len(l.toks); i++ {
		t, next := l.toks[i], l.toks[i+1]
		if endsOperand(t) && beginsOperand(next) && next.start > t.end {
			y.add(0.8*l.factor, "comma", Edit{t.end, t.end, ","})
			for _, op := range []string{" +", ".", " ==", " =", " :=", " &&", " ||", " -", " *", ":", " <"} {
				y.add(0.25*l.factor, "operator", Edit{t.end, t.end, op})
			}
		}
		if t.tok == token.PERIOD && next.tok == token.COMMA || t.tok == token.SEMICOLON && !t.auto {
			y.add(0.6*l.factor, "comma", Edit{t.start, t.end, ","})
		}
	}
}

// commaBelow puts commas behind every line of a list that lacks them.
func (y *syntaxFix) commaBelow(l nearLine, end int) {
	edits := []Edit{{end, end, ","}}
	for number := l.number + 1; number < l.number+40; number++ {
		next := y.lineAt(number)
		if len(next.toks) == 0 || next.toks[0].tok == token.RBRACE || next.toks[0].tok == token.RPAREN {
			break
		}
		last := next.toks[len(next.toks)-1]
		if last.tok == token.COMMA || last.tok == token.LBRACE || last.tok == token.LPAREN {
			continue
		}
		edits = append(edits, Edit{next.code(), next.code(), ","})
	}
	if len(edits) > 1 {
		y.add(1.2*l.factor, "commas", edits...)
	}
}

// elseRules bring else to the line of the brace before it, and give it the if it lacks.
func (y *syntaxFix) elseRules(l nearLine) {
	for i, t := range l.toks {
		if t.tok != token.ELSE {
			continue
		}
		if i == 0 {
			prev := y.lineAt(l.number - 1)
			for prev.number > 1 && strings.TrimSpace(prev.text) == "" {
				prev = y.lineAt(prev.number - 1)
			}
			if len(prev.toks) > 0 {
				weight := 2.2
				lead := " "
				if prev.toks[len(prev.toks)-1].tok != token.RBRACE {
					weight, lead = 1.2, " } "
				}
				y.add(weight*l.factor, "else-on-line", Edit{prev.code(), t.start, lead})
				if lead != " " {
					indent := l.text[:len(l.text)-len(strings.TrimLeft(l.text, " \t"))]
					y.add(1.6*l.factor, "close-brace", Edit{l.start, t.start, indent + "} "})
				}
			}
		}
		if i+1 < len(l.toks) && l.toks[i+1].tok != token.IF && l.toks[i+1].tok != token.LBRACE {
			y.add(1.6*l.factor, "else-if", Edit{t.end, t.end, " if"})
			y.add(1*l.factor, "else-brace", Edit{t.end, l.toks[len(l.toks)-1].start, " "})
		}
	}
}

// callWithoutParens puts parentheses around the arguments of fmt.Println "x".
func (y *syntaxFix) callWithoutParens(l nearLine, end int) {
	for i := 0; i+1 < len(l.toks); i++ {
		t, next := l.toks[i], l.toks[i+1]
		if t.tok == token.IDENT && beginsOperand(next) && next.tok != token.LPAREN && next.tok != token.LBRACK && next.start > t.end {
			y.add(0.7*l.factor, "call-parentheses", Edit{t.end, next.start, "("}, Edit{end, end, ")"})
		}
	}
}

// parameterColons drop the colons of x: int and of func f(): int.
func (y *syntaxFix) parameterColons(l nearLine) {
	var edits []Edit
	for _, t := range l.toks {
		if t.tok == token.COLON {
			edits = append(edits, Edit{t.start, t.end, " "})
			y.add(0.4*l.factor, "drop-colon", Edit{t.start, t.end, " "})
		}
	}
	if len(edits) > 1 {
		y.add(0.8*l.factor, "drop-colons", edits...)
	}
}

// functionHead completes the parentheses of a function's parameters and results.
func (y *syntaxFix) functionHead(l nearLine) {
	for i, t := range l.toks {
		if t.tok == token.IDENT && i+1 < len(l.toks) && l.toks[i+1].tok == token.LBRACE {
			y.add(0.9*l.factor, "parameters", Edit{t.end, t.end, "()"})
		}
		if t.tok == token.RPAREN && i+2 < len(l.toks) {
			results := l.toks[i+1 : len(l.toks)-1]
			if len(results) > 2 && l.toks[len(l.toks)-1].tok == token.LBRACE {
				y.add(1.3*l.factor, "results", Edit{t.end, results[len(results)-1].end, " (" + string(y.src[results[0].start:results[len(results)-1].end]) + ")"})
			}
		}
	}
}

// pythonBlock turns "if x:" with an indented body into a block.
func (y *syntaxFix) pythonBlock(l nearLine, last synTok) {
	depth := depthOf(l.text)
	stop := l
	for number := l.number + 1; ; number++ {
		next := y.lineAt(number)
		if next.start >= len(y.src) || strings.TrimSpace(next.text) != "" && depthOf(next.text) <= depth {
			break
		}
		if strings.TrimSpace(next.text) != "" {
			stop = next
		}
	}
	if stop.number > l.number {
		indent := l.text[:len(l.text)-len(strings.TrimLeft(l.text, " \t"))]
		y.add(1.4*l.factor, "block", Edit{last.start, last.end, " {"}, Edit{stop.end, stop.end, "\n" + indent + "}"})
	}
}
