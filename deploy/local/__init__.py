"""The embedded stack: PostgreSQL, Kafka and the five services, without Docker or root."""
