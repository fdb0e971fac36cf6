"""HRGC: plan, write, validate and refine small edits to Go code, offline."""

__version__ = "0.1.0"
