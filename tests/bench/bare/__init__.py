"""The same work done by the barest program we can write, on the same database, broker and machine."""
