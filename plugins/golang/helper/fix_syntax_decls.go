package main

import (
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
)

var (
	funcHead    = regexp.MustCompile(`^(\w+)\s*\(.*\).*\{\s*$`)
	methodHead  = regexp.MustCompile(`^\(\w+\s+\*?\w+(\[\w+\])?\)\s*\w+\s*\(.*\{\s*$`)
	typeHead    = regexp.MustCompile(`^([A-Za-z]\w*)\s+(struct|interface)\b`)
	assignHead  = regexp.MustCompile(`^([A-Za-z]\w*)(\s+[\w\[\]*.]+)?\s*(:?=)[^=]`)
	bareImport  = regexp.MustCompile(`^(\s*)import\s+([A-Za-z][\w/]*)\s*;?\s*$`)
	looseImport = regexp.MustCompile(`^\s*"[\w./-]+"\s*$`)
	typeEquals  = regexp.MustCompile(`^type\s+\w+\s*(:?=|:)\s*(struct|interface|func|map|\[)`)
	structOrder = regexp.MustCompile(`^(type\s+)?(struct|interface)\s+(\w+)\s*\{?`)
	funcReceive = regexp.MustCompile(`^func\s+(\*?\w+)\.(\w+)\s*\(`)
)

// declarationRules repair what stands at the top level: package clause, imports, declarations without their keyword.
func (y *syntaxFix) declarationRules() {
	y.packageRules()
	for _, l := range y.nearLines() {
		y.topRules(l)
	}
	y.importOrder()
	y.literalType()
}

// packageRules put or repair the package clause.
func (y *syntaxFix) packageRules() {
	if len(y.toks) == 0 {
		return
	}
	name := y.pkgName
	if name == "" {
		name = packageNameFor(y.file.Path, string(y.src))
	}
	first := y.toks[0]
	switch {
	case first.tok == token.PACKAGE && len(y.toks) > 1 && y.toks[1].tok != token.IDENT:
		y.add(1.8, "package-name", Edit{first.end, first.end, " " + name})
		if y.toks[1].tok == token.STRING {
			y.add(1.9, "package-name", Edit{y.toks[1].start, y.toks[1].end, strings.Trim(y.toks[1].lit, `"`)})
		}
	case first.tok != token.PACKAGE:
		if first.tok == token.IMPORT || first.tok == token.FUNC || first.tok == token.TYPE || first.tok == token.VAR || first.tok == token.CONST {
			y.add(2, "package-clause", Edit{first.start, first.start, "package " + name + "\n\n"})
		} else {
			y.add(0.4, "package-clause", Edit{first.start, first.start, "package " + name + "\n\n"})
			y.add(0.5, "package-keyword", Edit{first.start, first.start, "package "})
		}
	}
}

// packageNameFor guesses a package's name from what it declares and where it is.
func packageNameFor(path, text string) string {
	if strings.Contains(text, "func main()") {
		return "main"
	}
	name := strings.ToLower(filepath.Base(filepath.Dir(path)))
	name = regexp.MustCompile(`[^a-z0-9_]`).ReplaceAllString(name, "")
	if name == "" || name[0] >= '0' && name[0] <= '9' {
		return "p"
	}
	return name
}

// topRules repair a line that begins a declaration.
func (y *syntaxFix) topRules(l nearLine) {
	if strings.TrimLeft(l.text, " \t") != l.text {
		if m := bareImport.FindStringSubmatch(l.text); m == nil {
			return
		}
	}
	at := func(weight float64, rule string, pos int, text string) {
		y.add(weight*l.factor, rule, Edit{l.start + pos, l.start + pos, text})
	}
	first := token.ILLEGAL
	if len(l.toks) > 0 {
		first = l.toks[0].tok
	}
	if m := bareImport.FindStringSubmatchIndex(l.text); m != nil {
		y.add(2*l.factor, "import-quotes", Edit{l.start + m[4], l.start + m[5], `"` + l.text[m[4]:m[5]] + `"`})
	}
	if looseImport.MatchString(l.text) {
		at(1.5, "import-keyword", 0, "import ")
	}
	if first == token.IDENT || first == token.LPAREN {
		switch {
		case methodHead.MatchString(l.text), funcHead.MatchString(l.text):
			at(2, "func-keyword", 0, "func ")
		case typeHead.MatchString(l.text):
			at(2, "type-keyword", 0, "type ")
		}
	}
	if m := assignHead.FindStringSubmatchIndex(l.text); m != nil && first == token.IDENT {
		y.add(1.8*l.factor, "var-keyword", Edit{l.start, l.start, "var "}, Edit{l.start + m[6], l.start + m[7], "="})
		y.add(0.5*l.factor, "const-keyword", Edit{l.start, l.start, "const "}, Edit{l.start + m[6], l.start + m[7], "="})
	}
	if m := typeEquals.FindStringSubmatchIndex(l.text); m != nil {
		y.add(1.6*l.factor, "type-equals", Edit{l.start + m[2], l.start + m[3], ""})
	}
	if m := structOrder.FindStringSubmatchIndex(l.text); m != nil {
		y.add(1.8*l.factor, "struct-order", Edit{l.start + m[0], l.start + m[1], "type " + l.text[m[6]:m[7]] + " " + l.text[m[4]:m[5]] + " {"})
	}
	if m := funcReceive.FindStringSubmatchIndex(l.text); m != nil {
		base := strings.TrimPrefix(l.text[m[2]:m[3]], "*")
		recv := strings.ToLower(base[:1]) + " *" + base
		y.add(1.6*l.factor, "receiver", Edit{l.start + m[2], l.start + m[5], "(" + recv + ") " + l.text[m[4]:m[5]]})
	}
	y.typeKeyword(l)
	y.typeName(l)
}

