"""Measurements. `make bench` runs them and writes docs/benchmarks.md; nothing here is asserted as a time."""
