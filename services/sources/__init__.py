"""Feeds: whether each source still speaks, and whether we hold all that it holds."""
