"""Smaller variants of a model by the runtime's own tools: fp16 and int8."""
