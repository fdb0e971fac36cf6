package main

import (
	"go/format"
	"go/parser"
	"go/scanner"
	"go/token"
	"math"
	"sort"
	"strings"
	"time"
)

const (
	syntaxTime     = 1500 * time.Millisecond // wall time for parsing the proposals of one error
	syntaxPartial  = 5                       // partial repairs carried on to the next error
	syntaxDepth    = 4                       // edits in one repair
	syntaxChecked  = 24                      // repairs whose type errors decide between them
	syntaxReturned = 60
)

// synTok is one token of a file; auto marks a semicolon that the newline stands for.
type synTok struct {
	tok        token.Token
	lit        string
	start, end int
	auto       bool
}

// syntaxFix is one error of one text: its tokens, and the proposals made for it.
type syntaxFix struct {
	file      *File
	src       []byte
	toks      []synTok
	at        int // offset of the first error
	line      int
	msg       string
	litAt     int    // offset of an error about a literal or sign on the first error's line
	litMsg    string // its message, "" for none
	index     int    // of the first token at or behind the error
	names     map[string]bool
	result    string // what the enclosing function returns, as written
	pkgName   string
	proposals []proposal
}

// syntaxState is a text on the way to one that parses.
type syntaxState struct {
	src    []byte
	edits  []Edit
	rule   string
	op     string
	weight float64
	errors scanner.ErrorList
}

// firstParseError returns the index of the first parse error of an editable file, -1 for none.
func (j *fixJob) firstParseError() int {
	for i, d := range j.pkg.Diags {
		if d.Stage == "parse" {
			return i
		}
	}
	return -1
}

// syntaxRepairs returns repairs of the file that the parse error of the given index is in, likeliest first.
func (j *fixJob) syntaxRepairs(index int) []proposal {
	d := j.pkg.Diags[index]
	var file *File
	for _, f := range j.pkg.Files {
		if f.Path == d.Path {
			file = f
		}
	}
	if file == nil || !file.Editable {
		return nil
	}
	done := j.solve(file)
	j.judgeSyntax(file, done)
	sort.SliceStable(done, func(a, b int) bool { return done[a].weight > done[b].weight })
	if len(done) > syntaxReturned {
		done = done[:syntaxReturned]
	}
	total := 0.0
	for _, s := range done {
		total += s.weight
	}
	var out []proposal
	for _, s := range done {
		out = append(out, proposal{file: file, edits: s.edits, op: s.op, rule: s.rule, weight: s.weight / math.Max(total, 0.05), diag: index})
	}
	return out
}

// solve searches for texts that parse, one error after the other.
func (j *fixJob) solve(file *File) []syntaxState {
	_, errs := parseText(file.Src)
	open := []syntaxState{{src: file.Src, op: "SYNTAX", weight: 1, errors: errs}}
	var done []syntaxState
	for depth := 0; depth < syntaxDepth && len(open) > 0 && len(done) == 0; depth++ {
		var next []syntaxState
		for _, s := range open {
			solved, partial := j.expand(file, s)
			done, next = append(done, solved...), append(next, partial...)
			if j.over() {
				break
			}
		}
		sort.SliceStable(next, func(a, b int) bool { return next[a].weight > next[b].weight })
		if len(next) > syntaxPartial {
			next = next[:syntaxPartial]
		}
		open = next
	}
	if len(done) == 0 && len(open) > 0 {
		return open
	}
	return done
}

// expand proposes repairs of the first error of a state and parses each.
func (j *fixJob) expand(file *File, s syntaxState) (solved, partial []syntaxState) {
	if len(s.errors) == 0 {
		return []syntaxState{s}, nil
	}
	y := newSyntaxFix(j, file, s)
	y.propose()
	started := time.Now()
	seen := map[string]bool{}
	for _, p := range distinct(y.proposals) {
		if time.Since(started) > syntaxTime || j.over() {
			break
		}
		text := patchedSource(s.src, p.edits)
		if seen[string(text)] {
			continue
		}
		seen[string(text)] = true
		_, errs := parseText(text)
		next := syntaxState{src: text, edits: p.edits, rule: p.rule, op: p.op, weight: s.weight * p.weight, errors: errs}
		if len(s.edits) > 0 {
			next.edits, next.rule, next.op = composeEdits(s.edits, p.edits), s.rule+"+"+p.rule, s.op
		}
		switch {
		case len(errs) == 0:
			solved = append(solved, next)
		case progress(s, next, p.edits):
			next.weight *= 0.5
			partial = append(partial, next)
		}
	}
	return solved, partial
}

