"""A result turned into a document: one output a file."""
