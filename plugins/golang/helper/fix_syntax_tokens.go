package main

import (
	"go/token"
	"strings"
	"unicode/utf8"
)

// literalRules repair texts, runes and comments that do not end, and signs that are not Go's.
func (y *syntaxFix) literalRules() {
	l := y.lineAt(y.line)
	l.factor = 1
	switch {
	case strings.Contains(y.litMsg, "string literal not terminated") && y.litAt < len(y.src) && y.src[y.litAt] == '`':
		y.closeRaw()
	case strings.Contains(y.litMsg, "string literal not terminated"):
		y.closeQuote(l, '"')
	case strings.Contains(y.litMsg, "rune literal"):
		y.runeRules(l)
	case strings.Contains(y.litMsg, "comment not terminated"):
		y.closeComment()
	case strings.Contains(y.litMsg, "escape"):
		y.escapes(l)
	case strings.Contains(y.litMsg, "illegal character"), strings.Contains(y.litMsg, "curly quotation"),
		y.index < len(y.toks) && y.toks[y.index].tok == token.ILLEGAL && y.toks[y.index].start == y.at:
		if y.litMsg == "" {
			y.litAt = y.at
		}
		y.illegalSign()
	}
	y.quoteSigns(l)
}

// closeQuote ends a text at every place behind which punctuation or the line end follows; or begins it before a word.
func (y *syntaxFix) closeQuote(l nearLine, quote byte) {
	sign := string(quote)
	code := len(strings.TrimRight(l.text, " \t"))
	start := y.litAt - l.start
	tail := l.text[start:code]
	for cut := len(tail); cut > 0; cut-- {
		rest := tail[cut:]
		if strings.Trim(rest, ")]},;:{ .+") != "" {
			if !strings.ContainsAny(rest[:1], "),]}:") {
				continue
			}
		}
		weight := 0.25
		head := l.text[:start]
		if balanced(head+rest) && cut > 1 {
			weight = 1.6
		}
		if cut == 1 {
			weight = 0.2
		}
		at := l.start + start + cut
		y.add(weight, "close-quote", Edit{at, at, sign})
	}
	// the quote may be the closing one of a text that lacks its opening one
	for i := start - 1; i >= 0; i-- {
		if i == 0 || strings.ContainsRune("(,=+:[{ \t", rune(l.text[i-1])) {
			weight := 0.5
			if i > 0 && strings.ContainsRune("(,=+:[{", rune(l.text[i-1])) {
				weight = 1.1
			}
			y.add(weight, "open-quote", Edit{l.start + i, l.start + i, sign})
		}
	}
	y.add(0.5, "drop-quote", Edit{y.litAt, y.litAt + 1, ""})
	y.add(0.3, "raw-text", Edit{y.litAt, y.litAt + 1, "`"}, Edit{l.start + code, l.start + code, "`"})
}

// balanced tells whether the brackets of a line pair up, an opening brace at its end left open.
func balanced(text string) bool {
	depth := 0
	quote := false
	text = strings.TrimSuffix(strings.TrimSpace(text), "{")
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			quote = !quote
		case '\\':
			i++
		case '(', '[', '{':
			if !quote {
				depth++
			}
		case ')', ']', '}':
			if !quote {
				depth--
			}
		}
		if depth < 0 {
			return false
		}
	}
	return depth == 0
}

// closeRaw ends a raw text at the end of one of the lines it swallowed.
func (y *syntaxFix) closeRaw() {
	at := y.litAt
	for n := range 40 {
		end := endOfLine(y.src, at)
		code := len(strings.TrimRight(string(y.src[:end]), " \t\r\n"))
		for k := 0; k < 3 && code-k > y.litAt; k++ {
			if k > 0 && !strings.ContainsRune(")},", rune(y.src[code-k])) {
				break
			}
			y.add(0.9/float64(1+n+k), "close-raw", Edit{code - k, code - k, "`"})
		}
		if end >= len(y.src) {
			break
		}
		at = end
	}
	y.add(0.4, "raw-to-quote", Edit{y.litAt, y.litAt + 1, `"`})
}

