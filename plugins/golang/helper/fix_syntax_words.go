package main

import (
	"go/token"
	"regexp"
	"strings"
)

// goKeywords are the words a misspelt one may stand for, with how often they begin a statement or declaration.
var goKeywords = []string{
	"func", "return", "package", "import", "for", "range", "if", "else", "switch", "case", "default", "struct", "type",
	"var", "const", "interface", "map", "chan", "defer", "go", "break", "continue", "select", "fallthrough",
}

// foreignWords maps words of other languages to Go's; "" deletes the word.
var foreignWords = map[string][]string{
	"while": {"for"}, "foreach": {"for"}, "until": {"for"}, "elif": {"else if"}, "elseif": {"else if"}, "elsif": {"else if"},
	"elsеif": {"else if"}, "def": {"func"}, "function": {"func"}, "fn": {"func"}, "fun": {"func"}, "method": {"func"}, "sub": {"func"},
	"and": {"&&"}, "or": {"||"}, "not": {"!"}, "is": {"=="}, "let": {"", "var"}, "auto": {"", "var"}, "then": {"{", ""},
	"class": {"type"}, "public": {""}, "private": {""}, "static": {""}, "void": {""}, "final": {""}, "export": {""},
	"async": {""}, "await": {""}, "new": {"&"}, "do": {"for", "{"}, "begin": {"{"}, "end": {"}"}, "endif": {"}"}, "fi": {"}"},
	"done": {"}"}, "throw": {"panic"}, "raise": {"panic"}, "include": {"import"}, "using": {"import"}, "require": {"import"},
	"from": {"import"}, "enum": {"const"}, "implements": {""}, "extends": {""}, "yield": {"return"}, "ret": {"return"},
	"when": {"case"}, "match": {"switch"}, "otherwise": {"default"}, "mut": {""}, "elseIf": {"else if"}, "ELSE": {"else"},
	"IF": {"if"}, "FOR": {"for"}, "RETURN": {"return"}, "namespace": {"package"}, "module": {"package"}, "pkg": {"package"},
	"typedef": {"type"}, "lambda": {"func"}, "of": {":= range"}, "in": {":= range"},
}

var (
	forIn        = regexp.MustCompile(`^\s*for\s*\(?\s*(?:let\s+|const\s+|var\s+|auto\s+|int\s+)?(\w+)\s+(?:in|of|:)\s+(range\b\s*)?(\(?)([^{]*?)(\)?)\)?\s*\{?\s*$`)
	forIn2       = regexp.MustCompile(`^\s*for\s*\(?\s*(\w+)\s*,\s*(\w+)\)?\s+(?:in|of)\s+(?:range\s+|enumerate\()?([^{]*?)\)?\s*(\{?)\s*$`)
	forNoOp      = regexp.MustCompile(`^(\s*for\s+\w+(?:\s*,\s*\w+)?)\s+(range\b)`)
	forComma     = regexp.MustCompile(`^\s*for\s+(\w+\s*:?=\s*[^,;{]+),\s*([^,;{]+),\s*([^,;{]+?)\s*\{`)
	forParen     = regexp.MustCompile(`^\s*for\s*\((.*)\)\s*(\{?)\s*$`)
	typedVar     = regexp.MustCompile(`^\s*(int|string|float64|bool|byte|rune|int64|int32|uint|error|\[\]\w+)\s+(\w+)\s*(:?=.*)?;?\s*$`)
	colonVar     = regexp.MustCompile(`^\s*(?:let\s+|var\s+|const\s+)?(\w+)\s*:\s*([\w\[\]*.]+)\s*=\s*(.+?);?\s*$`)
	letVar       = regexp.MustCompile(`^(\s*)(?:let|auto|val|const|var)\s+(?:mut\s+)?(\w+(?:\s*,\s*\w+)*)\s*(:?=)`)
	varDefine    = regexp.MustCompile(`^(\s*)(var|const)\s+(\w+(?:\s*,\s*\w+)*(?:\s+[\w\[\]*.]+)?)\s*:=`)
	ternary      = regexp.MustCompile(`^(\s*)(return\s+|(\w[\w.\[\]]*)\s*(:?=)\s*|var\s+(\w+)\s*=\s*)(.+?)\s*\?\s*(.+?)\s*:\s*(.+?);?\s*$`)
	pyList       = regexp.MustCompile(`(=|return|\(|,)\s*\[([^\[\]]*)\]`)
	elseNext     = regexp.MustCompile(`\}\s*\n\s*(else\b)`)
	interpolated = regexp.MustCompile(`\$?\{[^{}]+\}`)
	twoSteps     = regexp.MustCompile(`(\w+)(\+\+|--)\s*,\s*(\w+)(\+\+|--)`)
	angle        = regexp.MustCompile(`\b(\w+)<([\w\s,*.\[\]]+)>`)
	suffixed     = regexp.MustCompile(`\b(int|string|float64|bool|byte|rune|int64|error|[A-Z]\w*)\s*\[\s*(\d*)\s*\]`)
)

