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
	text    string
	rule    string
	weight  float64
	op      string
	ends    bool     // it must be the last of its list
	needs   []need   // free names, which must resolve
	stmt    ast.Stmt // where it comes from in this file, nil when made up
	after   string   // shape of the statement in front of it where it was seen
	imports string   // package that it needs, "" for none
}

// need is a free name of a template with the type it has where the template was seen, nil for no variable.
type need struct {
	name string
	want types.Type
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
			for i, s := range stmtList(n) {
				t, ok := o.asTemplate(s, fn == o.fn)
				if !ok {
					continue
				}
				t.renamed(own, receiver)
				if i > 0 {
					t.after = o.shape(stmtList(n)[i-1])
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
