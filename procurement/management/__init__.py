"""Commands: they parse, make one operation call, and print."""
