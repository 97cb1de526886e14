"""Routing over HTTP: cases and moves, the organisation, keys, packs."""
