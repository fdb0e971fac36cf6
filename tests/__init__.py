"""Tests of HRGC; the tree mirrors the packages."""
