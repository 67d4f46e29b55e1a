"""Whether a model's answers are right: parity, idempotence, accuracy on labelled data, first divergence."""
