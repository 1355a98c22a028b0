"""Benchmarks: ours and the alternatives in turn, in one run, as ratios. `make bench` runs them."""
