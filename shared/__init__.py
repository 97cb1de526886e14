"""What all services share: events, delivery, policy language, access, texts, telemetry."""
