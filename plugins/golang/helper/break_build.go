package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
	"unicode"
)

// buildRules are the build-breaking operators with their shares in percent.
var buildRules = []breakRule{
	{"identifier-typo", 8, breakIdentifier},
	{"declaration-dropped", 6, breakDeclaration},
	{"out-of-scope", 4, breakScope},
	{"unused-variable", 7, breakUsed},
	{"member-typo", 8, breakMember},
	{"package-member", 5, breakPackageMember},
	{"conversion-dropped", 9, breakConversion},
	{"operand-mismatch", 5, breakOperand},
	{"argument-count", 5, breakArguments},
	{"result-count", 4, breakResults},
	{"assign-count", 4, breakAssignCount},
	{"missing-return", 3, breakTerminal},
	{"no-new-variable", 2, breakDefine},
	{"bracket", 3, breakBrackets},
	{"line-rule", 2.5, breakLineRules},
	{"keyword-slip", 2, breakKeywords},
	{"duplicate", 1.5, breakDuplicate},
	{"wrong-literal", 1.5, breakLiteral},
	{"pointer-slip", 1, breakPointer},
	{"unused-value", 1, breakUnusedValue},
	{"wrong-operand", 1, breakKind},
	{"rare", 1, breakRare},
}

// typo returns name with one slip of the hand, from the several kinds that people make.
func (b *breaker) typo(name string) string {
	r := []rune(name)
	at := 0
	if len(r) > 1 {
		at = b.rng.Intn(len(r))
	}
	switch b.rng.Intn(7) {
	case 0, 1: // two letters exchanged
		if len(r) > 2 {
			at = b.rng.Intn(len(r) - 1)
			r[at], r[at+1] = r[at+1], r[at]
			return string(r)
		}
	case 2, 3: // a letter left out
		if len(r) > 2 {
			return string(append(append([]rune{}, r[:at]...), r[at+1:]...))
		}
	case 4: // a letter doubled
		return string(append(append(append([]rune{}, r[:at+1]...), r[at]), r[at+1:]...))
	case 5: // case of the first letter
		if unicode.IsUpper(r[0]) {
			return lowered(name)
		}
		return titled(name)
	case 6: // plural or singular
		if strings.HasSuffix(name, "s") && len(r) > 2 {
			return name[:len(name)-1]
		}
		return name + "s"
	}
	if len(r) == 1 {
		return string(r) + string(r)
	}
	return string(r[:len(r)-1])
}

// breakIdentifier misspells a used name.
func breakIdentifier(b *breaker, n ast.Node) {
	id, ok := n.(*ast.Ident)
	if !ok || id.Name == "_" {
		return
	}
	if sel, ok := b.parent(1).(*ast.SelectorExpr); ok && sel.Sel == id {
		return
	}
	if kv, ok := b.parent(1).(*ast.KeyValueExpr); ok && kv.Key == id && b.isFieldKey(kv) {
		return
	}
	switch obj := b.info.Uses[id].(type) {
	case *types.Var, *types.Const, *types.Func, *types.TypeName, *types.Builtin, *types.PkgName, *types.Nil:
		if obj.Parent() == types.Universe && b.rng.Intn(4) > 0 {
			return
		}
		b.swap(id, b.typo(id.Name))
	}
}

// breakDeclaration deletes a declaring statement, or turns := into =.
func breakDeclaration(b *breaker, n ast.Node) {
	switch s := n.(type) {
	case *ast.AssignStmt:
		if s.Tok != token.DEFINE {
			return
		}
		b.add(Edit{b.off(s.TokPos), b.off(s.TokPos) + 2, "="})
		if isListOwner(b.parent(1)) {
			start, end := b.lineSpan(s)
			b.add(Edit{start, end, ""})
		}
	case *ast.DeclStmt:
		start, end := b.lineSpan(s)
		b.add(Edit{start, end, ""})
	case *ast.RangeStmt:
		if s.Tok == token.DEFINE {
			b.add(Edit{b.off(s.TokPos), b.off(s.TokPos) + 2, "="})
		}
	}
}

// breakScope makes a name invisible where it is used: it renames only the declaration, or pulls the declaration
// into the if that follows.
func breakScope(b *breaker, n ast.Node) {
	switch n := n.(type) {
	case *ast.Ident:
		if v, ok := b.info.Defs[n].(*types.Var); ok && n.Name != "_" && !v.IsField() && b.facts.reads[v] > 0 {
			b.swap(n, b.typo(n.Name))
		}
	case *ast.BlockStmt:
		for i := 0; i+1 < len(n.List); i++ {
			define, ok := n.List[i].(*ast.AssignStmt)
			if !ok || define.Tok != token.DEFINE {
				continue
			}
			if guard, ok := n.List[i+1].(*ast.IfStmt); ok && guard.Init == nil {
				b.add(Edit{b.off(define.Pos()), b.off(guard.Cond.Pos()), "if " + b.text(define) + "; "})
			}
		}
	}
}

