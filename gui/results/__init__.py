"""The parts of a result as it is shown; imported with the first result, because they bring the plots."""
