package main

import (
	"encoding/base64"
	"encoding/binary"
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// signsOf returns the signs of the candidates of f in a package of one file, by what they make of the file.
func signsOf(t *testing.T, src string) map[string][]int32 {
	t.Helper()
	s := loaded(t, map[string]string{"a.go": src})
	list, err := enumerate(s.Base(), EnumerateParams{Path: s.Base().Files[0].Path})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]int32{}
	for _, c := range list {
		found := decoded(t, c)
		if len(found) == 0 {
			t.Fatalf("%s has no signs", c.Rule)
		}
		out[applyEdits(src, c.Edits)] = found
	}
	return out
}

// decoded returns a candidate's signs, none where it has none.
func decoded(t *testing.T, c Candidate) (found []int32) {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(c.Signs)
	if err != nil || len(raw)%4 != 0 {
		t.Fatalf("signs of %s: %d bytes, %v", c.Rule, len(raw), err)
	}
	for at := 0; at < len(raw); at += 4 {
		found = append(found, int32(binary.LittleEndian.Uint32(raw[at:])))
	}
	return found
}

const counted = `package p

func count(list []string, most int) (n int) {
	for i := 0; i < most; i++ {
		if list[i] != "" {
			n++
		}
	}
	return n
}
`

// TestSignsOfOppositeEditsAreOpposite: what one edit takes away, the one that undoes it brings.
func TestSignsOfOppositeEditsAreOpposite(t *testing.T) {
	other := strings.Replace(counted, "i < most", "i <= most", 1)
	there, back := signsOf(t, counted)[other], signsOf(t, other)[counted]
	if there == nil || back == nil {
		t.Fatal("the catalogue lacks one of the two")
	}
	opposite, same := 0, 0
	for _, v := range there {
		if slices.Contains(back, -v) {
			opposite++
		}
		if slices.Contains(back, v) {
			same++
		}
	}
	if opposite < 25 || same > len(there)-opposite {
		t.Errorf("%d of %d signs are opposite, %d the same", opposite, len(there), same)
	}
}

// TestSignsSeeThroughNames: names count by their types and by which are the same, except in short patterns.
func TestSignsSeeThroughNames(t *testing.T) {
	renamed := strings.NewReplacer("most", "limit", "list", "words", "i ", "at ", "i+", "at+", "[i]", "[at]").Replace(counted)
	one := signsOf(t, counted)[strings.Replace(counted, "i < most", "i <= most", 1)]
	two := signsOf(t, renamed)[strings.Replace(renamed, "at < limit", "at <= limit", 1)]
	if one == nil || two == nil {
		t.Fatal("the catalogue lacks one of the two")
	}
	shared := 0
	for _, v := range one {
		if slices.Contains(two, v) {
			shared++
		}
	}
	if shared < len(one)*2/3 || shared == len(one) {
		t.Errorf("%d of %d signs survive other names", shared, len(one))
	}
}

// TestSignsSeeWhatStandsAround: the comment above a function and the file's other code are among the signs, the
// function's own text is not taken for other code.
func TestSignsSeeWhatStandsAround(t *testing.T) {
	target := strings.Replace(counted, "i < most", "i <= most", 1)
	plain := signsOf(t, counted)[target]
	told := strings.Replace(counted, "func count", "// count counts at most three words.\nfunc count", 1)
	commented := signsOf(t, told)[strings.Replace(told, "i < most", "i <= most", 1)]
	twin := "\nfunc each(list []string, most int) {\n\tfor i := 0; i <= most; i++ {\n\t\tprintln(list[i])\n\t}\n}\n"
	beside := signsOf(t, counted+twin)[target+twin]
	if len(commented) <= len(plain) {
		t.Errorf("%d signs with a comment, %d without", len(commented), len(plain))
	}
	if len(beside) != len(plain) || slices.Equal(beside, plain) {
		t.Errorf("code elsewhere in the file does not count: %d signs, %d without it", len(beside), len(plain))
	}
}

