"""Oversight measures: named indicators with targets, counted out of what Sightline holds."""