// wordRules repair misspelt keywords and words of other languages on a line.
func (y *syntaxFix) wordRules(l nearLine) {
	for i, t := range l.toks {
		if t.tok != token.IDENT {
			continue
		}
		closeness := l.factor
		if t.end <= y.at+1 || t.start <= y.at {
			closeness *= 1.1
		}
		for _, keyword := range goKeywords {
			like := likeness(t.lit, keyword)
			if len(t.lit) < 2 || editDistance(t.lit, keyword) > 2 || like < 0.2 && editDistance(t.lit, keyword) > 1 {
				continue
			}
			weight := 1.5 * like * closeness
			if i == 0 {
				weight *= 1.4
			}
			if strings.Count(string(y.src), t.lit) > 2 {
				weight *= 0.5
			}
			y.add(weight, "keyword-typo", Edit{t.start, t.end, keyword})
			y.add(weight*0.8, "keyword-typo-all", y.everywhere(t.lit, keyword)...)
		}
		for k, word := range foreignWords[t.lit] {
			end := t.end
			if word == "" {
				for end < len(y.src) && y.src[end] == ' ' {
					end++
				}
			}
			if word == "!" && end < len(y.src) && y.src[end] == ' ' {
				end++
			}
			y.add(1.3*closeness/float64(k+1), "foreign-word", Edit{t.start, end, word})
		}
		y.glued(t, closeness)
	}
	y.foreignLine(l)
	y.foreignTypes(l)
	y.formatString(l)
}

// wordBlocks turn every "then" or "do" at a line's end into an opening brace and every "end" line into a closing one.
func (y *syntaxFix) wordBlocks() {
	var edits []Edit
	for i, t := range y.toks {
		if t.tok != token.IDENT {
			continue
		}
		atEnd := i+1 == len(y.toks) || y.toks[i+1].auto
		switch t.lit {
		case "then", "do", "begin":
			if atEnd {
				edits = append(edits, Edit{t.start, t.end, "{"})
			}
		case "end", "fi", "endif", "done", "endwhile", "endfor":
			if atEnd && startsStatement(y, t) {
				edits = append(edits, Edit{t.start, t.end, "}"})
			}
		}
	}
	if len(edits) > 1 {
		y.add(2, "word-blocks", edits...)
	}
}

// formatString turns f"x is {x}" into a call of fmt.Sprintf.
func (y *syntaxFix) formatString(l nearLine) {
	for i := 0; i+1 < len(l.toks); i++ {
		t, text := l.toks[i], l.toks[i+1]
		if t.lit != "f" && t.lit != "$" || text.tok != token.STRING || text.start != t.end {
			continue
		}
		var args []string
		format := interpolated.ReplaceAllStringFunc(text.lit, func(m string) string {
			args = append(args, strings.Trim(m, "${}"))
			return "%v"
		})
		edits := []Edit{{t.start, text.end, "fmt.Sprintf(" + strings.Join(append([]string{format}, args...), ", ") + ")"}}
		if !y.names["fmt"] && len(y.toks) > 1 && !strings.Contains(string(y.src), `"fmt"`) {
			edits = append(edits, Edit{y.toks[1].end, y.toks[1].end, "\n\nimport \"fmt\""})
		}
		y.add(1.8*l.factor, "format-string", edits...)
	}
}