// typeName names "type struct {" after a name that the file uses and does not declare.
func (y *syntaxFix) typeName(l nearLine) {
	if len(l.toks) < 2 || l.toks[0].tok != token.TYPE || l.toks[1].tok != token.STRUCT && l.toks[1].tok != token.INTERFACE {
		return
	}
	declared := map[string]bool{}
	for i := 0; i+1 < len(y.toks); i++ {
		if (y.toks[i].tok == token.TYPE || y.toks[i].tok == token.FUNC) && y.toks[i+1].tok == token.IDENT {
			declared[y.toks[i+1].lit] = true
		}
	}
	for i, t := range y.toks {
		if t.tok != token.IDENT || declared[t.lit] || i == 0 {
			continue
		}
		switch y.toks[i-1].tok {
		case token.IDENT, token.MUL, token.RPAREN, token.RBRACK, token.AND, token.RETURN:
			declared[t.lit] = true
			y.add(1.6*l.factor, "type-name", Edit{l.toks[1].start, l.toks[1].start, t.lit + " "})
		}
	}
}

// typeKeyword completes "type T {" with struct, and "type T" before a brace.
func (y *syntaxFix) typeKeyword(l nearLine) {
	if len(l.toks) == 3 && l.toks[0].tok == token.TYPE && l.toks[2].tok == token.LBRACE {
		kind, other := "struct ", "interface "
		if next, ok := y.nextLine(l.number, l.number+3); ok && strings.Contains(next.text, "(") {
			kind, other = other, kind
		}
		y.add(2*l.factor, "type-kind", Edit{l.toks[2].start, l.toks[2].start, kind})
		y.add(0.8*l.factor, "type-kind", Edit{l.toks[2].start, l.toks[2].start, other})
	}
}

// importOrder moves an import that stands behind other declarations to the package clause.
func (y *syntaxFix) importOrder() {
	if !strings.Contains(y.msg, "imports must appear before other declarations") {
		return
	}
	for i, t := range y.toks {
		if t.tok != token.IMPORT || t.start > y.at || i < 2 {
			continue
		}
		end := t.end
		depth := 0
		for _, next := range y.toks[i+1:] {
			if next.tok == token.LPAREN {
				depth++
			}
			if next.tok == token.RPAREN {
				depth--
			}
			if next.tok == token.SEMICOLON && depth == 0 {
				break
			}
			end = next.end
		}
		decl := string(y.src[t.start:end])
		if len(y.toks) > 2 {
			head := y.toks[1].end
			y.add(1.8, "import-first", Edit{head, head, "\n\n" + decl}, removal(y.src, t.start, end))
		}
	}
}

// literalType gives a composite literal without a type the type the function returns or the file declares.
func (y *syntaxFix) literalType() {
	if y.index >= len(y.toks) || y.toks[y.index].tok != token.LBRACE {
		return
	}
	at := y.toks[y.index].start
	for i := y.index; i >= 0; i-- {
		if y.toks[i].tok != token.FUNC || i > 0 && !y.toks[i-1].auto && y.toks[i-1].tok != token.RBRACE {
			continue
		}
		line := y.lineAt(lineNumberAt(y.src, y.toks[i].start))
		depth, from := 0, 0
		for _, t := range line.toks {
			switch t.tok {
			case token.LPAREN:
				depth++
			case token.RPAREN:
				if depth--; depth == 0 {
					from = t.end
				}
			}
		}
		if from > 0 {
			result := strings.Trim(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(string(y.src[from:line.end])), "{")), "()")
			result, _, _ = strings.Cut(result, ",")
			if result != "" {
				y.add(1.8, "literal-type", Edit{at, at, strings.Replace(result, "*", "&", 1)})
			}
		}
		break
	}
	for i := 0; i+1 < len(y.toks); i++ {
		if y.toks[i].tok == token.TYPE && y.toks[i+1].tok == token.IDENT {
			y.add(0.4, "literal-type", Edit{at, at, y.toks[i+1].lit})
		}
	}
	y.add(0.5, "literal-type", Edit{at, at, "[]int"})
	y.add(0.5, "literal-type", Edit{at, at, "[]string"})
	y.add(0.4, "literal-type", Edit{at, at, "map[string]int"})
}
