"""The window; imports no runtime."""
