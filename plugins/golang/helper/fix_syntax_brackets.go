package main

import (
	"go/token"
	"go/types"
	"strings"
)

var closers = map[token.Token]string{token.LPAREN: ")", token.LBRACK: "]", token.LBRACE: "}"}

var openers = map[token.Token]token.Token{token.RPAREN: token.LPAREN, token.RBRACK: token.LBRACK, token.RBRACE: token.LBRACE}

// bracketRules balance the parentheses and brackets of a line.
func (y *syntaxFix) bracketRules(l nearLine) {
	var open []synTok
	var stray []synTok
	for _, t := range l.toks {
		switch t.tok {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			open = append(open, t)
		case token.RPAREN, token.RBRACK, token.RBRACE:
			switch {
			case len(open) > 0 && open[len(open)-1].tok == openers[t.tok]:
				open = open[:len(open)-1]
			case len(open) > 0 && t.tok != token.RBRACE:
				o := open[len(open)-1]
				y.add(1.4*l.factor, "other-bracket", Edit{t.start, t.end, closers[o.tok]})
				y.add(1.4*l.factor, "other-bracket", Edit{o.start, o.end, openers[t.tok].String()})
				stray = append(stray, t)
			default:
				stray = append(stray, t)
			}
		}
	}
	for _, o := range open {
		y.closeBracket(l, o)
	}
	for _, s := range stray {
		y.strayBracket(l, s)
	}
	if len(open) == 0 && len(stray) == 0 {
		y.swappedBrackets(l)
	}
}

// closeBracket closes a bracket that stays open on its line, at every token end behind it.
func (y *syntaxFix) closeBracket(l nearLine, o synTok) {
	text := closers[o.tok]
	last := l.toks[len(l.toks)-1]
	base := 1.0
	if o.tok == token.LBRACE {
		if o == last {
			return
		}
		base = 0.6
	}
	if o == last && o.tok != token.LBRACK {
		base = 0.25
	}
	for i, t := range l.toks {
		if t.start < o.start {
			continue
		}
		weight := 0.3
		next := synTok{tok: token.EOF}
		if i+1 < len(l.toks) {
			next = l.toks[i+1]
		}
		switch {
		case next.tok == token.EOF && t.tok != token.LBRACE && t.tok != token.COMMA:
			weight = 1.6
		case next.tok == token.LBRACE && i+2 == len(l.toks):
			weight = 1.6
		case next.tok == token.COMMA && i+2 == len(l.toks), next.tok == token.SEMICOLON:
			weight = 1.4
		case next.tok == token.RPAREN || next.tok == token.RBRACK || next.tok == token.RBRACE:
			weight = 0.8
		case next.tok.IsOperator() && next.tok != token.PERIOD && next.tok != token.COMMA:
			weight = 0.6
		}
		if o.tok == token.LBRACK {
			weight = 0.4
			if t.start > o.start && (next.tok == token.ASSIGN || next.tok == token.DEFINE || next.tok.Precedence() > 0 || next.tok == token.RPAREN || next.tok == token.EOF || next.tok == token.INC || next.tok == token.IDENT || next.tok == token.LBRACE || next.tok == token.PERIOD || next.tok == token.ADD_ASSIGN || next.tok == token.COMMA) {
				weight = 1.4 / float64(1+(t.start-o.start)/8)
			}
		}
		y.add(base*weight*l.factor, "close-bracket", Edit{t.end, t.end, text})
	}
	y.add(0.5*l.factor, "drop-bracket", Edit{o.start, o.end, ""})
	if o.tok == token.LBRACK {
		y.splitKeyType(l, o)
	}
}

// splitKeyType closes the bracket of map[stringint between the two types.
func (y *syntaxFix) splitKeyType(l nearLine, o synTok) {
	for _, t := range l.toks {
		if t.tok != token.IDENT || t.start != o.end {
			continue
		}
		for _, name := range []string{"string", "int64", "int32", "int", "rune", "byte", "bool", "float64", "any", "error", "uint"} {
			if rest, ok := strings.CutPrefix(t.lit, name); ok && rest != "" {
				at := t.start + len(name)
				y.add(1.8*l.factor, "close-bracket", Edit{at, at, "]"})
			}
		}
	}
}

