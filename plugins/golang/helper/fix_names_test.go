package main

// nameCases are undeclared names: misspelt, out of scope, without their owner or import.
var nameCases = []fixCase{
	{"UndeclaredName", `package p

func total(items []int) int {
	sum := 0
	for _, it := range «itmes¦items» {
		sum += it
	}
	return sum
}
`},
	{"UndeclaredName", `package p

func count(words []string) int {
	count := 0
	for range words {
		«cuont¦count»++
	}
	return count
}
`},
	{"UndeclaredName", `package p

func f(xs []int) int {
	n «=¦:=» len(xs)
	return n * 2
}
`},
	{"UndeclaredName", `package p
«¦
import "strings"
»
func up(s string) string {
	return strings.ToUpper(s)
}
`},
	{"UndeclaredName", `package p

import (
	"fmt"
«¦	"os"
»)

func main() {
	fmt.Fprintln(os.Stderr, "x")
}
`},
	{"UndeclaredName", `package p

type Stack struct{ items []int }

func (s *Stack) Len() int {
	return len(«items¦s.items»)
}
`},
	{"UndeclaredName", `package p

func f(p *int) bool {
	return p == «null¦nil»
}
`},
	{"UndeclaredName", `package p

func f() bool {
	return «True¦true»
}
`},
	{"UndeclaredName", `package p

func name(s «String¦string») int {
	return len(s)
}
`},
	{"UndeclaredName", `package p

import "fmt"

func hello() {
	«Println¦fmt.Println»("hello")
}
`},
	{"UndeclaredName", `package p

type Node struct {
	value int
	next  *Node
}

func (n *Node) Sum() int {
	total := 0
	for cur := n; cur != nil; cur = cur.next {
		total += «curr¦cur».value
	}
	return total
}
`},
	{"UndeclaredName", `package p

type Account struct{ balance int }

func newAcount(b int) *«Acount¦Account» {
	return &Account{balance: b}
}
`},
	{"UndeclaredName", `package p

func maxOf(xs []int) int {
	best := xs[0]
	for i := 1; i < len(xs); i++ {
		if xs[i] > best {
			best = xs[«j¦i»]
		}
	}
	return best
}
`},
	{"UndeclaredName", `package p

import "strings"

func f(s string) []string {
	return «stirngs¦strings».Split(s, ",")
}
`},
	{"UndeclaredName", `package p

func compute(a, b int) int {
	return a + b
}

func run() int {
	return «compte¦compute»(1, 2)
}
`},
	{"UndeclaredName", `package p

type Queue struct{ data []string }

func (q *Queue) Push(s string) {
	q.data = append(«this¦q».data, s)
}
`},
	{"UndeclaredName", `package p

func find(xs []int, want int) int {
	«¦idx := -1
	¦var idx int
	»for i, x := range xs {
		if x == want {
			idx «:=¦=» i
			break
		}
	}
	return idx
}
`},
	{"UndeclaredName", `package p

func sign(v int) int {
	«if v := v * 2; v > 0 {
		return 1
	}
	return w¦if v := v * 2; v > 0 {
		return 1
	}
	return v»
}
`},
	{"UndeclaredName", `package p

import "math/rand"

func pick(names []string) string {
	return names[rand.Intn(len(«name¦names»))]
}
`},
	{"UndeclaredName", `package p

func set(m map[string]int, key string, value int) {
	m[key] = «val¦value»
}
`},
	{"UndeclaredName", `package p

import "errors"

var ErrNotFound = errors.New("not found")

func get(m map[string]int, k string) (int, error) {
	v, ok := m[k]
	if !ok {
		return 0, «ErrorNotFound¦ErrNotFound»
	}
	return v, nil
}
`},
	{"UndeclaredName", `package p

func abs(x «integer¦int») int {
	if x < 0 {
		return -x
	}
	return x
}
`},
	{"UndeclaredName", `package p

func sizes(words []string) (out []int) {
	for _, w := range words {
		out = append(out, «length¦len»(w))
	}
	return out
}
`},
	{"UndeclaredName", `package p

const maxSize = 10

func full(n int) bool {
	return n >= «MaxSize¦maxSize»
}
`},
	{"UndeclaredName", `package p

func avg(values []float64) float64 {
	var «totl¦total¦totl» float64
	for _, v := range values {
		«total¦total¦totl» += v
	}
	return «total¦total¦totl» / float64(len(values))
}
`},
	{"UndeclaredName", `package p

type Logger struct{}

func (l *Logger) print(s string) {}

func (l *Logger) Warn(s string) {
	«prnt¦l.print¦print¦println»("warn: " + s)
}
`},
	{"UndeclaredName", `package p
«¦
import "math/rand"
»
func roll() int {
	return rand.Intn(6) + 1
}
`},
	{"UndeclaredName", `package p
«¦
import "text/template"
»
var t = template.Must(template.New("x").Parse("y"))
`},
	{"UndeclaredName", `package p
«¦
import "encoding/json"
»
func enc(v any) ([]byte, error) {
	return json.Marshal(v)
}
`},
}
