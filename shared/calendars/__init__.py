"""Office calendars: the document a group writes, its YAML, and the arithmetic of working time upon it."""