// strayNames are what people call a variable they then forget.
var strayNames = []string{"tmp", "n", "i", "ok", "count", "result", "res", "err", "value", "total", "size", "buf", "name", "idx", "last", "start", "end", "x"}

// breakUsed leaves a variable unused: the statement with its last read goes, the read becomes a constant, or a
// stray variable comes.
func breakUsed(b *breaker, n ast.Node) {
	if s, ok := n.(ast.Stmt); ok && isListOwner(b.parent(1)) {
		if _, declares := s.(*ast.DeclStmt); !declares && b.readsLast(s) && !b.isTerminal(s) {
			start, end := b.lineSpan(s)
			b.add(Edit{start, end, ""})
		}
		if b.rng.Intn(6) == 0 && !isClause(s) {
			name, value := strayNames[b.rng.Intn(len(strayNames))], []string{"0", `""`, "1", "len(" + "os.Args" + ")", "false", "nil"}[b.rng.Intn(3)]
			if names := b.visible(s.Pos()); len(names) > 0 && b.rng.Intn(2) == 0 {
				value = names[b.rng.Intn(len(names))].Name()
			}
			if !b.facts.idents[name] {
				b.insertBefore(s, name+" := "+value)
			}
		}
	}
	id, ok := n.(*ast.Ident)
	if !ok || !b.isValue(id) {
		return
	}
	if obj := b.info.Uses[id]; obj != nil && b.lastRead(obj) {
		if text := constantOf(obj.Type()); text != "" {
			b.swap(id, text)
		}
	}
}

// constantOf returns a plain constant of a type, "" when it has none.
func constantOf(t types.Type) string {
	switch {
	case isString(t):
		return `""`
	case isNumeric(t):
		return "0"
	case isBoolean(t):
		return "true"
	case nilable(t):
		return "nil"
	}
	return ""
}

// insertBefore records a new line in front of a statement.
func (b *breaker) insertBefore(s ast.Stmt, text string) {
	at := b.off(s.Pos())
	b.add(Edit{at, at, text + "\n" + b.indent(at)})
}

// indent returns the blanks at the start of the line that holds the offset.
func (o *operators) indent(offset int) string {
	start := offset
	for start > 0 && o.src[start-1] != '\n' {
		start--
	}
	end := start
	for end < len(o.src) && (o.src[end] == '\t' || o.src[end] == ' ') {
		end++
	}
	return string(o.src[start:end])
}

// breakMember misspells a field or method, changes its case, or takes a field of another type.
func breakMember(b *breaker, n ast.Node) {
	sel, ok := n.(*ast.SelectorExpr)
	if !ok {
		if kv, ok := n.(*ast.KeyValueExpr); ok && b.isFieldKey(kv) {
			b.swap(kv.Key, b.typo(b.text(kv.Key)))
		}
		return
	}
	if b.info.Selections[sel] == nil {
		return
	}
	b.swap(sel.Sel, b.typo(sel.Sel.Name))
	if b.rng.Intn(4) == 0 {
		for _, f := range structFields(b.typeOf(sel.X)) {
			if f.Name() != sel.Sel.Name && f.Name() != "_" && b.rng.Intn(3) == 0 {
				b.swap(sel.Sel, f.Name())
			}
		}
	}
}

// breakPackageMember misspells or lower-cases an imported name, or takes another member of the package.
func breakPackageMember(b *breaker, n ast.Node) {
	sel, ok := n.(*ast.SelectorExpr)
	if !ok {
		return
	}
	id, ok := sel.X.(*ast.Ident)
	if !ok {
		return
	}
	name, ok := b.info.Uses[id].(*types.PkgName)
	if !ok {
		return
	}
	b.swap(sel.Sel, b.typo(sel.Sel.Name))
	if b.rng.Intn(4) == 0 {
		b.swap(sel.Sel, lowered(sel.Sel.Name))
	}
	if members := name.Imported().Scope().Names(); len(members) > 0 && b.rng.Intn(3) == 0 {
		if other := members[b.rng.Intn(len(members))]; ast.IsExported(other) && similarity(other, sel.Sel.Name) > 0.4 {
			b.swap(sel.Sel, other)
		}
	}
}

// breakConversion drops a conversion, & or * outside binary expressions.
func breakConversion(b *breaker, n ast.Node) {
	if p, ok := b.parent(1).(*ast.BinaryExpr); ok && p != nil {
		return
	}
	switch n := n.(type) {
	case *ast.CallExpr:
		if len(n.Args) == 1 && b.info.Types[n.Fun].IsType() {
			b.swap(n, b.text(n.Args[0]))
		}
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			b.swap(n, b.text(n.X))
		}
	case *ast.StarExpr:
		if b.info.Types[n].IsValue() {
			b.swap(n, b.text(n.X))
		}
	}
}

