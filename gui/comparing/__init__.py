"""The parts of the page on which runs stand beside each other; they bring the plots."""
