"""Intake's use cases: take complaints in, hear what customers say later, tell how far things have come, forget."""
