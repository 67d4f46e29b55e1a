"""Tests are behaviours; one file for each file they hold to its word."""
