"""Parts of the page that shows what is inside a model."""
