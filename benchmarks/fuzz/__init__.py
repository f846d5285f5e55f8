"""Hostile input at every door of the app: grammars and mutations from seeds, tried in workers with ceilings (`make fuzz`)."""
