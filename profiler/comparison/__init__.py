"""Runs beside each other: may they be compared, by how much do they differ, which one to ship."""
