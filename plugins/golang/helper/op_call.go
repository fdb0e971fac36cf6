package main

import (
	"go/ast"
	"go/types"
	"sort"
)

// callOps exchanges called functions for siblings, swaps and drops arguments, and adds or removes a call around a
// value.
func callOps(o *operators, n ast.Node) {
	if call, ok := n.(*ast.CallExpr); ok {
		if o.info.Types[call.Fun].IsType() {
			o.changeConversion(call)
		} else {
			o.sibling(call)
			o.swapArguments(call)
			o.unwrap(call)
		}
	}
	if e, ok := n.(ast.Expr); ok {
		o.wrap(e)
	}
}

// callFamilies lists functions and methods that are taken for one another; the signatures must agree.
var callFamilies = [][]string{
	{"HasPrefix", "HasSuffix", "Contains"}, {"Index", "LastIndex"}, {"IndexByte", "LastIndexByte"}, {"IndexAny", "LastIndexAny", "Index"},
	{"IndexFunc", "LastIndexFunc"}, {"ToLower", "ToUpper", "ToTitle", "Title"}, {"TrimLeft", "TrimRight", "Trim", "TrimPrefix", "TrimSuffix"},
	{"TrimLeftFunc", "TrimRightFunc", "TrimFunc"}, {"Split", "SplitAfter"}, {"SplitN", "SplitAfterN"}, {"Floor", "Ceil", "Round", "Trunc", "RoundToEven"},
	{"Min", "Max", "min", "max"}, {"Sin", "Cos", "Tan"}, {"Asin", "Acos", "Atan"}, {"Lock", "RLock"}, {"Unlock", "RUnlock"}, {"Lock", "Unlock"},
	{"RLock", "RUnlock"}, {"Add", "Sub"}, {"Mul", "Div", "Quo"}, {"Before", "After", "Equal"}, {"Seconds", "Minutes", "Hours"}, {"Milliseconds", "Microseconds", "Nanoseconds"},
	{"Unix", "UnixMilli", "UnixNano", "UnixMicro"}, {"Ints", "Strings"}, {"IsLetter", "IsDigit", "IsUpper", "IsLower", "IsSpace", "IsPunct", "IsNumber"},
	{"Print", "Println"}, {"Sprint", "Sprintln"}, {"Fprint", "Fprintln"}, {"Push", "Pop"}, {"PushBack", "PushFront"}, {"Front", "Back"}, {"Next", "Prev"},
	{"InsertBefore", "InsertAfter"}, {"MoveToFront", "MoveToBack"}, {"Open", "Create"}, {"Read", "ReadFull"}, {"Sort", "Stable"}, {"Encode", "Decode"},
	{"Marshal", "MarshalIndent"}, {"Left", "Right"}, {"First", "Last"}, {"Row", "Col"}, {"Get", "Set"}, {"Start", "End"}, {"Begin", "End"},
}

// inFamily tells whether two names are a known pair.
func inFamily(a, b string) bool {
	for _, family := range callFamilies {
		var hasA, hasB bool
		for _, name := range family {
			hasA, hasB = hasA || name == a, hasB || name == b
		}
		if hasA && hasB {
			return true
		}
	}
	return false
}

// sibling replaces the called function or method by others of the same home and signature.
func (o *operators) sibling(call *ast.CallExpr) {
	var id *ast.Ident
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		id = fun
	case *ast.SelectorExpr:
		id = fun.Sel
	default:
		return
	}
	type choice struct {
		name   string
		weight float64
	}
	var choices []choice
	consider := func(name string, same bool) {
		if name == id.Name || !same {
			return
		}
		weight := similarity(name, id.Name)
		if inFamily(name, id.Name) {
			weight += 2
		}
		choices = append(choices, choice{name, weight})
	}
	switch obj := o.info.Uses[id].(type) {
	case *types.Builtin:
		for _, name := range map[string][]string{"len": {"cap"}, "cap": {"len"}, "min": {"max"}, "max": {"min"}}[obj.Name()] {
			if name != "cap" || isSliceType(o.typeOf(call.Args[0])) {
				consider(name, true)
			}
		}
	case *types.Func:
		for _, other := range o.relatives(obj, call) {
			consider(other.Name(), sameSignature(other, obj))
		}
	case *types.Var:
		for _, name := range o.namesFor(id.Pos(), obj.Type(), obj) {
			if !obj.IsField() {
				consider(name, true)
			}
		}
	}
	sort.SliceStable(choices, func(i, j int) bool { return choices[i].weight > choices[j].weight })
	if len(choices) > 10 {
		choices = choices[:10]
	}
	for _, c := range choices {
		o.replace(o.opFor(call, "CALL"), "call-sibling", id, c.name, 0.3+c.weight)
	}
}

// isSliceType tells whether t is a slice, an array or a channel.
func isSliceType(t types.Type) bool {
	switch under(t).(type) {
	case *types.Slice, *types.Array, *types.Chan:
		return true
	}
	return false
}

