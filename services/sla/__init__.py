"""Sla: clocks, warnings, breaches and ladders."""
