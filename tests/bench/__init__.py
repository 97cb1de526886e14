"""Measures the real product beside the bare baseline of the same work: `make bench [ROWS=http_accept,chain]`."""
