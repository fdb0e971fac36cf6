package main

import (
	"bytes"
	"go/scanner"
	"go/token"
	"strings"
)

// regions cuts a file at the keywords that start a top-level declaration at the start of a line. The cuts come from
// the text, not from the parser, so they hold where the parser has lost its way: an error behind a declaration with a
// brace too few or too many is most likely an echo of that.
type regions struct {
	src  []byte
	list []region
	seen map[int]bool // regions that have a root already
}

// region is one top-level declaration by its text.
type region struct {
	start, end int
	braces     int // opening minus closing
	suspect    int // where a brace is missing or one too many, by indentation; -1 for nowhere
	opener     int // what the missing brace would close, -1 for none
	unopened   int // end of a line behind which the indentation grows without a brace, -1 for none
	doubled    int // a brace that follows its like at the end or the start of a line, -1 for none
}

// newRegion returns a region that starts at an offset.
func newRegion(start int) region {
	return region{start: start, suspect: -1, opener: -1, unopened: -1, doubled: -1}
}

// block is a brace that is open.
type block struct {
	offset int
	indent int
}

func newRegions(src []byte) *regions {
	r := &regions{src: src, seen: map[int]bool{}}
	fset := token.NewFileSet()
	file := fset.AddFile("", -1, len(src))
	var sc scanner.Scanner
	sc.Init(file, src, func(token.Position, string) {}, 0)
	var stack []block
	current := newRegion(0)
	closeRegion := func(end int) {
		current.end = end
		if len(stack) > 0 && current.suspect < 0 {
			current.opener = stack[len(stack)-1].offset
			current.suspect = lineEndBefore(src, end)
		}
		stack = stack[:0]
		r.list = append(r.list, current)
		current = newRegion(end)
	}
	last, first, seen := -1, 0, 0
	previous, before := token.ILLEGAL, 0 // the token before, and the start of its line
	fresh := true                        // nothing of this line was seen yet
	for {
		pos, tok, lit := sc.Scan()
		if tok == token.EOF {
			break
		}
		offset := file.Offset(pos)
		if n := bytes.LastIndexByte(src[seen:offset], '\n'); n >= 0 {
			first, fresh = seen+n+1, true
		}
		seen = offset
		if tok == token.SEMICOLON && lit == "\n" {
			continue
		}
		if fresh && offset == first && offset > 0 && startsDecl(tok) {
			closeRegion(offset)
		}
		if fresh {
			stack = current.dedent(stack, src, offset, first, last, tok)
			if current.unopened < 0 && !continues(previous) && last >= current.start && indent(src, first) > indent(src, before) {
				current.unopened = lineEnd(src, last)
			}
		}
		if tok == previous && (tok == token.LBRACE && lineEnd(src, offset) == offset+1 || tok == token.RBRACE && last == first+indentBytes(src, first)) {
			current.doubled = offset
		}
		switch tok {
		case token.LBRACE:
			current.braces++
			stack = append(stack, block{offset, indent(src, first)})
		case token.RBRACE:
			current.braces--
			if fresh {
				stack = current.close(stack, src, offset, first, last)
			} else {
				stack = stack[:max(0, len(stack)-1)]
			}
		}
		last, fresh = offset, false
		previous, before = tok, first
	}
	closeRegion(len(src))
	return r
}

// continues tells whether a line that ends with a token goes on, or opens something, on the next line.
func continues(tok token.Token) bool {
	switch tok {
	case token.LBRACE, token.LPAREN, token.LBRACK, token.COMMA, token.COLON, token.PERIOD, token.ILLEGAL, token.ASSIGN, token.DEFINE:
		return true
	}
	return tok.Precedence() > token.LowestPrec
}

// startsDecl tells whether a token at the start of a line can only start a top-level declaration.
func startsDecl(tok token.Token) bool {
	switch tok {
	case token.FUNC, token.TYPE, token.VAR, token.CONST, token.IMPORT:
		return true
	}
	return false
}

