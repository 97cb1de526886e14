"""Decisions of notify: who is told what, and what becomes of a notice after an attempt. Pure."""
