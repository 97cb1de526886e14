"""Surveys of satisfaction: drawing whom to ask, taking answers, closing, showing."""
