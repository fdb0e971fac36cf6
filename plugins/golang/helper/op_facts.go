package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"sync"
)

// funcFacts is what the operators need to know about a whole function before they look at single nodes.
type funcFacts struct {
	reads         map[types.Object]int // uses of a local variable or an import other than as a plain assignment target
	writes        map[types.Object]int // assignments after the declaration
	updates       map[types.Object]int // all changes after the declaration, of a part or through its address too
	ints          []string             // integer literals of the function, then of the tests that name it, in first-seen order
	floats        []string
	strings       []string
	runes         []string
	conds         []ast.Expr // conditions of if and for, each && and || operand alone
	exits         []ast.Stmt // return, break, continue and panic statements
	results       *types.Tuple
	named         bool // the results have names
	idents        map[string]bool
	params        map[types.Object]bool // receiver, parameters and named results, of function literals too
	imports       map[types.Object]int  // uses of the file's imports, nil until asked for
	templates     []template            // statements worth inserting, nil until asked for
	condTemplates []template            // conditions of the file, gathered with templates
	fields        []ast.Expr            // simple field selections, nil until asked for
	statements    int
	callees       []callee // what the file calls, nil until asked for
	has           map[methodKey]bool
	wrappers      map[string][]string // functions that keep a type, by the type's text
	unused        map[string]bool     // parameters that nothing reads
	bounds        map[string]bool     // conditions made up to guard an index
	methods       map[types.Type]*types.MethodSet
	names         map[string]string // import path -> name in the file, nil until asked for
	modulo        bool              // the function uses %
	near          []string          // string literals of the file near the function, nil until asked for
	variants      []template        // statements with another name in them, nil until asked for
	gaps          *gapFacts         // what missing parts of expressions are made of, nil until asked for
	choosers      map[types.Type][]string
	locals        []*types.Var          // variables that the function declares, nil until asked for
	starts        map[*types.Var]string // what puts a variable back to what it is declared with, nil until asked for
}

// gatherFacts reads the function once.
func gatherFacts(o *operators) *funcFacts {
	facts := &funcFacts{reads: map[types.Object]int{}, writes: map[types.Object]int{}, updates: map[types.Object]int{}, choosers: map[types.Type][]string{}, idents: map[string]bool{}, params: map[types.Object]bool{}, bounds: map[string]bool{}, wrappers: map[string][]string{}, has: map[methodKey]bool{}, methods: map[types.Type]*types.MethodSet{}}
	if obj, ok := o.info.Defs[o.fn.Name].(*types.Func); ok {
		facts.results = obj.Type().(*types.Signature).Results()
		facts.named = facts.results.Len() > 0 && facts.results.At(0).Name() != ""
	}
	targets := assignTargets(o.fn)
	ast.Inspect(o.fn, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			facts.statements += len(n.List)
		case *ast.CaseClause:
			facts.statements += len(n.Body)
		case *ast.Ident:
			facts.idents[n.Name] = true
			obj := o.info.Uses[n]
			if obj == nil {
				break
			}
			if targets[n] {
				facts.writes[obj]++
			} else {
				facts.reads[obj]++
			}
		case *ast.BinaryExpr:
			facts.modulo = facts.modulo || n.Op == token.REM
		case *ast.BasicLit:
			facts.addLiteral(n.Kind, n.Value)
		case *ast.IfStmt:
			facts.addCond(n.Cond)
		case *ast.ForStmt:
			facts.addCond(n.Cond)
		case *ast.ReturnStmt, *ast.BranchStmt:
			facts.exits = append(facts.exits, n.(ast.Stmt))
		case *ast.AssignStmt:
			for _, e := range n.Lhs {
				facts.addUpdate(o, e)
			}
		case *ast.IncDecStmt:
			facts.addUpdate(o, n.X)
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				facts.addUpdate(o, n.X)
			}
		case *ast.FuncType:
			facts.addParams(o, n.Params)
			facts.addParams(o, n.Results)
		case *ast.Field:
			return n.Tag == nil
		}
		return true
	})
	facts.addParams(o, o.fn.Recv)
	facts.gatherUnused(o)
	for _, lit := range testLiterals(o.pkg)[o.fn.Name.Name] {
		facts.addLiteral(lit.kind, lit.value)
	}
	return facts
}