// TestSignsSeeSymptoms: what failing tests say is among the signs, and so is a literal that they wanted.
func TestSignsSeeSymptoms(t *testing.T) {
	s := loaded(t, map[string]string{"a.go": "package p\n\nfunc f() string { return \"abc\" }\n\nfunc g() string { return \"abd\" }\n"})
	of := func(told symptoms) int {
		list, err := enumerate(s.Base(), EnumerateParams{Path: s.Base().Files[0].Path, Symptoms: told})
		if err != nil || len(list) == 0 {
			t.Fatal(len(list), err)
		}
		return len(decoded(t, list[0]))
	}
	none, kinds := of(symptoms{}), of(symptoms{Kinds: []string{"text one place"}})
	values := of(symptoms{Kinds: []string{"text one place"}, Got: "abc", Want: "abd"})
	if kinds != none+4 || values <= kinds {
		t.Errorf("%d signs, %d with a symptom, %d with values", none, kinds, values)
	}
}

// TestPatternsOfAChangeDoNotCount: what the rest of a file took from the same change is not known beforehand.
func TestPatternsOfAChangeDoNotCount(t *testing.T) {
	s := loaded(t, map[string]string{"a.go": counted + "\nfunc other(n int) bool { return n <= 3 }\n"})
	f := s.Base().Files[0]
	fn := f.AST.Decls[0].(*ast.FuncDecl)
	key := gramKey([]string{"n", "<=", "3"})
	if !newSurroundings(s.Base(), f, fn, nil).grams[key] {
		t.Error("a pattern of the rest of the file is missing")
	}
	earlier := strings.Replace(string(f.Src), "n <= 3", "n < 3", 1)
	if newSurroundings(s.Base(), f, fn, []byte(earlier)).grams[key] {
		t.Error("a pattern that the change brought is known")
	}
}

// TestOffers: a broken function comes with candidates, one of which at least mends it.
func TestOffers(t *testing.T) {
	_, list := corrupted(t, []string{"-seed", "3", "-per-func", "2", "-build", "0", "-clean", "0", "-offers", "20"}, "container/list")
	mended := 0
	for _, r := range list {
		right := 0
		for _, o := range r.Offers {
			if o.Right {
				right++
			}
			if o.Signs == "" || o.Rule == "" {
				t.Errorf("%s: an offer without signs or rule", r.Symbol)
			}
		}
		if len(r.Offers) > 0 {
			mended++
			if right == 0 || len(r.Offers)-right > 20 {
				t.Errorf("%s: %d of %d offers are right", r.Symbol, right, len(r.Offers))
			}
		}
	}
	if mended < len(list)/2 {
		t.Errorf("only %d of %d broken functions have a right offer", mended, len(list))
	}
}

// TestSignsOfRepairs: repairs inside functions have signs, which know the finding; none is one of a behaviour edit.
func TestSignsOfRepairs(t *testing.T) {
	broken := strings.Replace(counted, "i < most", "i < mots", 1)
	s := loaded(t, map[string]string{"a.go": broken})
	list := fixes(s, 50)
	var behaviour []int32
	for _, found := range signsOf(t, counted) {
		behaviour = append(behaviour, found...)
	}
	slices.Sort(behaviour)
	checked := 0
	for _, c := range list {
		found := decoded(t, c)
		shared := 0
		for _, v := range found {
			if _, known := slices.BinarySearch(behaviour, v); known {
				shared++
			}
		}
		if shared > len(found)/4 {
			t.Errorf("%s: %d of %d signs are those of behaviour edits", c.Rule, shared, len(found))
		}
		if strings.Contains(applyEdits(broken, c.Edits), "i < most") && len(found) > 0 {
			checked++
		}
	}
	if checked == 0 {
		t.Errorf("%d repairs, none of them the right one with signs", len(list))
	}
}

// TestOffersOfBuilds: a function that does not build comes with repairs, one of which makes what was there.
func TestOffersOfBuilds(t *testing.T) {
	_, list := corrupted(t, []string{"-seed", "3", "-per-func", "3", "-build", "1", "-clean", "0", "-offers", "20"}, "container/list")
	offered := 0
	for _, r := range list {
		right := 0
		for _, o := range r.Offers {
			if o.Right {
				right++
			}
		}
		if len(r.Offers) > 0 {
			offered++
			if right == 0 || right == len(r.Offers) && right > 1 || len(r.Offers) > 20 {
				t.Errorf("%s: %d of %d repairs are right", r.Symbol, right, len(r.Offers))
			}
		}
	}
	if offered < len(list)/4 {
		t.Errorf("only %d of %d broken functions have a right repair", offered, len(list))
	}
}
