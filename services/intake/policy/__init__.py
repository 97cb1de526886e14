"""Intake's decisions: which instants are possible, what may still be said of a complaint, how far it has come."""