// assignTargets returns the identifiers that a plain assignment writes without reading them.
func assignTargets(fn ast.Node) map[*ast.Ident]bool {
	targets := map[*ast.Ident]bool{}
	ast.Inspect(fn, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok != token.ASSIGN && n.Tok != token.DEFINE {
				return true // x += y reads x
			}
			for _, e := range n.Lhs {
				if id, ok := ast.Unparen(e).(*ast.Ident); ok {
					targets[id] = true
				}
			}
		case *ast.RangeStmt:
			for _, e := range []ast.Expr{n.Key, n.Value} {
				if id, ok := e.(*ast.Ident); ok && n.Tok == token.ASSIGN {
					targets[id] = true
				}
			}
		}
		return true
	})
	return targets
}

// addParams remembers the variables that a list of parameters or results declares.
func (f *funcFacts) addParams(o *operators, list *ast.FieldList) {
	if list == nil {
		return
	}
	for _, field := range list.List {
		for _, name := range field.Names {
			if obj := o.info.Defs[name]; obj != nil {
				f.params[obj] = true
			}
		}
	}
}

// addUpdate counts a change of the variable at the root of a target.
func (f *funcFacts) addUpdate(o *operators, target ast.Expr) {
	if id := rootIdent(target); id != nil {
		if obj := o.info.Uses[id]; obj != nil {
			f.updates[obj]++
		}
	}
}

// addLiteral remembers a literal's text once, under its kind.
func (f *funcFacts) addLiteral(kind token.Token, value string) {
	list := map[token.Token]*[]string{token.INT: &f.ints, token.FLOAT: &f.floats, token.STRING: &f.strings, token.CHAR: &f.runes}[kind]
	if list == nil || len(*list) >= 24 || len(value) > 60 {
		return
	}
	for _, have := range *list {
		if have == value {
			return
		}
	}
	*list = append(*list, value)
}

// addCond remembers a condition and its operands.
func (f *funcFacts) addCond(e ast.Expr) {
	if e == nil || len(f.conds) >= 24 {
		return
	}
	if b, ok := ast.Unparen(e).(*ast.BinaryExpr); ok && (b.Op == token.LAND || b.Op == token.LOR) {
		f.addCond(b.X)
		f.addCond(b.Y)
		return
	}
	f.conds = append(f.conds, ast.Unparen(e))
}

// literal is one literal of a test function.
type literal struct {
	kind  token.Token
	value string
}

// literalCache holds the test literals of the package asked for last; the base package changes seldom.
var literalCache struct {
	sync.Mutex
	pkg   *Package
	table map[string][]literal
}

// testLiterals returns, for every name that the package's test functions mention, the literals of those functions.
func testLiterals(p *Package) map[string][]literal {
	literalCache.Lock()
	defer literalCache.Unlock()
	if literalCache.pkg == p {
		return literalCache.table
	}
	table := map[string][]literal{}
	for _, f := range p.Files {
		if !f.Test || f.AST == nil {
			continue
		}
		for _, d := range f.AST.Decls {
			names, lits := map[string]bool{}, []literal{}
			ast.Inspect(d, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.Ident:
					names[n.Name] = true
				case *ast.BasicLit:
					if len(n.Value) <= 12 && len(lits) < 64 {
						lits = append(lits, literal{n.Kind, n.Value})
					}
				}
				return true
			})
			for name := range names {
				if len(table[name]) < 64 {
					table[name] = append(table[name], lits...)
				}
			}
		}
	}
	literalCache.pkg, literalCache.table = p, table
	return table
}

// fileStrings returns the short string literals of the file outside its imports and tags, nearest to the function first.
func (o *operators) fileStrings(limit int) []string {
	type found struct {
		value    string
		distance int
	}
	var all []found
	for _, d := range o.file.AST.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			continue
		}
		distance := max(o.off(d.Pos())-o.end, o.start-o.off(d.End()))
		if distance < 0 || distance > 20000 {
			continue
		}
		ast.Inspect(d, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				if n.Kind == token.STRING && len(n.Value) <= 24 {
					all = append(all, found{n.Value, distance})
				}
			case *ast.Field:
				return n.Tag == nil
			}
			return true
		})
	}
	seen := map[string]bool{}
	var out []string
	for step := 0; step < 2 && len(out) < limit; step++ {
		for _, f := range all {
			if near := f.distance < 2000; near == (step == 0) && !seen[f.value] && len(out) < limit {
				seen[f.value] = true
				out = append(out, f.value)
			}
		}
	}
	return out
}

// unquote returns the value of a string or rune literal, ok false for a malformed one.
func unquote(lit string) (string, bool) {
	s, err := strconv.Unquote(lit)
	return s, err == nil
}
