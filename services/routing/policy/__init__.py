"""Decisions of routing: pure, total, each with its reason."""
