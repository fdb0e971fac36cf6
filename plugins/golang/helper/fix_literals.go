package main

import (
	"go/ast"
	"go/types"
	"strconv"
	"strings"
)

// literal returns the composite literal around the diagnostic.
func (c *fixContext) literal() *ast.CompositeLit {
	lit, _ := enclosing[*ast.CompositeLit](c.path)
	return lit
}

// fixLitField repairs a field name that the struct of a literal does not have.
func fixLitField(c *fixContext) {
	lit := c.literal()
	kv, ok := enclosing[*ast.KeyValueExpr](c.path)
	if lit == nil || !ok {
		return
	}
	key, named := kv.Key.(*ast.Ident)
	s := structOf(c.typeOf(lit))
	if s == nil {
		return
	}
	if !named {
		c.stringKeys(lit, s)
		return
	}
	used := map[string]bool{}
	for _, e := range lit.Elts {
		if other, is := e.(*ast.KeyValueExpr); is {
			used[c.text(other.Key)] = true
		}
	}
	value := c.typeOf(kv.Value)
	for i := range s.NumFields() {
		f := s.Field(i)
		weight := memberLikeness(key.Name, f.Name())
		if synonym(key.Name, f.Name()) {
			weight = max(weight, 0.5)
		}
		if weight == 0 {
			weight = 0.03
		}
		if used[f.Name()] {
			weight *= 0.02
		}
		c.add(weight*wantOf(f.Type()).fit(value), "FIELD", "near-field", c.replace(key, f.Name()))
		if inner := structOf(f.Type()); f.Embedded() && inner != nil {
			for k := range inner.NumFields() {
				if name := inner.Field(k).Name(); name == key.Name {
					text, need := c.typeText(f.Type())
					c.addWithImports(1.3, "FIELD", "promoted-field", need, c.replace(kv, f.Name()+": "+strings.Replace(text, "*", "&", 1)+"{"+c.text(kv)+"}"))
				}
			}
		}
	}
	c.addFieldFor(lit, key.Name, value)
	c.add(0.08, "DELETE", "drop-field", c.dropElement(lit.Elts, indexOf(lit.Elts, kv)))
}

func indexOf(list []ast.Expr, e ast.Expr) int {
	for i, x := range list {
		if x == e {
			return i
		}
	}
	return 0
}

// addFieldFor declares the field a literal names.
func (c *fixContext) addFieldFor(lit *ast.CompositeLit, name string, value types.Type) {
	named := namedOf(c.typeOf(lit))
	if named == nil || value == nil || value == types.Typ[types.UntypedNil] {
		return
	}
	f, id := c.declaredIn(named.Obj())
	if id == nil {
		return
	}
	spec, ok := enclosing[*ast.TypeSpec](pathTo(f, id))
	if !ok {
		return
	}
	if st, is := spec.Type.(*ast.StructType); is {
		if text, need := c.typeTextIn(f, types.Default(value)); len(need) == 0 {
			c.addIn(f, 0.12, "DECL", "add-field", c.fieldEdit(f, st, name+" "+text))
		}
	}
}

// stringKeys writes the field names of a struct literal without quotes.
func (c *fixContext) stringKeys(lit *ast.CompositeLit, s *types.Struct) {
	var edits []Edit
	for _, e := range lit.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		text := strings.Trim(c.text(kv.Key), "\"`'")
		for i := range s.NumFields() {
			if strings.EqualFold(s.Field(i).Name(), text) {
				edits = append(edits, c.replace(kv.Key, s.Field(i).Name()))
			}
		}
	}
	c.add(1.5, "FIELD", "field-names", edits...)
}

// fixMixedLit names the values of a struct literal that has names for some.
func fixMixedLit(c *fixContext) {
	lit := c.literal()
	if lit == nil {
		return
	}
	s := structOf(c.typeOf(lit))
	if s == nil {
		return
	}
	used := map[string]bool{}
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			used[c.text(kv.Key)] = true
		}
	}
	c.nameByPosition(lit, s, used)
	c.nameByType(lit, s, used)
	var values []Edit
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			values = append(values, c.span(kv.Pos(), kv.Value.Pos(), ""))
		}
	}
	c.add(0.3, "FIELD", "drop-field-names", values...)
}

