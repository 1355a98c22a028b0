"""Oversight: who has to look at a red, and when it climbs to the next."""
