"""Sla's use cases."""
