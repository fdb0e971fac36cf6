package main

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"sort"
	"strings"
)

// maxTemplates bounds the statements and conditions taken from the file.
const maxTemplates = 120

// template is a statement that may be missing somewhere.
type template struct {
	text   string
	rule   string
	weight float64
	op     string
	ends   bool     // it must be the last of its list
	needs  []need   // free names, which must resolve
	stmt   ast.Stmt // where it comes from in this file, nil when made up
	after  string   // shape of the statement in front of it where it was seen
}

// need is a free name of a template with the type it has where the template was seen, nil for no variable.
type need struct {
	name string
	want types.Type
}

// insertOps puts statements between others: ones that this function or its neighbours in the file contain, and
// ones made from the variables in reach.
func insertOps(o *operators, n ast.Node) {
	o.fillBlock(n)
	s, ok := n.(ast.Stmt)
	if !ok || !isListOwner(o.parent(1)) || isClause(s) || o.passOver(s) {
		return
	}
	list := listOf(o.parent(1))
	last := len(list) > 0 && list[len(list)-1] == s
	o.insertAt(s, false)
	if last && !leaves(s) {
		o.insertAt(s, true)
	}
}

// fillBlock emits the statements worth putting into an empty block or case.
func (o *operators) fillBlock(n ast.Node) {
	var at int
	var indent string
	var pos token.Pos
	switch n := n.(type) {
	case *ast.BlockStmt:
		if len(n.List) > 0 || n == o.fn.Body {
			return
		}
		pos, at, indent = n.Rbrace, o.off(n.Lbrace)+1, o.indent(o.off(n.Rbrace))
	case *ast.CaseClause:
		if len(n.Body) > 0 {
			return
		}
		pos, at, indent = n.End(), o.off(n.Colon)+1, o.indent(o.off(n.Pos()))
	default:
		return
	}
	if line := o.src[at:]; len(line) == 0 || line[0] != '\n' {
		return
	}
	o.factor = emptyFactor
	defer func() { o.factor = 1 }()
	put := func(op, rule, text string, weight float64) {
		o.emit(op, rule, n, weight, Edit{at, at, "\n" + indent + "\t" + text})
	}
	for _, exit := range o.exitsAt(pos) {
		put(exitClass(exit), "insert-exit", exit, 3)
	}
	count := 0
	for _, t := range o.templates() {
		if count < 30 && o.namesResolve(t, pos) {
			count++
			put(t.op, t.rule, t.text, t.weight)
		}
	}
	for _, t := range o.madeUp(pos, nil, true) {
		put(t.op, t.rule, t.text, t.weight)
	}
}

// exitClass returns the class of an inserted exit.
func exitClass(exit string) string {
	if strings.HasPrefix(exit, "return") {
		return "RETURN"
	}
	if exit == "break" || exit == "continue" {
		return "CTRL"
	}
	return "INSERT"
}

// leaves tells whether control never passes behind a statement.
func leaves(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.ReturnStmt, *ast.BranchStmt:
		return true
	case *ast.ExprStmt:
		call, ok := s.X.(*ast.CallExpr)
		return ok && isBuiltin(call.Fun, "panic")
	}
	return false
}

// insertAt emits the statements worth inserting in front of s, or behind it.
func (o *operators) insertAt(s ast.Stmt, behind bool) {
	pos := s.Pos()
	before := o.previous(s)
	if behind {
		pos, before = s.End(), s
	}
	var shape string
	if before != nil {
		shape = o.shape(before)
	}
	put := func(t template, weight float64) {
		if behind {
			o.appendLines(t.op, t.rule, s, weight, strings.Split(t.text, "\n")...)
		} else if !t.ends {
			o.insertLines(t.op, t.rule, s, weight, strings.Split(t.text, "\n")...)
		}
	}
	type ranked struct {
		template
		score float64
	}
	var choices []ranked
	near := o.namesNear(s, before)
	for _, t := range o.templates() {
		if t.stmt != nil && (t.stmt == s || t.stmt == before) || !o.namesResolve(t, pos) {
			continue
		}
		score := t.weight
		if t.after == shape {
			score *= 4
		}
		if near[firstName(t.text)] {
			score *= 1.3
		}
		choices = append(choices, ranked{t, score})
	}
	for _, t := range o.madeUp(pos, before, behind) {
		score := t.weight
		if near[firstName(t.text)] {
			score *= 1.7
		}
		choices = append(choices, ranked{t, score})
	}
	slices.SortStableFunc(choices, func(a, b ranked) int { return cmp.Compare(b.score, a.score) })
	for i, c := range choices {
		if i == o.budget(280, 9, 44) {
			break
		}
		put(c.template, c.score)
	}
}

