package main

import (
	"go/token"
	"regexp"
	"strings"
)

// expectation splits "expected X, found Y (advice)".
var expectation = regexp.MustCompile(`^expected (.+?)(?:, found (.+?))?(?: \(.*\))?$`)

// classByWords sorts messages that say no "expected X"; the first phrase that occurs wins.
var classByWords = []struct{ phrase, class string }{
	{"missing ','", "Comma"},
	{"unexpected comma", "Comma"},
	{"unexpected newline", "Newline"},
	{"unexpected semicolon or newline before {", "Newline"},
	{"missing condition", "Statement"},
	{"declaration not allowed", "Statement"},
	{"label declaration", "Colon"},
	{"index required in 3-index slice", "Colon"},
	{"must be function call", "Expression"},
	{"must not be parenthesized", "Paren"},
	{"cannot parenthesize", "Paren"},
	{"imports must appear", "Declaration"},
	{"import path", "Declaration"},
	{"invalid import path", "Declaration"},
	{"missing import path", "Declaration"},
	{"package name", "Package"},
	{"type parameter", "Declaration"},
	{"final parameter", "Declaration"},
	{"invalid use of ...", "Expression"},
	{"non-declaration statement", "Declaration"},
	{"mixed named and unnamed parameters", "Declaration"},
	{"missing parameter", "Declaration"},
	{"missing type", "Declaration"},
	{"not terminated", "Literal"},
	{"illegal", "Literal"},
	{"invalid", "Literal"},
	{"digit", "Literal"},
	{"exponent", "Literal"},
	{"mantissa", "Literal"},
	{"escape", "Literal"},
	{"quotation mark", "Literal"},
}

// syntaxClass sorts a parser message into a class of the token table by what was expected, then by what was found.
func syntaxClass(msg string) string {
	m := expectation.FindStringSubmatch(msg)
	if m == nil {
		for _, w := range classByWords {
			if strings.Contains(msg, w.phrase) {
				return w.class
			}
		}
		return "Other"
	}
	expected, found := strings.Trim(m[1], "'"), strings.Trim(m[2], "'")
	switch expected {
	case "package":
		return "Package"
	case "IDENT":
		if token.IsKeyword(found) {
			return "Keyword"
		}
		return "Declaration"
	case ";":
		return afterStatement(found)
	case "declaration":
		if class := tokenClass(found); class == "Brace" {
			return class
		}
		return "Declaration"
	case "statement":
		if class := bracketClass(found); class != "" {
			return class
		}
		return "Statement"
	case "operand", "1 expression", "1 or 2 expressions", "at most 2 expressions", "for loop condition", "switch expression", "boolean or range expression", "boolean expression":
		if found == "newline" {
			return "Newline"
		}
		if strings.Contains(found, "assignment") {
			return "Operator"
		}
		if class := tokenClass(found); class != "" {
			return class
		}
		return "Expression"
	case "type", "field name or embedded type", "~ term or type", "type argument list":
		return "Declaration"
	}
	if class := tokenClass(expected); class != "" {
		return class
	}
	if token.IsKeyword(expected) {
		return "Keyword"
	}
	return "Expression"
}

// afterStatement is the class of something that stands where a statement should have ended.
func afterStatement(found string) string {
	if class := tokenClass(found); class != "" {
		return class
	}
	if token.IsKeyword(found) {
		return "Keyword"
	}
	return "Semicolon"
}

// tokenClass is the class of a punctuation token, "" for any other.
func tokenClass(text string) string {
	if class := bracketClass(text); class != "" {
		return class
	}
	switch text {
	case ",":
		return "Comma"
	case ":":
		return "Colon"
	case ";":
		return "Semicolon"
	case "newline":
		return "Newline"
	case "":
		return ""
	}
	if strings.Trim(text, "+-*/%&|^<>=!:.~") == "" {
		return "Operator"
	}
	return ""
}

func bracketClass(text string) string {
	switch text {
	case "{", "}":
		return "Brace"
	case "(", ")":
		return "Paren"
	case "[", "]":
		return "Bracket"
	}
	return ""
}

// syntaxNames returns the tokens a message speaks of: what was expected, then what was found.
func syntaxNames(msg string) []string {
	var list []string
	if m := expectation.FindStringSubmatch(msg); m != nil {
		for _, part := range m[1:] {
			part = strings.Trim(part, "'")
			if part != "EOF" && len(part) <= 40 {
				list = appendName(list, part)
			}
		}
		return list
	}
	if strings.Contains(msg, "missing ','") {
		return []string{","}
	}
	return nil
}
