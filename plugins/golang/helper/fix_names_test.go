package main

// nameCases are broken names: undeclared, misspelt, out of scope, unused.
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
	{"MissingFieldOrMethod", `package p

type User struct {
	Name  string
	Email string
}

func label(u User) string {
	return u.Name + u.«Emial¦Email»
}
`},
	{"MissingFieldOrMethod", `package p

import "net/http"

func agent(r *http.Request) string {
	return r.«Headers¦Header».Get("User-Agent")
}
`},
	{"MissingFieldOrMethod", `package p

type Point struct{ X, Y int }

func sum(p Point) int {
	return p.«x¦X» + p.Y
}
`},
	{"MissingFieldOrMethod", `package p

func n(xs []int) int {
	return «xs.Len()¦len(xs)»
}
`},
	{"MissingFieldOrMethod", `package p

type Set struct{ m map[string]bool }

func (s *Set) Len() int { return len(s.m) }

func size(s *Set) int {
	return s.«Size()¦Len()»
}
`},
	{"MissingFieldOrMethod", `package p

import "strings"

func build(parts []string) string {
	var sb strings.Builder
	for _, p := range parts {
		sb.«Writestring¦WriteString»(p)
	}
	return sb.String()
}
`},
	{"MissingFieldOrMethod", `package p

type Reader interface{ Read() int }

func use(r *Reader) int {
	return «r¦(*r)».Read()
}
`},
	{"MissingFieldOrMethod", `package p

func add(xs []int, v int) []int {
	«xs.append(v)¦xs = append(xs, v)»
	return xs
}
`},
	{"MissingFieldOrMethod", `package p

type Inner struct{ Count int }

type Outer struct{ inner Inner }

func n(o Outer) int {
	return o.«¦inner.»Count
}
`},
	{"MissingFieldOrMethod", `package p

import "sync"

type Counter struct {
	mu sync.Mutex
	n  int
}

func (c *Counter) Inc() {
	c.mu.«lock¦Lock»()
	defer c.mu.Unlock()
	c.n++
}
`},
	{"MissingFieldOrMethod", `package p

import "time"

func since(t time.Time) int64 {
	return t.«UnixMili¦UnixMilli»()
}
`},
	{"UndeclaredImportedName", `package p

import "strings"

func f(s string) []string {
	return strings.«Spilt¦Split»(s, " ")
}
`},
	{"UndeclaredImportedName", `package p

import "os"

func f(name string) ([]byte, error) {
	return os.«ReadFlie¦ReadFile»(name)
}
`},
	{"UndeclaredImportedName", `package p

import "math"

func area(r float64) float64 {
	return math.«PI¦Pi» * r * r
}
`},
	{"UndeclaredImportedName", `package p

import (
	"fmt"
	"strings"
)

func f(n int) string {
	return «strings¦fmt».Sprintf("%d", n) + strings.ToUpper("a")
}
`},
	{"UndeclaredImportedName", `package p

import "strings"

func f(s string) bool {
	return strings.«StartsWith¦HasPrefix»(s, "a")
}
`},
	{"UnexportedName", `package p

import "net/http"

func ok() int {
	return http.«statusOK¦StatusOK»
}
`},
	{"UndeclaredImportedName", `package p

import "fmt"

func p() {
	fmt.«println¦Println»("a")
}
`},
	{"UnusedImport", `package p

import (
	"fmt"
«	"os"
¦»)

func main() {
	fmt.Println("x")
}
`},
	{"UnusedImport", `package p
«
import "os"
¦»
func f() int { return 1 }
`},
	{"UnusedVar", `package p

func f(xs []int) int {
«	n := len(xs)
¦»	return xs[0]
}
`},
	{"UnusedVar", `package p

import "errors"

func g() error { return errors.New("x") }

func f(ok bool) error {
	var err error
	if ok {
		err «:=¦=» g()
	}
	return err
}
`},
	{"UnusedVar", `package p

func f(m map[string]int) int {
	total := 0
	for «k¦_», v := range m {
		total += v
	}
	return total
}
`},
	{"UnusedVar", `package p

import "strconv"

func f(s string) (int, error) {
	n, err := strconv.Atoi(s)
	«¦if err != nil {
		return 0, err
	}
	»return n, nil
}
`},
	{"UnusedVar", `package p

func f(xs []int) int {
	sum := 0
	for i«, x¦» := range xs {
		sum += i
	}
	return sum
}
`},
	{"NoNewVar", `package p

func f() int {
	x := 1
	x «:=¦=» 2
	return x
}
`},
	{"NoNewVar", `package p

import "os"

func f() error {
	err := os.Chdir("/")
	if err != nil {
		return err
	}
	err «:=¦=» os.Remove("x")
	return err
}
`},
	{"UnusedExpr", `package p

func f(a, b int) int {
	a «==¦=» b
	return a
}
`},
	{"UnusedResults", `package p

func f(xs []int) []int {
	«¦xs = »append(xs, 1)
	return xs
}
`},
	{"UnusedExpr", `package p

type T struct{ n int }

func (t *T) reset() { t.n = 0 }

func f(t *T) {
	t.reset«¦()»
}
`},
	{"UnusedExpr", `package p

func add(a, b int) int {
	«¦return »a + b
}
`},
	{"BrokenImport", `package p

import "string«¦s»"

func f(s string) string { return strings.ToUpper(s) }
`},
	{"UnusedLabel", `package p

func f(xss [][]int) int {
	n := 0
outer:
	for _, xs := range xss {
		for _, x := range xs {
			if x < 0 {
				continue«¦ outer»
			}
			n += x
		}
	}
	return n
}
`},
}

