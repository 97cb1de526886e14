"""Decisions, words and channels of notify."""
