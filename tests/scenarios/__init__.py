"""Whole lives of complaints on virtual time, through all five services."""
