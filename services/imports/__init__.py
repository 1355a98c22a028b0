"""Imports: files that councils already make, turned into events."""