// dedent notices a line that is indented no deeper than the block it is in: the brace before it is missing.
func (r *region) dedent(stack []block, src []byte, offset, line, last int, tok token.Token) []block {
	switch tok {
	case token.RBRACE, token.RPAREN, token.RBRACK, token.CASE, token.DEFAULT, token.LBRACE:
		return stack
	case token.IDENT:
		rest := bytes.TrimLeft(bytes.TrimLeft(src[offset:], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789"), " ")
		if len(rest) > 1 && rest[0] == ':' && rest[1] != '=' {
			return stack // gofmt writes labels one step to the left
		}
	}
	depth := indent(src, line)
	for len(stack) > 0 && stack[len(stack)-1].indent >= depth {
		if r.suspect < 0 {
			r.suspect, r.opener = lineEnd(src, last), stack[len(stack)-1].offset
		}
		stack = stack[:len(stack)-1]
	}
	return stack
}

// close matches a closing brace that starts its line by indentation; last is the token before it.
func (r *region) close(stack []block, src []byte, offset, line, last int) []block {
	depth := indent(src, line)
	for len(stack) > 0 && stack[len(stack)-1].indent > depth {
		if r.suspect < 0 {
			r.suspect, r.opener = lineEnd(src, last), stack[len(stack)-1].offset
		}
		stack = stack[:len(stack)-1]
	}
	if len(stack) == 0 || stack[len(stack)-1].indent < depth {
		if r.suspect < 0 {
			r.suspect = offset
		}
		return stack
	}
	return stack[:len(stack)-1]
}

// at returns the index of the region that holds an offset.
func (r *regions) at(offset int) int {
	for i, one := range r.list {
		if offset < one.end {
			return i
		}
	}
	return len(r.list) - 1
}

// root tells whether an error at offset is a cause of its own: the first of its region, with no unbalanced region
// before it that has one, and not at the end of the file, where every open thing ends.
func (r *regions) root(offset int) bool {
	at := r.at(offset)
	if offset >= len(bytes.TrimRight(r.src, " \t\r\n")) && len(r.seen) > 0 {
		return false
	}
	for i := 0; i < at; i++ {
		if r.list[i].braces != 0 {
			at = i
			break
		}
	}
	first := !r.seen[at]
	r.seen[at] = true
	return first
}

// relocate moves a finding to where a brace is missing or one too many, when the indentation tells.
func (r *regions) relocate(d *Diag) {
	if !d.Root {
		return
	}
	defer r.refine(d)
	at := r.at(d.Offset)
	for i := 0; i <= at; i++ {
		one := r.list[i]
		suspect, names := one.blame()
		if suspect < 0 {
			continue
		}
		if i == at && (opensHere(d.Message) && one.unopened < 0 || d.Code != "Brace" && d.Code != "Declaration" && d.Offset <= suspect) {
			return // the parser knows where, or it met something before the suspect: a cause of its own
		}
		d.Code, d.Offset, d.End, d.Names = "Brace", suspect, suspect, names
		if one.braces > 0 && suspect == one.suspect && one.opener >= 0 {
			d.Message += "; not closed: " + string(bytes.TrimSpace(r.src[lineStart(r.src, one.opener):one.opener+1]))
		}
		return
	}
}

// opensHere tells whether the parser misses an opening brace where it stands.
func opensHere(msg string) bool {
	return strings.HasPrefix(msg, "expected '{'") || strings.Contains(msg, "expecting {")
}

// blame returns where a brace is missing or one too many, and which; -1 for nowhere.
func (r *region) blame() (suspect int, names []string) {
	switch {
	case r.braces == 0:
		return -1, nil
	case r.doubled >= 0 && r.braces > 0:
		return r.doubled, []string{"{"}
	case r.doubled >= 0:
		return r.doubled, []string{"}"}
	case r.braces > 0:
		return r.suspect, []string{"}"}
	case r.unopened >= 0:
		return r.unopened, []string{"{"}
	}
	return r.suspect, []string{"{", "}"}
}

func lineStart(src []byte, offset int) int { return bytes.LastIndexByte(src[:offset], '\n') + 1 }

// lineEnd returns the end of the line that holds offset, without its line break.
func lineEnd(src []byte, offset int) int {
	offset = max(0, offset)
	if n := bytes.IndexByte(src[offset:], '\n'); n >= 0 {
		return offset + n
	}
	return len(src)
}

// lineEndBefore returns the end of the last line before offset that is neither blank nor a comment.
func lineEndBefore(src []byte, offset int) int {
	for offset > 0 {
		end := offset - 1
		start := lineStart(src, end)
		text := bytes.TrimSpace(src[start:end])
		if len(text) > 0 && !bytes.HasPrefix(text, []byte("//")) {
			return end
		}
		offset = start
	}
	return 0
}

// indentBytes counts the bytes of a line's leading blanks.
func indentBytes(src []byte, start int) int {
	return len(src[start:]) - len(bytes.TrimLeft(src[start:], " \t"))
}

// indent counts the leading blanks of a line, a tab as eight.
func indent(src []byte, start int) int {
	n := 0
	for _, c := range src[start:] {
		switch c {
		case ' ':
			n++
		case '\t':
			n += 8
		default:
			return n
		}
	}
	return n
}

// refine looks at the line of a finding: a bracket that is open at its end explains more than what the parser met next.
func (r *regions) refine(d *Diag) {
	if d.Code == "Brace" && strings.HasPrefix(d.Message, "expected operand") && onlyBlank(r.src[lineStart(r.src, d.Offset):d.Offset]) {
		d.Code = "Expression" // the statement before ends too early
		d.Offset = lineEndBefore(r.src, lineStart(r.src, d.Offset))
		d.End, d.Names = d.Offset, []string{"operand"}
		return
	}
	start := lineStart(r.src, d.Offset)
	end := lineEnd(r.src, d.Offset)
	parens, brackets := lineBalance(r.src[start:end])
	open := strings.HasSuffix(string(bytes.TrimSpace(r.src[start:end])), "(")
	switch d.Code {
	case "Comma":
		if !strings.Contains(d.Message, "before newline") || strings.Contains(d.Message, "composite literal") || parens <= 0 {
			return
		}
		next := bytes.TrimLeft(r.src[end:], " \t\r\n")
		if len(next) > 0 && next[0] != ')' && indent(r.src, min(end+1, len(r.src))) <= indent(r.src, start) {
			d.Code, d.Names = "Paren", []string{")"}
		}
	case "Operator", "Expression", "Semicolon", "Colon", "Newline", "Keyword", "Literal":
		switch {
		case strings.Contains(d.Message, "terminated") || open:
		case brackets != 0:
			d.Code, d.Names = "Bracket", []string{closer(brackets, "[", "]")}
		case parens != 0:
			d.Code, d.Names = "Paren", []string{closer(parens, "(", ")")}
		}
	}
}

func closer(open int, left, right string) string {
	if open > 0 {
		return right
	}
	return left
}

func onlyBlank(text []byte) bool { return len(bytes.TrimSpace(text)) == 0 }

// lineBalance returns how many parentheses and square brackets a line leaves open.
func lineBalance(line []byte) (parens, brackets int) {
	fset := token.NewFileSet()
	var sc scanner.Scanner
	sc.Init(fset.AddFile("", -1, len(line)), line, func(token.Position, string) {}, 0)
	for {
		switch _, tok, _ := sc.Scan(); tok {
		case token.LPAREN:
			parens++
		case token.RPAREN:
			parens--
		case token.LBRACK:
			brackets++
		case token.RBRACK:
			brackets--
		case token.EOF:
			return parens, brackets
		}
	}
}