// breakOperand drops a conversion of an operand, or exchanges an operand with a name of another type.
func breakOperand(b *breaker, n ast.Node) {
	e, ok := n.(*ast.BinaryExpr)
	if !ok {
		return
	}
	for _, side := range []ast.Expr{e.X, e.Y} {
		switch side := ast.Unparen(side).(type) {
		case *ast.CallExpr:
			if len(side.Args) == 1 && b.info.Types[side.Fun].IsType() {
				b.swap(side, b.text(side.Args[0]))
			}
			if id, ok := side.Fun.(*ast.Ident); ok && id.Name == "len" && len(side.Args) == 1 {
				b.swap(side, b.text(side.Args[0]))
			}
		case *ast.StarExpr:
			b.swap(side, b.text(side.X))
		case *ast.Ident:
			if names := b.visible(side.Pos()); len(names) > 0 && b.isValue(side) && b.rng.Intn(3) == 0 {
				if other := names[b.rng.Intn(len(names))]; !fits(other.Type(), b.typeOf(side)) {
					b.swap(side, other.Name())
				}
			}
		}
	}
}

// breakArguments drops, doubles or adds an argument.
func breakArguments(b *breaker, n ast.Node) {
	call, ok := n.(*ast.CallExpr)
	if !ok || b.info.Types[call.Fun].IsType() {
		return
	}
	for i := range call.Args {
		start, end := b.argSpan(call, i)
		b.add(Edit{start, end, ""})
	}
	if len(call.Args) > 0 && b.rng.Intn(3) == 0 {
		arg := call.Args[b.rng.Intn(len(call.Args))]
		b.add(Edit{b.off(arg.End()), b.off(arg.End()), ", " + b.text(arg)})
	}
	if names := b.visible(call.Pos()); len(names) > 0 && b.rng.Intn(3) == 0 && !call.Ellipsis.IsValid() {
		name := names[b.rng.Intn(len(names))].Name()
		if len(call.Args) > 0 {
			name += ", "
		}
		b.add(Edit{b.off(call.Lparen) + 1, b.off(call.Lparen) + 1, name})
	}
}

// argSpan returns the bytes of argument i with one comma.
func (o *operators) argSpan(call *ast.CallExpr, i int) (int, int) {
	switch {
	case i+1 < len(call.Args):
		return o.off(call.Args[i].Pos()), o.off(call.Args[i+1].Pos())
	case i > 0:
		return o.off(call.Args[i-1].End()), o.off(call.Args[i].End())
	}
	return o.off(call.Args[i].Pos()), o.off(call.Args[i].End())
}

// breakResults drops or adds a returned value.
func breakResults(b *breaker, n ast.Node) {
	ret, ok := n.(*ast.ReturnStmt)
	if !ok {
		return
	}
	for i := range ret.Results {
		call := &ast.CallExpr{Args: ret.Results}
		start, end := b.argSpan(call, i)
		if len(ret.Results) == 1 {
			start = b.off(ret.Pos()) + len("return")
		}
		b.add(Edit{start, end, ""})
	}
	end := b.off(ret.End())
	if len(ret.Results) == 0 {
		b.add(Edit{end, end, " " + []string{"nil", "err", "false", "0"}[b.rng.Intn(4)]})
		return
	}
	b.add(Edit{end, end, ", " + []string{"nil", "err", "true", "0"}[b.rng.Intn(4)]})
}

// breakAssignCount drops a name left of an assignment.
func breakAssignCount(b *breaker, n ast.Node) {
	s, ok := n.(*ast.AssignStmt)
	if !ok {
		return
	}
	for i := range s.Lhs {
		if len(s.Lhs) > 1 {
			start, end := b.argSpan(&ast.CallExpr{Args: s.Lhs}, i)
			b.add(Edit{start, end, ""})
		}
	}
	if len(s.Lhs) == 1 && s.Tok == token.DEFINE && b.rng.Intn(2) == 0 {
		end := b.off(s.Lhs[0].End())
		b.add(Edit{end, end, ", " + []string{"err", "ok", "_"}[b.rng.Intn(3)]})
	}
}

// breakTerminal deletes the statement that ends a function with results.
func breakTerminal(b *breaker, n ast.Node) {
	s, ok := n.(ast.Stmt)
	if !ok || !isListOwner(b.parent(1)) || !b.isTerminal(s) {
		return
	}
	switch s.(type) {
	case *ast.ReturnStmt, *ast.ExprStmt, *ast.CaseClause:
		start, end := b.lineSpan(s)
		b.add(Edit{start, end, ""})
	}
}

// breakDefine turns = into := where nothing new is declared.
func breakDefine(b *breaker, n ast.Node) {
	if s, ok := n.(*ast.AssignStmt); ok && s.Tok == token.ASSIGN {
		for _, l := range s.Lhs {
			if _, ok := l.(*ast.Ident); !ok {
				return
			}
		}
		b.add(Edit{b.off(s.TokPos), b.off(s.TokPos) + 1, ":="})
	}
}