// progress tells whether the first error moved behind the line it was on.
func progress(before, after syntaxState, edits []Edit) bool {
	shift := 0
	for _, e := range edits {
		shift += strings.Count(e.New, "\n") - strings.Count(string(before.src[e.Start:e.End]), "\n")
	}
	old, fresh := before.errors[0].Pos, after.errors[0].Pos
	if fresh.Line > old.Line+shift {
		return true
	}
	return len(after.errors) < len(before.errors) && fresh.Line >= old.Line+shift
}

// parseText parses a file's text and returns every error, in order.
func parseText(src []byte) (*token.FileSet, scanner.ErrorList) {
	fset := token.NewFileSet()
	_, err := parser.ParseFile(fset, "", src, parser.AllErrors|parser.SkipObjectResolution)
	list, ok := err.(scanner.ErrorList)
	if err != nil && !ok {
		list = scanner.ErrorList{{Pos: token.Position{Line: 1, Column: 1}, Msg: err.Error()}}
	}
	return fset, list
}

// newSyntaxFix scans the text of a state.
func newSyntaxFix(j *fixJob, file *File, s syntaxState) *syntaxFix {
	first := s.errors[0]
	y := &syntaxFix{file: file, src: s.src, at: min(first.Pos.Offset, len(s.src)), line: first.Pos.Line, msg: first.Msg, names: map[string]bool{}}
	for _, e := range s.errors {
		if e.Pos.Line == first.Pos.Line && y.litMsg == "" && aboutLiteral(e.Msg) {
			y.litAt, y.litMsg = min(e.Pos.Offset, len(s.src)), e.Msg
		}
	}
	y.toks = syntaxTokens(s.src)
	y.index = sort.Search(len(y.toks), func(i int) bool { return y.toks[i].end > y.at })
	for _, t := range y.toks {
		if t.tok == token.IDENT {
			y.names[t.lit] = true
		}
	}
	for _, f := range j.pkg.Files {
		if name := f.AST.Name.Name; f != file && name != "_" && !f.Test {
			y.pkgName = name
		}
	}
	return y
}

// aboutLiteral tells whether a message is the scanner's, about a literal, a comment or a sign.
func aboutLiteral(msg string) bool {
	for _, words := range []string{"not terminated", "rune literal", "escape", "illegal character", "curly quotation"} {
		if strings.Contains(msg, words) {
			return true
		}
	}
	return false
}

// syntaxTokens returns the tokens of a text, without comments.
func syntaxTokens(src []byte) []synTok {
	fset := token.NewFileSet()
	tf := fset.AddFile("", -1, len(src))
	var sc scanner.Scanner
	sc.Init(tf, src, nil, 0)
	var out []synTok
	for {
		pos, tok, lit := sc.Scan()
		start := tf.Offset(pos)
		if tok == token.EOF {
			return out
		}
		t := synTok{tok: tok, lit: lit, start: start, end: start + len(lit)}
		if tok == token.SEMICOLON && lit != ";" {
			t.auto, t.end = true, start
		}
		if lit == "" {
			t.lit = tok.String()
			t.end = start + len(t.lit)
		}
		t.end = min(t.end, len(src))
		out = append(out, t)
	}
}

// add proposes edits of the text.
func (y *syntaxFix) add(weight float64, rule string, edits ...Edit) {
	if weight <= 0 {
		return
	}
	y.proposals = append(y.proposals, proposal{file: y.file, edits: edits, op: "SYNTAX", rule: rule, weight: weight})
}

// propose asks every rule.
func (y *syntaxFix) propose() {
	y.literalRules()
	y.structureRules()
	y.wordBlocks()
	for _, line := range y.nearLines() {
		y.wordRules(line)
		y.operatorRules(line)
		y.lineRules(line)
		y.bracketRules(line)
	}
	y.braceRules()
	y.declarationRules()
	y.tokenRules()
}

