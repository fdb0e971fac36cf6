package main

import (
	"go/ast"
	"go/token"
	"regexp"
	"strings"
)

// maxNames bounds the identifiers of one finding.
const maxNames = 6

// wording finds the identifiers in one shape of compiler message; order lists the groups most telling first.
type wording struct {
	shape *regexp.Regexp
	order []int
}

// wordings are tried in order; the first that matches wins.
var wordings = []wording{
	word(`^undefined: (\w+)\.(\w+)`, 2, 1),
	word(`^undefined: (.+)$`, 1),
	word(`^name (\w+) not exported by package (\w+)`, 1, 2),
	word(`^(?:.*[.)\]])?(\w+) undefined \(type (.+?) has no (?:field or method|method) \w+, but does have (?:field|method|unexported field|unexported method) (\w+)`, 1, 3, 2),
	word(`^(?:.*[.)\]])?(\w+) undefined \(type (.+?) has no (?:field or method|method) `, 1, 2),
	word(`^(?:.*[.)\]])?(\w+) undefined \((.+?) is pointer to (?:interface|type parameter)`, 1, 2),
	word(`^(?:.*[.)\]])?(\w+) undefined \(type (.+?) is pointer to`, 1, 2),
	word(`^(?:.*[.)\]])?(\w+) undefined \(cannot refer to unexported (?:field|method) (\w+)`, 1),
	word(`^(?:declared and not used|defined and not used): (\w+)`, 1),
	word(`^(\w+) (?:declared and not used)`, 1),
	word(`^"([^"]+)" imported as (\w+) and not used`, 2, 1),
	word(`^"(?:[^"]*/)?([^"/]+)" imported and not used`, 1),
	word(`^could not import (\S+)`, 1),
	word(`^unknown field (\w+) in struct literal of type (.+?)(?:, but does have (\w+))?$`, 1, 3, 2),
	word(`^missing method (\w+)`, 1),
	word(`(\S+) does not implement (.+?) \((?:missing method|wrong type for method|unexported method) (\w+)`, 3, 1, 2),
	word(`(\S+) does not implement (.+?) \(method (\w+) has pointer receiver`, 3, 1, 2),
	word(`^cannot use (.+?) \((?:.*?) of (?:\w+ )?type (.+?)\) as (?:.*? )?type (.+?) in`, 1, 2, 3),
	word(`^cannot use (.+?) \((?:.*?) of (?:(?:struct|interface|map|slice|func|chan|array|int|string|float64|pointer) )?type (.+?)\) as (.+?) value in`, 1, 2, 3),
	word(`^cannot use (.+?) \(untyped (\w+) (?:constant|value).*?\) as (.+?) value in`, 1, 2, 3),
	word(`^cannot use (\S+) as (.+?) value in`, 1, 2),
	word(`^cannot use (.+?) \(.*?\) as (.+?) value in`, 1, 2),
	word(`^invalid operation: (.+?) \(mismatched types (.+?) and (.+?)\)`, 2, 3, 1),
	word(`^invalid operation: operator (\S+) not defined on (.+?) \(.*? of type (.+?)\)`, 2, 3, 1),
	word(`^invalid operation: (?:cannot \w+(?: non-\w+)? )(.+?) \(.*? of type (.+?)\)`, 1, 2),
	word(`^invalid operation: cannot call non-function (\S+)`, 1),
	word(`^(?:not enough|too many) arguments in call to (.+?)\n\thave (.+)\n\twant (.+)`, 1, 2, 3),
	word(`^(?:not enough|too many) return values\n\thave (.+)\n\twant (.+)`, 1, 2),
	word(`^assignment mismatch: .* but (.+?) returns? `, 1),
	word(`^(\w+) redeclared in this block`, 1),
	word(`^(?:method|field and method with the same name) (?:\w+\.)?(\w+)`, 1),
	word(`^duplicate (?:case|key|field name|field|method|default) (.+?)(?: \(.*?\))?(?: in .*)?$`, 1),
	word(`^(?:in call to (\S+?), )?(?:cannot infer (\w+)|.*\(cannot infer (\w+)\))`, 1, 2, 3),
	word(`^(.+?) is not a type`, 1),
	word(`^(.+?) \(type\) is not an expression`, 1),
	word(`^cannot assign to (.+?)(?: \(.*)?$`, 1),
	word(`^(?:invalid operation: )?cannot (?:index|slice|call|indirect|range over) (?:non-function |pointer to type parameter )?(.+?) \(.*? of (?:\w+ )?type (.+?)\)`, 1, 2),
	word(`^(?:label|invalid (?:break|continue) label) (\w+)`, 1),
	word(`^(.+?) \(.*\) is not used`, 1),
	word(`^cannot convert (.+?) \(.*? of type (.+?)\) to type (.+)`, 1, 2, 3),
	word(`^cannot convert (.+?) \(.*?\) to type (.+)`, 1, 2),
	word(`^(?:cannot range over|invalid argument: index) (.+?)(?: \(.*)?$`, 1),
	word(`^non-boolean condition in`, 0),
	word(`^invalid argument: (.+?) \(.*? of type (.+?)\)`, 1, 2),
	word(`^impossible type (?:assertion|switch case): .*\n\t(\S+) does not implement (\S+)`, 1, 2),
}