// strayBracket removes a closing bracket that nothing opens, or opens it.
func (y *syntaxFix) strayBracket(l nearLine, s synTok) {
	y.add(1.6*l.factor, "drop-bracket", Edit{s.start, s.end, ""})
	opener := map[token.Token]string{token.RPAREN: "(", token.RBRACK: "[", token.RBRACE: "{"}[s.tok]
	for i, t := range l.toks {
		if t.start >= s.start {
			break
		}
		weight := 0.35
		if t.tok == token.IDENT && s.tok == token.RPAREN && i+1 < len(l.toks) && l.toks[i+1].start > t.end-1 {
			weight = 0.9
			if i+1 < len(l.toks) && beginsOperand(l.toks[i+1]) {
				weight = 1.4
			}
		}
		if s.tok == token.RBRACK && t.tok == token.IDENT && i+1 < len(l.toks) && beginsOperand(l.toks[i+1]) {
			weight = 1.4
		}
		if t.tok == token.IDENT {
			y.splitName(l, t, opener)
		}
		if s.tok == token.RBRACE && t.tok == token.IDENT && i+1 < len(l.toks) && l.toks[i+1] == s {
			weight = 1.3
		}
		end := t.end
		if i+1 < len(l.toks) && beginsOperand(l.toks[i+1]) && weight > 0.5 {
			end = l.toks[i+1].start
		}
		y.add(weight*l.factor, "open-bracket", Edit{t.end, end, opener})
		y.add(0.2*l.factor, "open-bracket", Edit{t.start, t.start, opener})
	}
	if s.tok == token.RBRACK {
		y.add(1.3*l.factor, "open-bracket", Edit{s.start, s.start, opener})
	}
}

// splitName puts an opening bracket between two names of the file that were run together (lenxs) -> len(xs)).
func (y *syntaxFix) splitName(l nearLine, t synTok, opener string) {
	for k := 1; k < len(t.lit); k++ {
		head, tail := t.lit[:k], t.lit[k:]
		headKnown := y.names[head] || types.Universe.Lookup(head) != nil
		tailKnown := y.names[tail] || strings.Trim(tail, "0123456789") == ""
		switch {
		case headKnown && tailKnown:
			y.add(1.5*l.factor, "open-bracket", Edit{t.start + k, t.start + k, opener})
		case (headKnown || tailKnown) && k > 1:
			y.add(0.7*l.factor, "open-bracket", Edit{t.start + k, t.start + k, opener})
		}
	}
}

// swappedBrackets exchanges one bracket kind for another around the error: xs(i], f[x).
func (y *syntaxFix) swappedBrackets(l nearLine) {
	for _, t := range l.toks {
		if t.tok == token.LPAREN && strings.Contains(y.msg, "']'") || t.tok == token.LBRACK && strings.Contains(y.msg, "')'") {
			y.add(0.5*l.factor, "other-bracket", Edit{t.start, t.end, map[token.Token]string{token.LPAREN: "[", token.LBRACK: "("}[t.tok]})
		}
	}
}

// braceRules put or remove a brace in the declarations before the error, where the indentation says.
func (y *syntaxFix) braceRules() {
	first, last := y.region()
	for number := first; number <= last; number++ {
		l := y.lineAt(number)
		trimmed := strings.TrimSpace(l.text)
		if trimmed == "" {
			continue
		}
		depth := depthOf(l.text)
		for _, pair := range []string{"{{", "((", "[["} {
			if at := strings.Index(l.text, pair); at >= 0 && number < y.line-1 {
				y.add(0.9, "doubled-bracket", Edit{l.start + at, l.start + at + 1, ""})
			}
		}
		if topLevelLine(l.text) && number > 1 {
			y.closeAbove(l)
		}
		next, ok := y.nextLine(number, last+1)
		nextDepth := 0
		if ok {
			nextDepth = depthOf(next.text)
		}
		for d := depth; d >= 0; d-- {
			weight := 0.12
			if d < depth && d >= nextDepth || d == depth-1 && nextDepth < depth {
				weight = 0.9
			}
			if strings.HasPrefix(strings.TrimSpace(next.text), "}") && nextDepth == d {
				weight *= 0.35
			}
			if d == depth && !strings.HasSuffix(trimmed, "{") {
				weight *= 0.4
			}
			if depth-d > 1 {
				weight *= 0.5
			}
			end := l.end
			y.add(weight, "close-brace", Edit{end, end, "\n" + strings.Repeat("\t", d) + "}"})
		}
		y.closerRules(l, trimmed)
	}
	if end := len(strings.TrimRight(string(y.src), " \t\r\n")); y.at >= end-1 {
		y.add(0.9, "close-brace", Edit{end, end, "\n}"})
		y.add(0.6, "close-braces", Edit{end, end, "\n\t}\n}"})
		y.add(0.4, "close-braces", Edit{end, end, "\n\t\t}\n\t}\n}"})
		y.add(0.5, "close-paren", Edit{end, end, "\n)"})
	}
}

