"""Intake decided without a database."""
