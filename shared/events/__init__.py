"""Events: envelope, one module a subject, topics, wire format."""
