"""Every SQL statement of notify: cases, what is intended, what is sent, what people read."""
