"""How Huiyin is put on machines."""
