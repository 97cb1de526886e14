"""Routing: judges, grades, assigns and moves cases; owns the directory."""
