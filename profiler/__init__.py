"""The measurement: plans, children, samples, results; knows no window."""
