"""The machine: what is in it and what it does; imports nothing else of this project."""