// nameByPosition gives the unnamed values the names of the fields at their places.
func (c *fixContext) nameByPosition(lit *ast.CompositeLit, s *types.Struct, used map[string]bool) {
	var edits []Edit
	for i, e := range lit.Elts {
		if _, ok := e.(*ast.KeyValueExpr); ok {
			continue
		}
		if i >= s.NumFields() || used[s.Field(i).Name()] {
			return
		}
		edits = append(edits, c.insert(e.Pos(), s.Field(i).Name()+": "))
	}
	c.add(1.2, "FIELD", "name-values", edits...)
}

// nameByType gives the unnamed values the first free field of their type, or of the name they are spelt like.
func (c *fixContext) nameByType(lit *ast.CompositeLit, s *types.Struct, used map[string]bool) {
	taken := map[string]bool{}
	for name := range used {
		taken[name] = true
	}
	var edits []Edit
	for _, e := range lit.Elts {
		if _, ok := e.(*ast.KeyValueExpr); ok {
			continue
		}
		best, at := 0.0, ""
		for i := range s.NumFields() {
			f := s.Field(i)
			if taken[f.Name()] {
				continue
			}
			score := wantOf(f.Type()).fit(c.typeOf(e)) + likeness(c.text(e), f.Name())
			if strings.EqualFold(c.text(e), f.Name()) {
				score++
			}
			if score > best {
				best, at = score, f.Name()
			}
		}
		if at == "" {
			return
		}
		taken[at] = true
		edits = append(edits, c.insert(e.Pos(), at+": "))
	}
	c.add(1.1, "FIELD", "name-values-by-type", edits...)
}

// fixStructLit repairs a literal with too few or too many values.
func fixStructLit(c *fixContext) {
	lit := c.literal()
	if lit == nil {
		return
	}
	s := structOf(c.typeOf(lit))
	if s == nil {
		return
	}
	c.nameByType(lit, s, map[string]bool{})
	c.nameByPosition(lit, s, map[string]bool{})
	if n := len(lit.Elts); n > s.NumFields() && s.NumFields() > 0 {
		for _, gap := range gaps(n, min(n-s.NumFields(), 2)) {
			var kept []string
			score, at := 0.8, 0
			for i, e := range lit.Elts {
				if gap[i] || at >= s.NumFields() {
					continue
				}
				score *= wantOf(s.Field(at).Type()).fit(c.typeOf(e))
				kept = append(kept, c.text(e))
				at++
			}
			c.add(score, "DELETE", "drop-value", c.span(lit.Elts[0].Pos(), lit.Elts[n-1].End(), strings.Join(kept, ", ")))
		}
		return
	}
	if missing := s.NumFields() - len(lit.Elts); missing > 0 && missing <= 3 && len(lit.Elts) > 0 {
		c.completeLit(lit, s, missing)
	}
}

// completeLit adds zero values for the missing fields of an unnamed literal, at the places where the rest fits.
func (c *fixContext) completeLit(lit *ast.CompositeLit, s *types.Struct, missing int) {
	for _, gap := range gaps(s.NumFields(), missing) {
		var values, imports []string
		score, at := 0.9, 0
		for i := range s.NumFields() {
			if gap[i] {
				zero, need := c.zero(s.Field(i).Type())
				values, imports = append(values, zero), append(imports, need...)
				continue
			}
			score *= wantOf(s.Field(i).Type()).fit(c.typeOf(lit.Elts[at]))
			values = append(values, c.text(lit.Elts[at]))
			at++
		}
		c.addWithImports(score, "LIT", "add-values", imports, c.span(lit.Elts[0].Pos(), lit.Elts[len(lit.Elts)-1].End(), strings.Join(values, ", ")))
	}
}

// fixLit repairs literals of types that have none, missing keys and missing types.
func fixLit(c *fixContext) {
	lit := c.literal()
	if lit == nil {
		return
	}
	t := c.typeOf(lit)
	if lit.Type != nil && t == nil {
		t = c.typeOf(lit.Type)
	}
	if t != nil {
		if m, ok := t.Underlying().(*types.Map); ok {
			c.mapKeys(lit, m)
		}
		if basicInfo(t) != 0 && len(lit.Elts) == 1 {
			c.add(1.3, "CONV", "convert", c.replace(lit, c.text(lit.Type)+"("+c.text(lit.Elts[0])+")"))
		}
		if basicInfo(t) != 0 || nillable(t) && len(lit.Elts) == 0 {
			zero, _ := c.zero(t)
			c.add(0.8, "LIT", "zero-value", c.replace(lit, zero))
		}
		if p, ok := lit.Type.(*ast.StarExpr); ok {
			c.add(1.6, "CONV", "address", c.replace(lit.Type, "&"+c.text(p.X)))
		}
	}
	if lit.Type != nil {
		c.add(0.9, "TYPE", "slice-literal", c.insert(lit.Type.Pos(), "[]"))
	}
	if lit.Type == nil {
		w := c.wanted(pathTo(c.file, lit))
		if w.typ != nil {
			text, need := c.typeText(w.typ)
			c.addWithImports(1.2, "TYPE", "literal-type", need, c.insert(lit.Pos(), strings.Replace(text, "*", "&", 1)))
		}
	}
}

