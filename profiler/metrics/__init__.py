"""Pure arithmetic on samples, graphs and readings."""