// namesNear returns the names that a statement and the one in front of it mention.
func (o *operators) namesNear(s, before ast.Stmt) map[string]bool {
	near := map[string]bool{}
	for _, stmt := range []ast.Stmt{s, before} {
		if stmt != nil {
			ast.Inspect(stmt, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					near[id.Name] = true
				}
				return true
			})
		}
	}
	return near
}

// firstName returns the identifier that a text starts with.
func firstName(text string) string {
	end := 0
	for wordByte(text, end) {
		end++
	}
	return text[:end]
}

// shape returns what kind of statement s is: its head and the function or operator that tells it from others.
func (o *operators) shape(s ast.Stmt) string {
	switch s := s.(type) {
	case *ast.ExprStmt:
		if call, ok := s.X.(*ast.CallExpr); ok {
			return "call " + calledName(call)
		}
	case *ast.DeferStmt:
		return "defer " + calledName(s.Call)
	case *ast.AssignStmt:
		out := "assign " + s.Tok.String()
		if call, ok := s.Rhs[0].(*ast.CallExpr); ok {
			out += " " + calledName(call)
		}
		return out
	case *ast.IncDecStmt:
		return s.Tok.String()
	case *ast.IfStmt:
		return "if"
	case *ast.ForStmt, *ast.RangeStmt:
		return "for"
	case *ast.ReturnStmt:
		return "return"
	}
	return ""
}

// calledName returns the last name of a called function.
func calledName(call *ast.CallExpr) string {
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		return fun.Name
	case *ast.SelectorExpr:
		return fun.Sel.Name
	}
	return ""
}

// templates returns the simple statements of this function and of those near it in the file, most frequent first.
func (o *operators) templates() []template {
	if o.facts.templates != nil {
		return o.facts.templates
	}
	index := map[string]int{}
	list := []template{}
	conds := map[string]*template{}
	receiver := receiverIdent(o.fn)
	for _, d := range o.file.AST.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Body == nil {
			continue
		}
		weight := 0.5
		if fn == o.fn {
			weight = 1
		} else if distance := max(o.off(d.Pos())-o.end, o.start-o.off(d.End())); distance > 6000 {
			continue
		}
		own := receiverIdent(fn)
		ast.Inspect(fn.Body, func(n ast.Node) bool {
			for i, s := range listOf(n) {
				t, ok := o.asTemplate(s, fn == o.fn)
				if !ok {
					continue
				}
				t.renamed(own, receiver)
				if i > 0 {
					t.after = o.shape(listOf(n)[i-1])
				}
				t.weight = weight
				if at, have := index[t.text]; have {
					list[at].weight += weight
					continue
				}
				index[t.text] = len(list)
				list = append(list, t)
			}
			return true
		})
		if fn != o.fn {
			o.takeConditions(fn, own, receiver, conds)
		}
	}
	o.facts.templates = frequent(list)
	o.facts.condTemplates = []template{}
	for _, text := range sortedTexts(conds) {
		o.facts.condTemplates = append(o.facts.condTemplates, *conds[text])
	}
	o.facts.condTemplates = frequent(o.facts.condTemplates)
	return o.facts.templates
}

// frequent sorts templates by weight and keeps the first.
func frequent(list []template) []template {
	slices.SortStableFunc(list, func(a, b template) int { return cmp.Compare(b.weight, a.weight) })
	return list[:min(len(list), maxTemplates)]
}

