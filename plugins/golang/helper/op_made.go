package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"sort"
)

// madeUp returns statements made from what is in reach at pos: updates of counters, flags, lists and fields, calls
// with fitting arguments, unlocking, and ways to leave. behind says that nothing follows in the list.
func (o *operators) madeUp(pos token.Pos, before ast.Stmt, behind bool) []template {
	m := &maker{operators: o, pos: pos}
	m.variables()
	m.elements()
	m.fields()
	m.calls()
	m.adjust(before)
	m.fieldBounds()
	m.underChecks(before)
	m.pointers()
	m.flush(before)
	m.drain(before)
	m.applied()
	m.sorts()
	if text, ok := o.unlocking(before); ok {
		m.add("INSERT", "insert-defer", "defer "+text, 3, false)
		m.add("INSERT", "insert-unlock", text, 0.5, false)
	}
	if o.inLoop() && behind {
		m.add("CTRL", "branch-insert", "break", 0.5, true)
		m.add("CTRL", "branch-insert", "continue", 0.3, true)
	}
	if behind {
		if text := o.zeroReturn(o.signatureAt()); text != "" && o.parent(1) != o.fn.Body {
			m.add("RETURN", "insert-exit", text, 0.4, true)
		}
	}
	return m.out
}

// maker collects made-up statements for one place.
type maker struct {
	*operators
	pos token.Pos
	out []template
}

func (m *maker) add(op, rule, text string, weight float64, ends bool) {
	m.out = append(m.out, template{text: text, rule: rule, weight: weight, op: op, ends: ends})
}

// variables updates local variables: counters, flags, lists; one that is declared and never updated comes first.
func (m *maker) variables() {
	locals := 0
	for _, obj := range m.visible(m.pos) {
		v, ok := obj.(*types.Var)
		if !ok || !m.isLocal(v) || locals > 6 {
			continue
		}
		locals++
		stale := 1.0
		if m.facts.writes[v] == 0 && !m.isParam(v) {
			stale = 2
		}
		switch {
		case isInteger(v.Type()):
			m.add("INSERT", "insert-count", v.Name()+"++", 0.5*stale, false)
			m.add("INSERT", "insert-count", v.Name()+"--", 0.2*stale, false)
			if stale > 1 || m.facts.writes[v] > 0 {
				m.add("INSERT", "insert-clear", v.Name()+" = 0", 0.25*stale, false)
				m.add("INSERT", "insert-scale", v.Name()+" /= 2", 0.1*stale, false)
				m.add("INSERT", "insert-scale", v.Name()+" *= 2", 0.08*stale, false)
				m.add("INSERT", "insert-scale", v.Name()+" /= 10", 0.08*stale, false)
				m.add("INSERT", "insert-scale", v.Name()+" >>= 1", 0.06*stale, false)
				m.add("INSERT", "insert-clear", v.Name()+" = 1", 0.08*stale, false)
			}
		case isBoolean(v.Type()):
			m.add("INSERT", "insert-flag", v.Name()+" = true", 0.3*stale, false)
			m.add("INSERT", "insert-flag", v.Name()+" = false", 0.2*stale, false)
		}
		m.appends(v.Name(), v.Type(), 0.5*stale)
		if isNumeric(v.Type()) || isString(v.Type()) {
			for i, name := range m.namesFor(m.pos, v.Type(), v) {
				if i < 3 {
					m.add("INSERT", "insert-update", v.Name()+" += "+name, 0.3*stale/float64(i+1), false)
					if isNumeric(v.Type()) {
						m.add("INSERT", "insert-update", v.Name()+" -= "+name, 0.15*stale/float64(i+1), false)
						m.add("INSERT", "insert-update", v.Name()+" *= "+name, 0.15*stale/float64(i+1), false)
					}
				}
			}
		}
		if !m.isParam(v) || m.facts.writes[v] > 0 {
			for i, name := range m.namesFor(m.pos, v.Type(), v) {
				if i < 3 {
					m.add("INSERT", "insert-assign", v.Name()+" = "+name, 0.25*stale/float64(i+1), false)
				}
			}
		}
	}
}

