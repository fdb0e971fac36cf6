package main

import (
	"encoding/base64"
	"encoding/binary"
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
