package main

import (
	"go/types"
	"strings"
)

// qualify names other packages by their name and the package under repair not at all.
func (p *Package) qualify(other *types.Package) string {
	if other == p.Types || other.Path() == p.ImportPath {
		return ""
	}
	return other.Name()
}

// typeText returns a type as the file would write it.
func (p *Package) typeText(t types.Type) string {
	if t == nil {
		return ""
	}
	return types.TypeString(t, p.qualify)
}

// signatureText returns parameters and results as Go writes them, parameters of one type grouped.
func (p *Package) signatureText(sig *types.Signature) string {
	var b strings.Builder
	b.WriteString(p.tupleText(sig.Params(), sig.Variadic()))
	results := sig.Results()
	switch {
	case results.Len() == 0:
	case results.Len() == 1 && results.At(0).Name() == "":
		b.WriteString(" " + p.typeText(results.At(0).Type()))
	default:
		b.WriteString(" " + p.tupleText(results, false))
	}
	return b.String()
}

func (p *Package) tupleText(tuple *types.Tuple, variadic bool) string {
	var parts []string
	for i := 0; i < tuple.Len(); i++ {
		v := tuple.At(i)
		text := p.typeText(v.Type())
		last := i == tuple.Len()-1
		if slice, ok := v.Type().(*types.Slice); ok && variadic && last {
			text = "..." + p.typeText(slice.Elem())
		}
		sameNext := !last && !(variadic && i == tuple.Len()-2) && types.Identical(v.Type(), tuple.At(i+1).Type())
		switch {
		case v.Name() == "":
			parts = append(parts, text)
		case sameNext && tuple.At(i+1).Name() != "":
			parts = append(parts, v.Name())
		default:
			parts = append(parts, v.Name()+" "+text)
		}
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

// objectText returns one short line for an object: what a reader needs to use it.
func (p *Package) objectText(obj types.Object) string {
	name := obj.Name()
	if pkg := obj.Pkg(); pkg != nil && obj.Parent() == pkg.Scope() {
		if q := p.qualify(pkg); q != "" {
			name = q + "." + name
		}
	}
	switch o := obj.(type) {
	case *types.Func:
		return p.funcText(o, name)
	case *types.Var:
		if o.IsField() {
			return "field " + name + " " + p.typeText(o.Type())
		}
		return "var " + name + " " + p.typeText(o.Type())
	case *types.Const:
		if o.Val() != nil && len(o.Val().String()) <= 24 {
			return "const " + name + " = " + o.Val().String()
		}
		return "const " + name + " " + p.typeText(o.Type())
	case *types.TypeName:
		return p.typeDeclText(o, name)
	case *types.PkgName:
		return "import " + o.Imported().Path()
	case *types.Builtin:
		return "func " + name
	}
	return name
}

// funcText returns "func f(a, b int) error" or "func (s *Stack) Push(v int)".
func (p *Package) funcText(f *types.Func, name string) string {
	sig, ok := f.Type().(*types.Signature)
	if !ok {
		return "func " + name
	}
	head := "func "
	if recv := sig.Recv(); recv != nil {
		if _, ok := recv.Type().Underlying().(*types.Interface); ok {
			return head + p.typeText(recv.Type()) + "." + f.Name() + p.signatureText(sig)
		}
		receiver := p.typeText(recv.Type())
		if recv.Name() != "" && recv.Name() != "_" {
			receiver = recv.Name() + " " + receiver
		}
		return head + "(" + receiver + ") " + f.Name() + p.signatureText(sig)
	}
	if tparams := sig.TypeParams(); tparams.Len() > 0 {
		name += p.typeParamsText(tparams)
	}
	return head + name + p.signatureText(sig)
}

func (p *Package) typeParamsText(list *types.TypeParamList) string {
	var parts []string
	for i := 0; i < list.Len(); i++ {
		tp := list.At(i)
		parts = append(parts, tp.Obj().Name()+" "+p.typeText(tp.Constraint()))
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// maxFields bounds what one type's line shows.
const maxFields = 12

// typeDeclText returns "Stack { items []int; n int }" for a struct, "Shape { Area() float64 }" for an interface
// and "type Celsius float64" for the rest.
func (p *Package) typeDeclText(o *types.TypeName, name string) string {
	if _, basic := types.Unalias(o.Type()).(*types.Basic); basic && !o.IsAlias() || o.Type() == nil {
		return "type " + name
	}
	if named, ok := o.Type().(*types.Named); ok && named.TypeParams().Len() > 0 {
		name += p.typeParamsText(named.TypeParams())
	}
	switch t := o.Type().Underlying().(type) {
	case *types.Struct:
		var parts []string
		for i := 0; i < t.NumFields(); i++ {
			f := t.Field(i)
			if !f.Exported() && f.Pkg() != nil && p.qualify(f.Pkg()) != "" {
				continue
			}
			if len(parts) == maxFields {
				parts = append(parts, "...")
				break
			}
			if f.Embedded() {
				parts = append(parts, p.typeText(f.Type()))
			} else {
				parts = append(parts, f.Name()+" "+p.typeText(f.Type()))
			}
		}
		return braced(name, parts)
	case *types.Interface:
		var parts []string
		for i := 0; i < t.NumMethods() && i < maxFields; i++ {
			m := t.Method(i)
			if sig, ok := m.Type().(*types.Signature); ok {
				parts = append(parts, m.Name()+p.signatureText(sig))
			}
		}
		return braced(name, parts)
	}
	if o.IsAlias() {
		return "type " + name + " = " + p.typeText(types.Unalias(o.Type()))
	}
	return "type " + name + " " + p.typeText(o.Type().Underlying())
}

func braced(name string, parts []string) string {
	if len(parts) == 0 {
		return name + " {}"
	}
	return name + " { " + strings.Join(parts, "; ") + " }"
}