// sortedTexts returns the keys of a table of templates in order.
func sortedTexts(table map[string]*template) []string {
	keys := make([]string, 0, len(table))
	for k := range table {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// takeConditions adds the conditions of another function of the file, with its receiver under this one's name.
func (o *operators) takeConditions(fn *ast.FuncDecl, own, receiver string, table map[string]*template) {
	var take func(e ast.Expr)
	take = func(e ast.Expr) {
		e = ast.Unparen(e)
		if b, ok := e.(*ast.BinaryExpr); ok && (b.Op == token.LAND || b.Op == token.LOR) {
			take(b.X)
			take(b.Y)
			return
		}
		text := o.text(e)
		if len(text) > 50 || strings.Contains(text, "\n") {
			return
		}
		t := template{text: text, rule: "condition", weight: 0.5}
		o.need(&t, e)
		t.renamed(own, receiver)
		if old := table[t.text]; old != nil {
			old.weight += 0.5
			return
		}
		table[t.text] = &t
	}
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.IfStmt:
			take(n.Cond)
		case *ast.ForStmt:
			if n.Cond != nil {
				take(n.Cond)
			}
		}
		return true
	})
}

// renamed puts this function's receiver name in the place of another's.
func (t *template) renamed(from, to string) {
	if from == to || from == "" || to == "" {
		return
	}
	t.text = renameWord(t.text, from, to)
	for k := range t.needs {
		if t.needs[k].name == from {
			t.needs[k].name = to
		}
	}
}

// receiverIdent returns the name of a method's receiver, "" for none.
func receiverIdent(fn *ast.FuncDecl) string {
	if fn.Recv == nil || len(fn.Recv.List) == 0 || len(fn.Recv.List[0].Names) == 0 {
		return ""
	}
	return fn.Recv.List[0].Names[0].Name
}

// renameWord replaces a whole identifier in a text.
func renameWord(text, from, to string) string {
	var out strings.Builder
	for i := 0; i < len(text); {
		if strings.HasPrefix(text[i:], from) && !wordByte(text, i-1) && !wordByte(text, i+len(from)) && (i == 0 || text[i-1] != '.') {
			out.WriteString(to)
			i += len(from)
			continue
		}
		out.WriteByte(text[i])
		i++
	}
	return out.String()
}

// asTemplate turns a statement into a template when it is short, declares nothing and could stand elsewhere; exits
// come from this function only.
func (o *operators) asTemplate(s ast.Stmt, own bool) (template, bool) {
	t := template{rule: "insert-seen", op: "INSERT", stmt: s}
	switch s := s.(type) {
	case *ast.ExprStmt:
		if leaves(s) {
			t.rule, t.ends = "insert-exit", true
		}
	case *ast.IncDecStmt, *ast.SendStmt, *ast.GoStmt:
	case *ast.DeferStmt:
		t.rule = "insert-defer"
	case *ast.AssignStmt:
		if s.Tok == token.DEFINE {
			return t, false
		}
	case *ast.ReturnStmt:
		t.rule, t.op, t.ends = "insert-exit", "RETURN", true
		if !own {
			return t, false
		}
	case *ast.BranchStmt:
		t.rule, t.op, t.ends = "branch-insert", "CTRL", true
		if s.Label != nil || s.Tok == token.FALLTHROUGH {
			return t, false
		}
	default:
		return t, false
	}
	text := o.text(s)
	if len(text) > 80 || strings.Contains(text, "\n") {
		return t, false
	}
	t.text = text
	known := true
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			known = false
		case *ast.SelectorExpr:
			o.need(&t, n.X)
			return false
		case *ast.KeyValueExpr:
			known = false
		case *ast.Ident:
			o.need(&t, n)
		}
		return known
	})
	return t, known
}

// need notes the names that an expression must find in scope.
func (o *operators) need(t *template, e ast.Expr) {
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			o.need(t, n.X)
			return false
		case *ast.Ident:
			found := need{name: n.Name}
			if v, ok := o.info.Uses[n].(*types.Var); ok {
				found.want = v.Type()
			}
			t.needs = append(t.needs, found)
		}
		return true
	})
}

// namesResolve tells whether every name of a template means something of the same type at pos.
func (o *operators) namesResolve(t template, pos token.Pos) bool {
	if t.rule == "branch-insert" && !o.inLoop() {
		return false
	}
	scope := o.pkg.Scope(o.file, pos)
	for _, n := range t.needs {
		_, obj := scope.LookupParent(n.name, pos)
		if obj == nil || n.want != nil && (obj.Type() == nil || !types.Identical(n.want, obj.Type())) {
			return false
		}
	}
	return true
}