// everywhere replaces every identifier of the file that is spelt like word.
func (y *syntaxFix) everywhere(word, by string) []Edit {
	var edits []Edit
	for _, t := range y.toks {
		if t.tok == token.IDENT && t.lit == word {
			edits = append(edits, Edit{t.start, t.end, by})
		}
	}
	if len(edits) < 2 {
		return nil
	}
	return edits
}

// glued splits a keyword that grew into the next word (returnx, funcmain, elseif).
func (y *syntaxFix) glued(t synTok, closeness float64) {
	for _, keyword := range goKeywords {
		if rest, ok := strings.CutPrefix(t.lit, keyword); ok && rest != "" && len(keyword) > 2 {
			weight := 0.25
			if y.names[rest] || keyword == "func" || rest == "if" {
				weight = 0.9
			}
			y.add(weight*closeness, "split-keyword", Edit{t.start, t.end, keyword + " " + rest})
		}
	}
}

// foreignLine rewrites whole lines that have the shape of another language.
func (y *syntaxFix) foreignLine(l nearLine) {
	indent := l.text[:len(l.text)-len(strings.TrimLeft(l.text, " \t"))]
	whole := func(weight float64, rule, text string) {
		y.add(weight*l.factor, rule, Edit{l.start, l.end, indent + text})
	}
	if m := forIn2.FindStringSubmatch(l.text); m != nil {
		whole(2, "for-in", "for "+m[1]+", "+m[2]+" := range "+strings.TrimSpace(m[3])+" {")
	} else if m := forIn.FindStringSubmatch(l.text); m != nil {
		x := strings.TrimSpace(m[4])
		if m[2] != "" && m[3] != "" {
			if from, to, two := strings.Cut(x, ","); two {
				whole(2, "for-in-range", "for "+m[1]+" := "+strings.TrimSpace(from)+"; "+m[1]+" < "+strings.TrimSpace(to)+"; "+m[1]+"++ {")
			}
			whole(1.6, "for-in-range", "for "+m[1]+" := range "+x+" {")
		} else if m[2] != "" {
			whole(1.6, "for-in-range", "for "+m[1]+" := range "+x+" {")
			whole(1.5, "for-in-range", "for _, "+m[1]+" := range "+x+" {")
		} else {
			whole(1.6, "for-in", "for _, "+m[1]+" := range "+x+" {")
			whole(1.2, "for-in", "for "+m[1]+" := range "+x+" {")
		}
	}
	if m := forNoOp.FindStringSubmatchIndex(l.text); m != nil {
		at := l.start + m[4]
		y.add(1.5*l.factor, "for-define", Edit{at, at, ":= "})
	}
	if m := forComma.FindStringSubmatch(l.text); m != nil {
		whole(1.8, "for-semicolons", "for "+strings.TrimSpace(m[1])+"; "+strings.TrimSpace(m[2])+"; "+m[3]+" {")
	}
	if m := forParen.FindStringSubmatch(l.text); m != nil {
		head := strings.TrimSpace(m[1])
		for _, kind := range []string{"int ", "let ", "var "} {
			if rest, ok := strings.CutPrefix(head, kind); ok {
				head = strings.Replace(rest, "=", ":=", 1)
			}
		}
		whole(1.8, "for-parentheses", "for "+strings.Replace(head, "::=", ":=", 1)+" {")
	}
	if m := typedVar.FindStringSubmatch(l.text); m != nil {
		whole(1.4, "type-first", "var "+m[2]+" "+m[1]+" "+strings.TrimSuffix(strings.TrimPrefix(m[3], ":"), ";"))
	}
	if m := colonVar.FindStringSubmatch(l.text); m != nil && token.Lookup(m[1]) == token.IDENT {
		whole(1.3, "colon-type", "var "+m[1]+" "+m[2]+" = "+m[3])
	}
	if m := letVar.FindStringSubmatch(l.text); m != nil {
		rest := l.text[len(m[0]):]
		whole(1.6, "let", m[2]+" := "+strings.TrimSpace(strings.TrimSuffix(rest, ";")))
	}
	if m := varDefine.FindStringSubmatchIndex(l.text); m != nil {
		at := l.start + strings.Index(l.text, ":=")
		weight := 1.5
		if l.text[m[4]:m[5]] == "const" || m[2] == m[3] || strings.Contains(strings.TrimSpace(l.text[m[6]:m[7]]), " ") {
			weight = 2.2
		}
		y.add(weight*l.factor, "var-equals", Edit{at, at + 2, "="})
	}
	if m := twoSteps.FindStringSubmatchIndex(l.text); m != nil {
		a, b := l.text[m[2]:m[3]], l.text[m[6]:m[7]]
		text := a + ", " + b + " = " + a + l.text[m[4]:m[4]+1] + "1, " + b + l.text[m[8]:m[8]+1] + "1"
		y.add(2.2*l.factor, "parallel-steps", Edit{l.start + m[0], l.start + m[1], text})
	}
	y.ternaryLine(l, whole)
}