// mapKeys gives the values of a map literal keys: alternate values become pairs.
func (c *fixContext) mapKeys(lit *ast.CompositeLit, m *types.Map) {
	var edits []Edit
	bare := 0
	for _, e := range lit.Elts {
		if _, ok := e.(*ast.KeyValueExpr); !ok {
			bare++
		}
	}
	if bare == len(lit.Elts) && bare%2 == 0 {
		for i := 0; i+1 < len(lit.Elts); i += 2 {
			edits = append(edits, c.span(lit.Elts[i].End(), lit.Elts[i+1].Pos(), ": "))
		}
		c.add(1.4, "LIT", "pairs", edits...)
	}
	edits = nil
	suffix := map[bool]string{true: ": true", false: ": {}"}[isBoolean(m.Elem())]
	if isInteger(m.Elem()) {
		suffix = ": 1"
	}
	for _, e := range lit.Elts {
		if _, ok := e.(*ast.KeyValueExpr); !ok {
			edits = append(edits, c.insert(e.End(), suffix))
		}
	}
	c.add(1, "LIT", "add-map-values", edits...)
}

// fixDuplicateLit removes or corrects a key or field that stands twice in a literal.
func fixDuplicateLit(c *fixContext) {
	lit := c.literal()
	if lit == nil {
		return
	}
	for i, e := range lit.Elts {
		if e.Pos() > c.pos || c.pos >= e.End() {
			continue
		}
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			return
		}
		for k, other := range lit.Elts {
			first, is := other.(*ast.KeyValueExpr)
			if k == i || !is || c.text(first.Key) != c.text(kv.Key) {
				continue
			}
			drop, dropFirst := 0.6, 0.35
			if c.text(first.Value) == c.text(kv.Value) {
				drop, dropFirst = 1.5, 0.2
			}
			c.add(drop, "DELETE", "drop-duplicate", c.dropItem(lit.Elts, i))
			c.add(dropFirst, "DELETE", "drop-duplicate", c.dropItem(lit.Elts, k))
			break
		}
		if s := structOf(c.typeOf(lit)); s != nil {
			for n := range s.NumFields() {
				f := s.Field(n)
				if !hasKey(c, lit, f.Name()) {
					weight := 0.5 + likeness(c.text(kv.Value), f.Name())
					if strings.EqualFold(c.text(kv.Value), f.Name()) {
						weight = 2
					}
					c.add(weight*wantOf(f.Type()).fit(c.typeOf(kv.Value)), "FIELD", "other-field", c.replace(kv.Key, f.Name()))
				}
			}
		}
		if n, err := strconv.Atoi(c.text(kv.Key)); err == nil && !hasKey(c, lit, strconv.Itoa(n+1)) {
			c.add(0.5, "LIT", "next-key", c.replace(kv.Key, strconv.Itoa(n+1)))
		}
		return
	}
}

func hasKey(c *fixContext, lit *ast.CompositeLit, name string) bool {
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok && c.text(kv.Key) == name {
			return true
		}
	}
	return false
}

// dropItem removes an element of a literal, with its line when it has one for itself.
func (c *fixContext) dropItem(list []ast.Expr, i int) Edit {
	start, end := c.off(list[i].Pos()), c.off(list[i].End())
	rest := end
	for rest < len(c.file.Src) && (c.file.Src[rest] == ',' || c.file.Src[rest] == ' ') {
		rest++
	}
	if rest < len(c.file.Src) && c.file.Src[rest] == '\n' && strings.TrimSpace(string(c.file.Src[startOfLine(c.file.Src, start):start])) == "" {
		return Edit{Start: startOfLine(c.file.Src, start), End: rest + 1}
	}
	return c.dropElement(list, i)
}
