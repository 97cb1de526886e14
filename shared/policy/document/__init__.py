"""The typed text of a pack, a module per construct: what may be written, before anything is compiled."""