// elements sets and adds up elements of lists at the integers in reach, and takes elements off the ends.
func (m *maker) elements() {
	lists := 0
	for _, x := range m.lists() {
		if lists++; lists > 4 {
			break
		}
		weight := 0.3
		s, ok := under(x.t).(*types.Slice)
		if !ok {
			continue
		}
		m.add("INSERT", "insert-pop", x.text+" = "+x.text+"[1:]", 0.25, false)
		m.add("INSERT", "insert-pop", x.text+" = "+x.text+"[:len("+x.text+")-1]", 0.25, false)
		for i, index := range m.namesFor(m.pos, types.Typ[types.Int], nil) {
			if i == 2 {
				break
			}
			element := x.text + "[" + index + "]"
			for k, name := range m.namesFor(m.pos, s.Elem(), nil) {
				if k < 2 && name != index {
					m.add("INSERT", "insert-element", element+" = "+name, weight/float64(i+k+1), false)
					if isNumeric(s.Elem()) {
						m.add("INSERT", "insert-element", name+" += "+element, 0.8*weight/float64(i+k+1), false)
						m.add("INSERT", "insert-element", element+" += "+name, 0.5*weight/float64(i+k+1), false)
					}
				}
			}
			if zero := zeroTexts(m.operators, s.Elem()); len(zero) > 0 {
				m.add("INSERT", "insert-element", element+" = "+zero[0], 0.5*weight/float64(i+1), false)
			}
			for k, target := range m.targets(s) {
				if k < 2 && target != x.text {
					m.add("INSERT", "insert-append", target+" = append("+target+", "+element+")", weight/float64(i+k+1), false)
				}
			}
		}
	}
}

// lists returns the local lists in reach and the lists among the fields that the function uses.
func (m *maker) lists() []operand {
	var out []operand
	for _, obj := range m.visible(m.pos) {
		if v, ok := obj.(*types.Var); ok && m.isLocal(v) {
			if _, slice := under(v.Type()).(*types.Slice); slice {
				out = append(out, operand{v.Name(), v.Type(), 1})
			}
		}
	}
	for _, e := range m.fieldsUsed() {
		if _, slice := under(m.typeOf(e)).(*types.Slice); slice && m.resolves(e, m.pos) {
			out = append(out, operand{m.text(e), m.typeOf(e), 0.7})
		}
	}
	return out
}

// targets returns the names of other lists of the same type.
func (m *maker) targets(t *types.Slice) []string {
	return m.namesFor(m.pos, t, nil)
}

// appends adds what fits to a list, and a pair to a map.
func (m *maker) appends(list string, t types.Type, weight float64) {
	switch t := under(t).(type) {
	case *types.Slice:
		for i, name := range m.namesFor(m.pos, t.Elem(), nil) {
			if i < 3 {
				m.add("INSERT", "insert-append", list+" = append("+list+", "+name+")", weight/float64(i+1), false)
			}
		}
		if !m.thin {
			for i, name := range m.fieldsFor(m.pos, t.Elem(), 2) {
				m.add("INSERT", "insert-append", list+" = append("+list+", "+name+")", 0.7*weight/float64(i+1), false)
			}
		}
		for i, name := range m.namesFor(m.pos, t, nil) {
			if i < 3 && name != list {
				m.add("INSERT", "insert-append", list+" = append("+list+", "+name+"...)", 0.5*weight/float64(i+1), false)
			}
		}
	case *types.Map:
		for i, key := range m.namesFor(m.pos, t.Key(), nil) {
			if i > 1 {
				break
			}
			m.add("INSERT", "insert-map", "delete("+list+", "+key+")", 0.4*weight, false)
			for k, value := range m.namesFor(m.pos, t.Elem(), nil) {
				if k < 2 && value != key {
					m.add("INSERT", "insert-map", list+"["+key+"] = "+value, 0.6*weight, false)
				}
			}
			if isBoolean(t.Elem()) {
				m.add("INSERT", "insert-map", list+"["+key+"] = true", weight, false)
			}
			if isInteger(t.Elem()) {
				m.add("INSERT", "insert-map", list+"["+key+"]++", weight, false)
			}
		}
	}
}

