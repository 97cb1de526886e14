"""Notify: who is told what, when, on which channel."""