// nearLine is a line close to the error with how likely the cause is on it.
type nearLine struct {
	number     int
	start, end int // offsets, the line end excluded
	text       string
	factor     float64
	toks       []synTok
}

// nearLines returns the line of the error, the lines before it and the one behind.
func (y *syntaxFix) nearLines() []nearLine {
	var out []nearLine
	factors := []float64{1, 0.75, 0.3, 0.2}
	number, found := y.line, 0
	for number > 0 && found < len(factors) {
		l := y.lineAt(number)
		if strings.TrimSpace(l.text) != "" {
			l.factor = factors[found]
			out = append(out, l)
			found++
		}
		number--
	}
	if l := y.lineAt(y.line + 1); strings.TrimSpace(l.text) != "" {
		l.factor = 0.25
		out = append(out, l)
	}
	return out
}

// lineAt returns a line by its 1-based number.
func (y *syntaxFix) lineAt(number int) nearLine {
	start, n := 0, 1
	for n < number {
		next := endOfLine(y.src, start)
		if next == start || next >= len(y.src) && y.src[len(y.src)-1] != '\n' {
			return nearLine{number: number, start: len(y.src), end: len(y.src)}
		}
		start, n = next, n+1
	}
	end := endOfLine(y.src, start)
	for end > start && (y.src[end-1] == '\n' || y.src[end-1] == '\r') {
		end--
	}
	l := nearLine{number: number, start: start, end: end, text: string(y.src[start:end])}
	for _, t := range y.toks {
		if t.start >= start && t.start < end && !t.auto {
			l.toks = append(l.toks, t)
		}
	}
	return l
}

// code returns where the code of a line ends: in front of a trailing comment and blanks.
func (l nearLine) code() int {
	if len(l.toks) == 0 {
		return l.start + len(strings.TrimRight(l.text, " \t"))
	}
	return l.toks[len(l.toks)-1].end
}

// judgeSyntax weighs repairs by the indentation they explain and by the type errors they leave.
func (j *fixJob) judgeSyntax(file *File, done []syntaxState) {
	if len(done) == 0 || len(done[0].errors) > 0 {
		return
	}
	least := math.MaxInt
	moved := make([]int, len(done))
	for i, s := range done {
		moved[i] = misindented(s.src)
		least = min(least, moved[i])
	}
	for i := range done {
		done[i].weight *= math.Exp(-0.4 * float64(min(moved[i]-least, 12)))
	}
	sort.SliceStable(done, func(a, b int) bool { return done[a].weight > done[b].weight })
	n := min(len(done), syntaxChecked)
	counts := make([]int, n)
	fewest := math.MaxInt
	for i := range n {
		if j.over() {
			return
		}
		counts[i] = len(j.check([]FileEdits{{Path: file.Path, Edits: sortedEdits(done[i].edits)}}))
		fewest = min(fewest, counts[i])
	}
	for i := range n {
		done[i].weight *= math.Exp(-1.8 * float64(min(counts[i]-fewest, 8)))
	}
	for i := n; i < len(done); i++ {
		done[i].weight *= 0.01
	}
}

// misindented counts the lines whose indentation gofmt would change: brackets in the wrong place move many.
func misindented(src []byte) int {
	formatted, err := format.Source(src)
	if err != nil {
		return 1000
	}
	want := strings.Split(string(formatted), "\n")
	moved, at := 0, 0
	for _, line := range strings.Split(string(src), "\n") {
		key := squeezed(line)
		if key == "" {
			continue
		}
		for k := at; k < len(want) && k < at+12; k++ {
			if squeezed(want[k]) == key {
				if depthOf(line) != depthOf(want[k]) {
					moved++
				}
				at = k + 1
				break
			}
		}
	}
	return moved
}

// squeezed returns a line without blanks.
func squeezed(line string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '\t' || r == '\r' {
			return -1
		}
		return r
	}, line)
}

// depthOf returns the indentation of a line in tabs (four blanks count as one).
func depthOf(line string) int {
	blank := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	return strings.Count(blank, "\t") + strings.Count(blank, " ")/4
}