// sameSignature tells whether two functions take and give the same types.
func sameSignature(a, b *types.Func) bool {
	x, y := a.Type().(*types.Signature), b.Type().(*types.Signature)
	if x.TypeParams().Len() > 0 || y.TypeParams().Len() > 0 {
		return x.TypeParams().Len() == y.TypeParams().Len() && x.Params().Len() == y.Params().Len() && types.TypeString(x, nil) == types.TypeString(y, nil)
	}
	return types.Identical(x, y)
}

// relatives returns the functions of the same package, or the methods of the same type.
func (o *operators) relatives(f *types.Func, call *ast.CallExpr) []*types.Func {
	recv := f.Type().(*types.Signature).Recv()
	var out []*types.Func
	if recv == nil {
		if f.Pkg() == nil {
			return nil
		}
		scope := f.Pkg().Scope()
		for _, name := range scope.Names() {
			if g, ok := scope.Lookup(name).(*types.Func); ok && (g.Exported() || f.Pkg() == o.pkg.Types) && name != "init" && name != "main" {
				out = append(out, g)
			}
		}
		return out
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	t := o.typeOf(sel.X)
	if t == nil {
		return nil
	}
	if _, pointer := t.(*types.Pointer); !pointer && !types.IsInterface(t) {
		t = types.NewPointer(t)
	}
	set := o.methodSet(t)
	for i := range set.Len() {
		if g, ok := set.At(i).Obj().(*types.Func); ok && (g.Exported() || g.Pkg() == o.pkg.Types) {
			out = append(out, g)
		}
	}
	return out
}

// methodSet returns the methods of a type, computed once per function.
func (o *operators) methodSet(t types.Type) *types.MethodSet {
	if set, ok := o.facts.methods[t]; ok {
		return set
	}
	set := types.NewMethodSet(t)
	o.facts.methods[t] = set
	return set
}

// swapArguments exchanges two arguments of the same type, neighbours first.
func (o *operators) swapArguments(call *ast.CallExpr) {
	for i := range call.Args {
		for j := i + 1; j < len(call.Args) && j < i+3; j++ {
			a, b := call.Args[i], call.Args[j]
			if fits(o.typeOf(a), o.typeOf(b)) && fits(o.typeOf(b), o.typeOf(a)) || o.bothFit(call, i, j) {
				weight := 1.0
				if j > i+1 {
					weight = 0.4
				}
				o.emit("ARG", "arg-swap", call, weight,
					Edit{o.off(a.Pos()), o.off(a.End()), o.text(b)}, Edit{o.off(b.Pos()), o.off(b.End()), o.text(a)})
			}
		}
	}
}

// bothFit tells whether arguments i and j can stand in each other's place by the parameters' types.
func (o *operators) bothFit(call *ast.CallExpr, i, j int) bool {
	sig, ok := under(o.typeOf(call.Fun)).(*types.Signature)
	if !ok || call.Ellipsis.IsValid() {
		return false
	}
	pi, pj := paramType(sig, i), paramType(sig, j)
	a, b := o.typeOf(call.Args[i]), o.typeOf(call.Args[j])
	return pi != nil && pj != nil && a != nil && b != nil && types.AssignableTo(a, pj) && types.AssignableTo(b, pi)
}

// paramType returns the type that argument i must have, nil for none.
func paramType(sig *types.Signature, i int) types.Type {
	params := sig.Params()
	if sig.Variadic() && i >= params.Len()-1 {
		s, ok := params.At(params.Len() - 1).Type().(*types.Slice)
		if !ok {
			return nil
		}
		return s.Elem()
	}
	if i >= params.Len() {
		return nil
	}
	return params.At(i).Type()
}

// unwrap replaces a call by one of its arguments, or a method call by its receiver, where the types agree.
func (o *operators) unwrap(call *ast.CallExpr) {
	if _, ok := o.parent(1).(*ast.ExprStmt); ok {
		return
	}
	t := o.typeOf(call)
	if t == nil {
		return
	}
	parts := append([]ast.Expr{}, call.Args...)
	if sel, ok := call.Fun.(*ast.SelectorExpr); ok && o.info.Selections[sel] != nil {
		parts = append(parts, sel.X)
	}
	for i, part := range parts {
		if have := o.typeOf(part); have == nil || !types.Identical(types.Default(have), t) || o.readsAll(call, part) {
			continue
		}
		if i == len(call.Args)-1 && call.Ellipsis.IsValid() && !isBuiltin(call.Fun, "append") {
			continue
		}
		o.replace(o.opFor(call, "CALL"), "unwrap", call, o.text(part), 1)
	}
}

// stringWrappers and floatWrappers are the calls put around values, if their package is imported.
var (
	stringWrappers = []string{"ToLower", "ToUpper", "TrimSpace"}
	floatWrappers  = []string{"Abs", "Floor", "Ceil", "Round", "Sqrt"}
)

// wrap puts a call around a value.
func (o *operators) wrap(e ast.Expr) {
	if !o.isValue(e) || o.info.Types[e].Value != nil {
		return
	}
	switch e.(type) {
	case *ast.Ident, *ast.SelectorExpr, *ast.IndexExpr, *ast.CallExpr, *ast.BinaryExpr:
	default:
		return
	}
	place := false
	switch p := o.parent(1).(type) {
	case *ast.CallExpr:
		place = p.Fun != e
		if place && isBuiltin(p.Fun, "len") && isString(o.typeOf(e)) && !o.info.Types[p].IsType() {
			o.replace("CONV", "conv-runes", e, "[]rune("+o.text(e)+")", 1)
		}
	case *ast.ReturnStmt, *ast.AssignStmt, *ast.KeyValueExpr, *ast.IndexExpr:
		place = true
	case *ast.BinaryExpr:
		place = true
	case *ast.RangeStmt:
		if p.X == e && isString(o.typeOf(e)) {
			o.replace("CONV", "conv-bytes", e, "[]byte("+o.text(e)+")", 0.5)
		}
	}
	t := o.typeOf(e)
	if !place || t == nil {
		return
	}
	op := o.opFor(e, "CALL")
	for i, head := range o.wrappers(t) {
		if call, ok := e.(*ast.CallExpr); !ok || o.text(call.Fun) != head {
			o.replace(op, "wrap-seen", e, head+"("+o.text(e)+")", 1/float64(i+1))
		}
	}
	switch {
	case types.Identical(t, types.Typ[types.String]):
		o.wrapWith(op, "strings", stringWrappers, e)
	case types.Identical(t, types.Typ[types.Float64]):
		o.wrapWith(op, "math", floatWrappers, e)
	case isPlainSlice(t):
		switch o.parent(1).(type) {
		case *ast.ReturnStmt, *ast.AssignStmt, *ast.KeyValueExpr:
			o.replace(op, "wrap-copy", e, "append("+o.typeText(t)+"(nil), "+o.text(e)+"...)", 1)
		case *ast.CallExpr:
			if call := o.parent(1).(*ast.CallExpr); isBuiltin(call.Fun, "append") && len(call.Args) > 0 && call.Args[0] != e && !call.Ellipsis.IsValid() {
				o.replace(op, "wrap-copy", e, "append("+o.typeText(t)+"(nil), "+o.text(e)+"...)", 2)
			}
		}
	}
}

// maxWrappers bounds the functions put around one value.
const maxWrappers = 4

// wrappers returns the functions of one argument that keep type t: those that the file calls, then the package's own.
func (o *operators) wrappers(t types.Type) []string {
	key := types.TypeString(t, nil)
	if list, ok := o.facts.wrappers[key]; ok {
		return list
	}
	var out []string
	for _, f := range o.fileFacts().keepers {
		if len(out) == maxWrappers || f.Name() == o.fn.Name.Name || !types.Identical(f.Type().(*types.Signature).Params().At(0).Type(), t) {
			continue
		}
		switch {
		case f.Pkg() == o.pkg.Types:
			out = append(out, f.Name())
		case f.Pkg() != nil && o.importName(f.Pkg().Path()) != "":
			out = append(out, o.importName(f.Pkg().Path())+"."+f.Name())
		}
	}
	o.facts.wrappers[key] = out
	return out
}

// isPlainSlice tells whether t is an unnamed slice type.
func isPlainSlice(t types.Type) bool {
	_, ok := t.(*types.Slice)
	return ok
}

// typeText returns a type as the file writes it.
func (o *operators) typeText(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p == o.pkg.Types {
			return ""
		}
		if name := o.importName(p.Path()); name != "" {
			return name
		}
		return p.Name()
	})
}

// importName returns the name under which the file imports a path, "" when it does not.
func (o *operators) importName(path string) string {
	if o.facts.names == nil {
		o.facts.names = map[string]string{}
		if scope := o.info.Scopes[o.file.AST]; scope != nil {
			for _, name := range scope.Names() {
				if p, ok := scope.Lookup(name).(*types.PkgName); ok {
					o.facts.names[p.Imported().Path()] = name
				}
			}
		}
	}
	return o.facts.names[path]
}

// wrapWith puts functions of an imported package around e.
func (o *operators) wrapWith(op, path string, names []string, e ast.Expr) {
	name := o.importName(path)
	if name == "" {
		return
	}
	if call, ok := e.(*ast.CallExpr); ok {
		if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
			for _, fun := range names {
				if sel.Sel.Name == fun {
					return
				}
			}
		}
	}
	for _, fun := range names {
		o.replace(op, "wrap-call", e, name+"."+fun+"("+o.text(e)+")", 1)
	}
}