// ternaryLine writes c ? a : b as statements.
func (y *syntaxFix) ternaryLine(l nearLine, whole func(float64, string, string)) {
	m := ternary.FindStringSubmatch(l.text)
	if m == nil {
		return
	}
	indent, cond, yes, no := m[1], m[6], m[7], m[8]
	if strings.HasPrefix(cond, "(") && strings.HasSuffix(cond, ")") {
		cond = cond[1 : len(cond)-1]
	}
	switch {
	case strings.HasPrefix(m[2], "return"):
		whole(2, "ternary", "if "+cond+" {\n"+indent+"\treturn "+yes+"\n"+indent+"}\n"+indent+"return "+no)
	case m[3] != "":
		whole(2, "ternary", m[3]+" "+m[4]+" "+no+"\n"+indent+"if "+cond+" {\n"+indent+"\t"+m[3]+" = "+yes+"\n"+indent+"}")
	case m[5] != "":
		whole(2, "ternary", "var "+m[5]+" = "+no+"\n"+indent+"if "+cond+" {\n"+indent+"\t"+m[5]+" = "+yes+"\n"+indent+"}")
	}
}

// foreignTypes rewrites List<int>, int[] and [1, 2].
func (y *syntaxFix) foreignTypes(l nearLine) {
	for _, m := range angle.FindAllStringSubmatchIndex(l.text, -1) {
		name, args := l.text[m[2]:m[3]], l.text[m[4]:m[5]]
		text := name + "[" + args + "]"
		switch strings.ToLower(name) {
		case "map", "hashmap", "dict":
			if k, v, ok := strings.Cut(args, ","); ok {
				text = "map[" + strings.TrimSpace(k) + "]" + strings.TrimSpace(v)
			}
		case "list", "vector", "array", "vec", "slice":
			if !y.names[name] || strings.Count(string(y.src), "type "+name) == 0 {
				text = "[]" + args
			}
		}
		y.add(1.5*l.factor, "angle-brackets", Edit{l.start + m[0], l.start + m[1], text})
	}
	for _, m := range suffixed.FindAllStringSubmatchIndex(l.text, -1) {
		y.add(1.1*l.factor, "brackets-first", Edit{l.start + m[0], l.start + m[1], "[" + l.text[m[4]:m[5]] + "]" + l.text[m[2]:m[3]]})
	}
	for _, m := range pyList.FindAllStringSubmatchIndex(l.text, -1) {
		items := l.text[m[4]:m[5]]
		kind := "int"
		first, _, _ := strings.Cut(strings.TrimSpace(items), ",")
		switch {
		case strings.HasPrefix(first, `"`):
			kind = "string"
		case strings.Contains(first, "."):
			kind = "float64"
		case first == "true" || first == "false":
			kind = "bool"
		}
		y.add(1.2*l.factor, "list-literal", Edit{l.start + m[4] - 1, l.start + m[5] + 1, "[]" + kind + "{" + items + "}"})
	}
}