// runeRules turn 'text' into "text", and end a rune.
func (y *syntaxFix) runeRules(l nearLine) {
	text := l.text
	for i := 0; i < len(text); i++ {
		if text[i] != '\'' {
			continue
		}
		if k := strings.IndexByte(text[i+1:], '\''); k >= 0 {
			body := text[i+1 : i+1+k]
			if utf8.RuneCountInString(body) != 1 && !strings.HasPrefix(body, `\`) {
				weight := 1.9
				if body == "" {
					y.add(0.5, "blank-rune", Edit{l.start + i, l.start + i + 2, "' '"})
				}
				y.add(weight, "text-quotes", Edit{l.start + i, l.start + i + k + 2, `"` + strings.ReplaceAll(body, `"`, `\"`) + `"`})
			}
			i += k + 1
		}
	}
	var all []Edit
	for i, in := 0, false; i < len(text); i++ {
		if text[i] == '"' {
			in = !in
		}
		if text[i] == '\'' && !in {
			all = append(all, Edit{l.start + i, l.start + i + 1, `"`})
		}
	}
	if len(all) > 1 {
		y.add(1.5, "text-quotes", all...)
	}
	at := y.litAt - l.start
	if at+1 < len(text) {
		_, size := utf8.DecodeRuneInString(text[at+1:])
		if text[at+1] == '\\' {
			size = 2
		}
		pos := y.litAt + 1 + size
		y.add(1.2, "close-rune", Edit{pos, pos, "'"})
		y.add(0.4, "drop-quote", Edit{y.litAt, y.litAt + 1, ""})
	}
	for i := at - 1; i >= max(0, at-4); i-- {
		y.add(0.6, "open-rune", Edit{l.start + i, l.start + i, "'"})
	}
	y.closeQuote(l, '\'')
}

// closeComment ends a comment on the line it begins on, or turns it into a line comment.
func (y *syntaxFix) closeComment() {
	at := y.litAt
	for n := range 30 {
		end := endOfLine(y.src, at)
		code := len(strings.TrimRight(string(y.src[:end]), " \t\r\n"))
		y.add(0.9/float64(n+1), "close-comment", Edit{code, code, " */"})
		if end >= len(y.src) {
			break
		}
		at = end
	}
	y.add(0.8, "line-comment", Edit{y.litAt, y.litAt + 2, "//"})
}

// escapes double the backslashes of a text, or make it raw.
func (y *syntaxFix) escapes(l nearLine) {
	if at := strings.IndexByte(l.text[max(0, y.litAt-l.start):], '\\'); at >= 0 {
		pos := y.litAt + at
		y.add(1.5, "escape", Edit{pos, pos, `\`})
		y.add(0.4, "drop-backslash", Edit{pos, pos + 1, ""})
	}
	before := l.text[:min(y.litAt-l.start, len(l.text))]
	open := strings.LastIndexByte(before, '"')
	if open < 0 && y.litAt-l.start < len(l.text) && l.text[y.litAt-l.start] == '"' {
		open = y.litAt - l.start
	}
	if open < 0 {
		return
	}
	if end := strings.IndexByte(l.text[open+1:], '"'); end >= 0 {
		body := l.text[open+1 : open+1+end]
		y.add(1.6, "raw-text", Edit{l.start + open, l.start + open + end + 2, "`" + body + "`"})
		y.add(1.2, "escape-all", Edit{l.start + open + 1, l.start + open + 1 + end, strings.ReplaceAll(body, `\`, `\\`)})
	}
}

// illegalSign removes or replaces a sign that no token begins with.
func (y *syntaxFix) illegalSign() {
	_, size := utf8.DecodeRune(y.src[y.litAt:])
	y.add(1, "drop-sign", Edit{y.litAt, y.litAt + size, ""})
	sign := string(y.src[y.litAt : y.litAt+size])
	replace := map[string][]string{
		"#": {"//"}, "$": {""}, "@": {""}, "?": {""}, "“": {`"`}, "”": {`"`}, "‘": {"'"}, "’": {"'"}, "–": {"-"}, "—": {"-"},
		"×": {"*"}, "÷": {"/"}, "≤": {"<="}, "≥": {">="}, "≠": {"!="}, "→": {"->", ":="}, "…": {"..."}, "，": {","}, "；": {";"},
		"：": {":"}, "（": {"("}, "）": {")"}, "｛": {"{"}, "｝": {"}"}, "\u00a0": {" "}, "´": {"'"}, "¬": {"!"}, "∧": {"&&"}, "∨": {"||"},
	}
	for _, by := range replace[sign] {
		y.add(1.8, "sign", Edit{y.litAt, y.litAt + size, by})
	}
	if sign == "#" {
		y.add(1.9, "line-comment", Edit{y.litAt, y.litAt + size, "//"})
	}
}

// quoteSigns turn every typographic quote of a line into a plain one.
func (y *syntaxFix) quoteSigns(l nearLine) {
	if strings.ContainsAny(l.text, "“”‘’„«»") {
		text := strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "‘", "'", "’", "'", "«", `"`, "»", `"`).Replace(l.text)
		y.add(1.9, "plain-quotes", Edit{l.start, l.end, text})
	}
}

// tokenRules insert, delete and replace single tokens around the error: the fallback for what no rule names.
func (y *syntaxFix) tokenRules() {
	inserts := []struct {
		text   string
		weight float64
	}{
		{"{", 0.12}, {"}", 0.12}, {"(", 0.12}, {")", 0.16}, {"[", 0.08}, {"]", 0.12}, {",", 0.14}, {":", 0.1}, {";", 0.08},
		{".", 0.06}, {"=", 0.1}, {":=", 0.1}, {"==", 0.06}, {"+", 0.05}, {"&&", 0.05}, {"||", 0.04}, {"range", 0.05},
		{"func", 0.05}, {"return", 0.03}, {"var", 0.04}, {"type", 0.03}, {"struct", 0.04}, {"map", 0.03}, {"chan", 0.03}, {"if", 0.03}, {"*", 0.03},
		{"()", 0.06}, {"{}", 0.04}, {"_", 0.04}, {"else", 0.03}, {"for", 0.03}, {"interface", 0.02}, {"int", 0.01}, {"string", 0.01},
	}
	for i := max(0, y.index-8); i < min(len(y.toks), y.index+4); i++ {
		t := y.toks[i]
		distance := float64(y.index - i)
		if distance < 0 {
			distance = -distance + 0.5
		}
		near := 1 / (1 + 0.5*distance)
		if !t.auto {
			weight := 0.2
			if t.tok == token.IDENT || t.tok.IsLiteral() {
				weight = 0.07
			}
			y.add(weight*near, "delete-token", Edit{t.start, t.end, ""})
		} else {
			y.joinLines(t, near)
		}
		for _, in := range inserts {
			y.add(in.weight*near, "insert-token", Edit{t.start, t.start, in.text + " "})
		}
		if i+1 < len(y.toks) && !t.auto && !y.toks[i+1].auto {
			next := y.toks[i+1]
			y.add(0.06*near, "swap-tokens", Edit{t.start, next.end, string(y.src[next.start:next.end]) + " " + string(y.src[t.start:t.end])})
		}
		y.replaceToken(t, near)
	}
	l := y.lineAt(y.line)
	y.add(0.02, "delete-line", Edit{l.start, min(l.end+1, len(y.src)), ""})
}

// joinLines removes the newline that ends a statement too early.
func (y *syntaxFix) joinLines(t synTok, near float64) {
	end := t.start
	for end < len(y.src) && strings.ContainsRune(" \t\r\n", rune(y.src[end])) {
		end++
	}
	y.add(0.3*near, "join-lines", Edit{t.start, end, " "})
	y.add(0.15*near, "join-lines", Edit{t.start, end, ""})
	// an operator that begins the next line belongs to the end of this one
	if end < len(y.src) && strings.ContainsRune("+-*/&|.=<>%", rune(y.src[end])) {
		stop := end
		for stop < len(y.src) && strings.ContainsRune("+-*/&|.=<>%", rune(y.src[stop])) {
			stop++
		}
		op := string(y.src[end:stop])
		lead := " "
		if op == "." {
			lead = ""
		}
		y.add(1.5*near, "operator-at-end", Edit{t.start, t.start, lead + op}, Edit{end, stop, ""})
	}
}

// replaceToken exchanges brackets, separators and operators for their neighbours.
func (y *syntaxFix) replaceToken(t synTok, near float64) {
	groups := []string{"{ ( [", "} ) ]", ", ; : .", "= := == !=", "< > <= >= <-", "+ - * /", "&& & || |"}
	for _, group := range groups {
		members := strings.Fields(group)
		for _, m := range members {
			if m != t.lit {
				continue
			}
			for _, other := range members {
				if other != m {
					y.add(0.14*near, "replace-token", Edit{t.start, t.end, other})
				}
			}
		}
	}
	if t.tok.IsKeyword() {
		y.add(0.1*near, "keyword-as-name", Edit{t.start, t.end, t.lit + "_"})
		if short, ok := map[token.Token]string{token.TYPE: "kind", token.RANGE: "rng", token.FUNC: "fn", token.MAP: "m", token.VAR: "v", token.PACKAGE: "pkg", token.DEFAULT: "def", token.INTERFACE: "iface", token.SELECT: "sel", token.IMPORT: "imp"}[t.tok]; ok {
			var all []Edit
			for _, other := range y.toks {
				if other.tok == t.tok && (other == t || !startsStatement(y, other)) {
					all = append(all, Edit{other.start, other.end, short})
				}
			}
			y.add(0.3*near, "keyword-as-name", all...)
		}
	}
}

// startsStatement tells whether a token begins a line.
func startsStatement(y *syntaxFix, t synTok) bool {
	return strings.TrimSpace(string(y.src[startOfLine(y.src, t.start):t.start])) == ""
}
