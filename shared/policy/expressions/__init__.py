"""Conditions: the subset of the Common Expression Language that packs use, compiled, evaluated and explained."""
