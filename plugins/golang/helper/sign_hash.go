package main

// FNV-1a's constants (Fowler, Noll and Vo).
const (
	fnvOffset = 2166136261
	fnvPrime  = 16777619
)

// hashed returns the kept bits of a feature's hash.
func hashed(feature []byte) uint32 {
	h := uint32(fnvOffset)
	for _, b := range feature {
		h = (h ^ uint32(b)) * fnvPrime
	}
	return (h ^ h>>signBits) & (1<<signBits - 1)
}

// note counts the feature in the scratch buffer.
func (s *signer) note(amount int32) { s.found[hashed(s.scratch)] += amount }

// begin starts a feature of a kind.
func (s *signer) begin(kind string) {
	s.scratch = append(append(append(s.scratch[:0], s.domain...), kind...), 0)
}

// word notes a feature that consists of words.
func (s *signer) word(kind string, words ...string) { s.noted(1, kind, words...) }

// noted notes a feature that consists of words, brought or taken away.
func (s *signer) noted(amount int32, kind string, words ...string) {
	s.begin(kind)
	for _, w := range words {
		s.scratch = append(append(s.scratch, w...), 0)
	}
	s.note(amount)
}

// shape notes lists of tokens by their classes, with which names among them are the same.
func (s *signer) shape(kind, word string, lists ...[]signToken) {
	s.begin(kind)
	s.scratch = append(append(s.scratch, word...), 0)
	s.classed(lists...)
	s.note(1)
}

// plain notes lists of tokens as written.
func (s *signer) plain(kind, word string, lists ...[]signToken) {
	s.begin(kind)
	s.scratch = append(append(s.scratch, word...), 1)
	for _, list := range lists {
		for _, t := range list {
			s.scratch = append(append(s.scratch, t.text...), ' ')
		}
		s.scratch = append(s.scratch, 0)
	}
	s.note(1)
}

// count notes a list of tokens by their classes, brought or taken away.
func (s *signer) count(kind string, amount int32, list []signToken) {
	s.begin(kind)
	s.classed(list)
	s.note(amount)
}

// classed appends the classes of tokens; a name also gets the place of its first occurrence.
func (s *signer) classed(lists ...[]signToken) {
	var names [signLine + 2*signLongest]string
	known := 0
	for _, list := range lists {
		for _, t := range list {
			s.scratch = append(s.scratch, t.class...)
			if t.name {
				at := 0
				for at < known && names[at] != t.text {
					at++
				}
				if at == known && known < len(names) {
					names[known] = t.text
					known++
				}
				s.scratch = append(s.scratch, byte('A'+at))
			}
			s.scratch = append(s.scratch, ' ')
		}
		s.scratch = append(s.scratch, 0)
	}
}

// grams notes the patterns of up to signGram tokens that touch the middle of a list, or lie across an empty one.
func (s *signer) grams(list []signToken, first, size int, amount int32) {
	for n := 1; n <= signGram; n++ {
		for at := max(0, first-n+1); at < first+size && at+n <= len(list); at++ {
			s.gram(list[at:at+n], amount)
		}
	}
}

// gram notes one pattern.
func (s *signer) gram(list []signToken, amount int32) {
	s.count("gram", amount, list)
	if len(list) <= signRaw {
		s.begin("raw")
		for _, t := range list {
			s.scratch = append(append(s.scratch, t.text...), ' ')
		}
		s.note(amount)
	}
}
