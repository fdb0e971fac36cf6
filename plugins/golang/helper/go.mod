module hrgc.local/helper

go 1.22
