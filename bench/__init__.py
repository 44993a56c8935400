"""Measurements on servers of their own: every figure in docs/benchmarks.md was printed by one of these."""
