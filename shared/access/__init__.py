"""Who may do what: principals, permissions, keys, audit."""
