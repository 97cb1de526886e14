"""Routing's use cases: load, ask policy, store, emit; never commit."""