// fields updates the fields of the receiver, of parameters and of locals: counting, clearing, and setting to a value
// in reach.
func (m *maker) fields() {
	owners := 0
	for _, obj := range m.visible(m.pos) {
		v, ok := obj.(*types.Var)
		if !ok || !m.isLocal(v) {
			continue
		}
		list := structFields(v.Type())
		if len(list) == 0 || owners == 3 {
			continue
		}
		owners++
		for i, f := range list {
			if i == 12 || f.Name() == "_" || !f.Exported() && f.Pkg() != m.pkg.Types {
				continue
			}
			text := v.Name() + "." + f.Name()
			weight := 0.35
			if m.facts.idents[f.Name()] {
				weight = 0.5
			}
			m.field(text, f.Type(), weight)
		}
	}
}

// field updates one field.
func (m *maker) field(text string, t types.Type, weight float64) {
	if isInteger(t) {
		m.add("INSERT", "insert-field", text+"++", weight, false)
		m.add("INSERT", "insert-field", text+"--", 0.7*weight, false)
	}
	for i, zero := range zeroTexts(m.operators, t) {
		if i < 2 {
			m.add("INSERT", "insert-field", text+" = "+zero, weight/float64(i+1), false)
		}
	}
	for i, name := range m.namesFor(m.pos, t, nil) {
		if i < 2 {
			m.add("INSERT", "insert-field", text+" = "+name, weight/float64(i+1), false)
		}
	}
	if _, pointer := under(t).(*types.Pointer); pointer {
		for i, name := range m.fieldsFor(m.pos, t, 4) {
			if name != text {
				m.add("INSERT", "insert-field", text+" = "+name, 0.6*weight/float64(i+1), false)
			}
		}
	}
	m.appends(text, t, 0.7*weight)
}

// calls makes calls of the functions and methods that the file calls for their effect, with fitting arguments.
func (m *maker) calls() {
	for _, c := range m.callees(false) {
		for i, text := range m.fill(c) {
			m.add("INSERT", "insert-call", text, c.weight/float64(i+1), false)
		}
	}
}

// callee is a function or method that the file calls.
type callee struct {
	f      *types.Func
	weight float64
	test   bool // its one result is a condition
}

// maxCallees bounds the functions that calls are made of.
const maxCallees = 24

// callees returns what the file calls as statements, or as conditions, most frequent first.
func (o *operators) callees(tests bool) []callee {
	if o.facts.callees == nil {
		o.gatherCallees()
	}
	var out []callee
	for _, c := range o.facts.callees {
		if c.test == tests && len(out) < maxCallees {
			out = append(out, c)
		}
	}
	return out
}

// gatherCallees takes the calls of the file, and counts those of this function double.
func (o *operators) gatherCallees() {
	index := map[*types.Func]int{}
	o.facts.callees = append([]callee{}, o.fileFacts().calls...)
	for i, c := range o.facts.callees {
		index[c.f] = i
	}
	ast.Inspect(o.fn, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if i, known := index[o.calledFunc(call)]; known {
				o.facts.callees[i].weight += callWeight
			}
		}
		return true
	})
	o.addMethods(index)
	sort.SliceStable(o.facts.callees, func(i, j int) bool { return o.facts.callees[i].weight > o.facts.callees[j].weight })
}

