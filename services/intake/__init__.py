"""Intake: takes complaints in, keeps the register and everything personal."""