// spreadCases have one cause that shows in several places.
var spreadCases = []fixCase{
	{"MissingFieldOrMethod", `package p

type User struct {
	Name  string
	Email string
}

func a(u User) string { return u.«FullName¦Name» }

func b(u *User) bool { return u.«FullName¦Name» == "" }

func c(us []User) int { return len(us[0].«FullName¦Name») + len(us[0].Name) }
`},
	{"MissingFieldOrMethod", `package p

type point struct {
	«hieght¦height» int
	width  int
}

func area(p point) int { return p.height * p.width }

func tall(p point) bool { return p.height > p.width }
`},
	{"UndeclaredName", `package p

type «Acount¦Account» struct{ balance int }

func Open(b int) *Account { return &Account{balance: b} }

func (a *Account) Balance() int { return a.balance }
`},
	{"UndeclaredName", `package p

func «claculate¦calculate»(a, b int) int { return a*b + 1 }

func x() int { return calculate(1, 2) }

func y() int { return calculate(3, 4) }
`},
	{"UnusedVar", `package p

func double(x int) int {
	result := x * 2
	return «x¦result»
}
`},
	{"MismatchedTypes", `package p

func f(p *int, n int) int {
	return n * «&n¦n» + *p
}
`},
	{"IncompatibleAssign", `package p

type value int

func (v *value) Set(n int) {
	«v¦*v» = value(n)
}
`},
	{"UndeclaredName", `package p

func f(m map[string]int, k string) int {
	v«¦, ok» := m[k]
	if !ok {
		return -1
	}
	return v
}
`},
	{"UndeclaredName", `package p

import "os"

func f(name string) error {
	«¦err := »os.Remove(name)
	if err != nil {
		return err
	}
	return nil
}
`},
	{"UnusedVar", `package p

func f(r rune) byte {
	var boundary byte
	switch {
	case r == 'a':
		boundary «:=¦=» 1
	}
	return boundary
}
`},
	{"InvalidCond", `package p

type T struct{ hook func(int) }

func (t *T) run(n int) {
	if t.hook«¦ != nil» {
		t.hook(n)
	}
}
`},
	{"WrongArgCount", `package p

import "strconv"

func f(s string) (int64, error) {
	return strconv.ParseInt(s, 10«¦, 64»)
}
`},
	{"WrongAssignCount", `package p

func split(n int) (int, int) { return n / 10, n % 10 }

func f(n int) int {
	tens«¦, ones» := split(n)
	return tens + ones
}
`},
}