// addMethods adds the methods of the receiver's type that nothing in the file calls as a statement: one may be the
// call that is missing.
func (o *operators) addMethods(index map[*types.Func]int) {
	recv := o.fn.Recv
	if recv == nil || len(recv.List) == 0 {
		return
	}
	t := o.info.TypeOf(recv.List[0].Type)
	if t == nil {
		return
	}
	if _, pointer := t.(*types.Pointer); !pointer && !types.IsInterface(t) {
		t = types.NewPointer(t)
	}
	set := o.methodSet(t)
	for i := range set.Len() {
		f, ok := set.At(i).Obj().(*types.Func)
		if !ok || f.Pkg() != o.pkg.Types || f.Name() == o.fn.Name.Name {
			continue
		}
		sig := f.Type().(*types.Signature)
		if _, known := index[f]; !known && sig.Results().Len() == 0 && sig.Params().Len() <= 2 && !sig.Variadic() {
			o.facts.callees = append(o.facts.callees, callee{f: f, weight: 0.15})
		}
	}
}

// fill returns calls of c whose receiver and arguments are variables in reach at the place, at most four.
func (m *maker) fill(c callee) []string {
	sig := c.f.Type().(*types.Signature)
	var heads []string
	switch {
	case sig.Recv() != nil:
		heads = m.owners(c.f)
	case c.f.Pkg() == m.pkg.Types:
		heads = []string{c.f.Name()}
	default:
		if name := m.importName(c.f.Pkg().Path()); name != "" {
			heads = []string{name + "." + c.f.Name()}
		}
	}
	if len(heads) == 0 {
		return nil
	}
	args := []string{""}
	for i := range sig.Params().Len() {
		p := sig.Params().At(i)
		names := m.namesFor(m.pos, p.Type(), nil)
		sort.SliceStable(names, func(a, b int) bool { return names[a] == p.Name() && names[b] != p.Name() })
		if isInt(p.Type()) {
			names = append(names[:min(1, len(names)):min(1, len(names))], "0")
		}
		var next []string
		for _, prefix := range args {
			for k, name := range names {
				if k == 2 || len(next) == 4 {
					break
				}
				if prefix != "" {
					if mentions(prefix, name) {
						continue // the same value twice is seldom meant
					}
					name = prefix + ", " + name
				}
				next = append(next, name)
			}
		}
		args = next
	}
	var out []string
	for _, head := range heads {
		for _, list := range args {
			if len(out) < 4 {
				out = append(out, head+"("+list+")")
			}
		}
	}
	return out
}

// owners returns the calls' heads: variables in reach on which the method can be called.
func (m *maker) owners(f *types.Func) []string {
	var out []string
	for _, obj := range m.visible(m.pos) {
		v, ok := obj.(*types.Var)
		if !ok || !m.isLocal(v) || len(out) == 2 {
			continue
		}
		if m.hasMethod(v.Type(), f) {
			out = append(out, v.Name()+"."+f.Name())
		}
	}
	return out
}

// hasMethod tells whether f is a method of t, found once per function.
func (o *operators) hasMethod(t types.Type, f *types.Func) bool {
	key := methodKey{t, f}
	has, known := o.facts.has[key]
	if !known {
		obj, _, _ := types.LookupFieldOrMethod(t, true, o.pkg.Types, f.Name())
		has = obj == types.Object(f)
		o.facts.has[key] = has
	}
	return has
}

// methodKey is a question that hasMethod has answered.
type methodKey struct {
	t types.Type
	f *types.Func
}

// unlocking returns the call that undoes a lock taken by the statement.
func (o *operators) unlocking(s ast.Stmt) (string, bool) {
	e, ok := s.(*ast.ExprStmt)
	if !ok {
		return "", false
	}
	call, ok := e.X.(*ast.CallExpr)
	if !ok || len(call.Args) > 0 {
		return "", false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return "", false
	}
	undo := map[string]string{"Lock": "Unlock", "RLock": "RUnlock"}[sel.Sel.Name]
	return o.text(sel.X) + "." + undo + "()", undo != ""
}
