package main

import (
	"go/ast"
	"go/types"
	"strings"
)

// returnCalls lists calls that give all a function's results at once: a method of the same name of one of the receiver's
// fields, a method of the receiver with a like name, what a local builder or buffer holds.
func (c *fixContext) returnCalls(body *ast.BlockStmt, sig *types.Signature) []filler {
	var out []filler
	fd, ok := enclosing[*ast.FuncDecl](c.path)
	if recv, rt := c.receiver(); ok && recv != "" {
		for _, m := range c.members(rt) {
			switch {
			case m.method && m.name != fd.Name.Name:
				out = append(out, c.resultOf(recv+"."+m.name, m.typ, sig, 0.2+2*sharedWords(fd.Name.Name, m.name))...)
			case !m.method:
				for _, inner := range c.members(m.typ) {
					if inner.method && inner.name == fd.Name.Name {
						out = append(out, c.resultOf(recv+"."+m.name+"."+inner.name, inner.typ, sig, 1.6)...)
					}
				}
			}
		}
	}
	scope := c.bodyScope(body)
	for _, name := range scope.Names() {
		v, is := scope.Lookup(name).(*types.Var)
		if !is || name == "_" || c.isParameter(v) {
			continue
		}
		weight := 0.3
		if kind := strings.TrimPrefix(v.Type().String(), "*"); kind == "strings.Builder" || kind == "bytes.Buffer" {
			weight = 1.3
		}
		for _, m := range c.members(v.Type()) {
			if m.method && (m.name == "String" || m.name == "Bytes") {
				out = append(out, c.resultOf(name+"."+m.name, m.typ, sig, weight)...)
			}
		}
	}
	return bestFillers(out, 6)
}

// resultOf returns the call of what has a type when it gives the results of sig, without arguments or with its parameters.
func (c *fixContext) resultOf(callee string, t types.Type, sig *types.Signature, weight float64) []filler {
	called, ok := t.(*types.Signature)
	if !ok || called.Results().Len() != sig.Results().Len() {
		return nil
	}
	for i := range sig.Results().Len() {
		if !types.Identical(called.Results().At(i).Type(), sig.Results().At(i).Type()) {
			return nil
		}
	}
	var arguments []string
	if called.Params().Len() > 0 {
		if !types.Identical(called.Params(), sig.Params()) || called.Variadic() != sig.Variadic() {
			return nil
		}
		for i := range sig.Params().Len() {
			name := sig.Params().At(i).Name()
			if name == "" || name == "_" {
				return nil
			}
			arguments = append(arguments, name)
		}
	}
	text := callee + "(" + strings.Join(arguments, ", ")
	if called.Variadic() && len(arguments) > 0 {
		text += "..."
	}
	return []filler{{text + ")", weight, nil}}
}
