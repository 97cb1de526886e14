"""Engine, transactions and migrations on PostgreSQL."""
