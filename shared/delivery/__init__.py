"""Causal, exactly-once, recoverable delivery: one module a rule."""
