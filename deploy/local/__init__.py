"""The embedded stack: PostgreSQL, Kafka and the five services, without Docker or root.

A home is a directory that holds all of it: `postgres/` and `kafka/` (data, kept ports, settings) and `run/` (logs of
this and the previous start, the supervisor's locks, which process is which). Removing it removes everything.
"""
