"""The commands of the command line, one a file; each measures and speaks like the window."""
