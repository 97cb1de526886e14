"""Intake over HTTP: taking complaints in, and everything about one complaint."""
