"""Builds each role of the program out of database, broker, mail and pages, from the settings."""
