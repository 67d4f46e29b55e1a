"""One file for each runtime, and the catalogue of formats."""
