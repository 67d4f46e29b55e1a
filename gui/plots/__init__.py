"""The pyqtgraph pieces; imported late, because pyqtgraph costs a third of a second at start."""
