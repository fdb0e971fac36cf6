package main

var typeCases, countCases, otherCases []fixCase
