package main

func (j *fixJob) firstParseError() int {
	for i, d := range j.pkg.Diags {
		if d.Stage == "parse" {
			return i
		}
	}
	return -1
}

func (j *fixJob) syntaxRepairs(index int) []proposal { return nil }
