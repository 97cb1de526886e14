"""Reporting: read models, rollups and figures."""
