"""The rooms of the `huiyin` command: one module a noun. They talk to the running system over HTTP."""
