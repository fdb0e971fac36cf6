"""Keeping the public benchmark out of the data: files that define two or more of its functions are dropped."""

from __future__ import annotations

import re

NAMES = frozenset(
    (
        "HasCloseElements SeparateParenGroups TruncateNumber BelowZero MeanAbsoluteDeviation Intersperse"
        " ParseNestedParens FilterBySubstring SumProduct RollingMax MakePalindrome StringXor GreatestCommonDivisor"
        " AllPrefixes StringSequence CountDistinctCharacters ParseMusic HowManyTimes FindClosestElements RescaleToUnit"
        " FilterIntegers LargestDivisor FlipCase FilterByPrefix GetPositive FindZero SortThird FizzBuzz SortEven"
        " DecodeCyclic PrimeFib TriplesSumToZero CarRaceCollision IncrList PairsSumToZero ChangeBase Fib4 Modp"
        " DecodeShift RemoveVowels BelowThreshold SameChars CorrectBracketing LargestPrimeFactor SumToN Fibfib"
        " VowelsCount CircularShift Digitsum FruitDistribution StrangeSortList WillItFly SmallestChange TotalMatch"
        " IsMultiplyPrime IsSimplePower Iscube HexKey NumericalLetterGrade PrimeLength StartsOneEnds AntiShuffle"
        " NextSmallest IsBored Skjkasdkd CheckDictCase CountUpTo CountUpper ClosestInteger MakeAPile WordsString"
        " ChooseNum RoundedAvg UniqueDigits EvenOddPalindrome CountNums MoveOneBall ReverseDelete OddCount"
        " Minsubarraysum MaxFill SelectWords GetClosestVowel MatchParens GetOddCollatz ValidDate ProdSigns Minpath"
        " CheckIfLastCharIsALetter CanArrange LargestSmallestIntegers CompareOne IsEqualToSumEven SpecialFactorial"
        " FixSpaces FileNameCheck WordsInSentence OrderByPoints Specialfilter GetMaxTriples SortedListSum XOrY"
        " DoubleTheDifference StrongestExtension CycpatternCheck EvenOddCount IntToMiniRoman RightAngleTriangle"
        " DoAlgebra StringToMd5 GenerateIntegers"
    ).lower().split()
)  # fmt: skip
"""Function names of the benchmark, in lower case; those that any program might use are left out."""
LIMIT = 2
_FUNCTIONS = re.compile(r"^[ +]?func (\w+)\(", re.MULTILINE)


def contaminated(text: str) -> bool:
    """Tell whether *text* (a file, or diff lines of one) defines several of the benchmark's functions."""
    return len({name.lower() for name in _FUNCTIONS.findall(text)} & NAMES) >= LIMIT
