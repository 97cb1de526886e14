"""What every service knows of the organisation: nodes, people, keys, packs, calendars, as records brought them."""
