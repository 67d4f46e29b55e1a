"""Figures of inferometer itself; run one with `python -m tests.benchmarks.NAME` from the checkout."""