func word(shape string, order ...int) wording {
	return wording{regexp.MustCompile(shape), order}
}

// names returns the identifiers and types a finding is about, most telling first: the unknown name, the member and
// its type, the value with the types it has and should have.
func names(pkg *Package, raw rawError) []string {
	switch raw.code {
	case "MissingReturn":
		return funcAt(pkg, raw.pos)
	case "NoNewVar":
		return assignedNames(pkg, raw.pos)
	}
	for _, w := range wordings {
		if m := w.shape.FindStringSubmatch(raw.msg); m != nil {
			var list []string
			for _, group := range w.order {
				if group > 0 && m[group] != "" {
					list = appendName(list, m[group])
				}
			}
			if len(list) > 0 {
				return list
			}
			break
		}
	}
	return spanNames(pkg, raw)
}

// appendName adds a name once, within the bound; text of several lines or of no use as a name is left out.
func appendName(list []string, name string) []string {
	name = strings.TrimSpace(name)
	if name == "" || len(name) > 80 || strings.Contains(name, "\n") || len(list) == maxNames {
		return list
	}
	for _, have := range list {
		if have == name {
			return list
		}
	}
	return append(list, name)
}

// funcAt returns the name of the function around pos.
func funcAt(pkg *Package, pos token.Pos) []string {
	if f := pkg.FileOf(pos); f != nil {
		if fd := pkg.EnclosingFunc(f, pkg.Offset(pos)); fd != nil {
			return []string{fd.Name.Name}
		}
	}
	return nil
}

// assignedNames returns the left side of the assignment at pos.
func assignedNames(pkg *Package, pos token.Pos) (list []string) {
	inspectAt(pkg, pos, func(n ast.Node) {
		if as, ok := n.(*ast.AssignStmt); ok && as.TokPos == pos {
			for _, lhs := range as.Lhs {
				if id, ok := lhs.(*ast.Ident); ok {
					list = appendName(list, id.Name)
				}
			}
		}
	})
	return list
}

// spanNames returns the identifiers in the span of a finding, the outermost selector's member first.
func spanNames(pkg *Package, raw rawError) (list []string) {
	if raw.end <= raw.start {
		return nil
	}
	inspectAt(pkg, raw.start, func(n ast.Node) {
		if n.Pos() < raw.start || n.End() > raw.end {
			return
		}
		switch e := n.(type) {
		case *ast.SelectorExpr:
			list = appendName(list, e.Sel.Name)
		case *ast.Ident:
			list = appendName(list, e.Name)
		}
	})
	return list
}

// inspectAt visits the nodes of the top-level declaration around pos.
func inspectAt(pkg *Package, pos token.Pos, visit func(ast.Node)) {
	f := pkg.FileOf(pos)
	if f == nil {
		return
	}
	for _, decl := range f.AST.Decls {
		if decl.Pos() > pos || decl.End() < pos {
			continue
		}
		ast.Inspect(decl, func(n ast.Node) bool {
			if n != nil {
				visit(n)
			}
			return n != nil
		})
	}
}
