"""Item models over results, history and the reference table."""