// closeAbove ends the declaration in front of a top-level one when it stops at an indented line.
func (y *syntaxFix) closeAbove(l nearLine) {
	for number := l.number - 1; number > 0; number-- {
		above := y.lineAt(number)
		trimmed := strings.TrimSpace(above.text)
		if trimmed == "" || strings.HasPrefix(trimmed, "//") {
			continue
		}
		if depthOf(above.text) > 0 {
			y.add(2, "close-declaration", Edit{above.end, above.end, "\n}"})
		}
		return
	}
}

// closerRules treat lines that hold closing brackets only: drop them, or change or complete them.
func (y *syntaxFix) closerRules(l nearLine, trimmed string) {
	if strings.Trim(trimmed, "})],;") != "" {
		if strings.HasSuffix(trimmed, "{") && l.number < y.line {
			at := l.code()
			y.add(0.1, "drop-brace", Edit{at - 1, at, ""})
		}
		return
	}
	weight := 0.45
	if l.number >= y.line-2 {
		weight = 0.8
	}
	y.add(weight, "drop-line", Edit{l.start, min(l.end+1, len(y.src)), ""})
	at := l.end - len(l.text) + strings.Index(l.text, trimmed)
	switch trimmed {
	case "}":
		y.add(0.6*weight, "closer", Edit{at, at + 1, "})"})
		y.add(0.5*weight, "closer", Edit{at, at + 1, "}()"})
		y.add(0.4*weight, "closer", Edit{at, at + 1, "},"})
		y.add(0.3*weight, "closer", Edit{at, at + 1, ")"})
	case ")":
		y.add(0.6*weight, "closer", Edit{at, at + 1, "}"})
		y.add(0.5*weight, "closer", Edit{at, at + 1, "})"})
	case "})":
		y.add(0.7*weight, "closer", Edit{at, at + 2, "}"})
		y.add(0.5*weight, "closer", Edit{at, at + 2, "}))"})
	case "]":
		y.add(0.7*weight, "closer", Edit{at, at + 1, "}"})
	case "}}":
		y.add(0.7*weight, "closer", Edit{at, at + 2, "}"})
	}
}

// region returns the lines from the top-level declaration before the error to the error.
func (y *syntaxFix) region() (first, last int) {
	last = y.line
	first = last
	seen := 0
	for number := last; number >= 1; number-- {
		text := y.lineAt(number).text
		if topLevelLine(text) {
			first = number
			// an unclosed function swallows the head of the next one, so the cause may be one declaration further up
			if seen++; seen > 2 || seen == 2 && number < last-60 {
				break
			}
		}
		if last-number > 150 {
			break
		}
		first = number
	}
	return first, last
}

// topLevelLine tells whether a line begins a top-level declaration.
func topLevelLine(text string) bool {
	for _, word := range []string{"func ", "type ", "var ", "const ", "import ", "func("} {
		if strings.HasPrefix(text, word) {
			return true
		}
	}
	return false
}

// nextLine returns the next line that is not blank.
func (y *syntaxFix) nextLine(number, limit int) (nearLine, bool) {
	for n := number + 1; n <= limit; n++ {
		l := y.lineAt(n)
		if strings.TrimSpace(l.text) != "" {
			return l, true
		}
		if l.start >= len(y.src) {
			break
		}
	}
	return nearLine{}, false
}

// structureRules repair breaks between lines that parsers report far from their cause.
func (y *syntaxFix) structureRules() {
	text := string(y.src)
	for _, m := range elseNext.FindAllStringSubmatchIndex(text, -1) {
		y.add(1.6, "else-on-line", Edit{m[0] + 1, m[2], " "})
	}
	// an opening brace on a line of its own belongs to the line before it
	for _, t := range y.toks {
		if t.tok != token.LBRACE || strings.TrimSpace(text[startOfLine(y.src, t.start):t.start]) != "" {
			continue
		}
		at := startOfLine(y.src, t.start)
		head := strings.TrimRight(text[:at], " \t\r\n")
		if last := head[startOfLine(y.src, max(0, len(head)-1)):]; isBlockHead(last) {
			y.add(1.7, "brace-on-line", Edit{len(head), t.end, " {"})
		}
	}
}

// isBlockHead tells whether a line begins a statement or declaration that has a body.
func isBlockHead(line string) bool {
	words := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' || r == '(' || r == '{' })
	for _, w := range words {
		switch w {
		case "func", "if", "for", "switch", "select", "else", "struct", "interface":
			return true
		}
	}
	return false
}
