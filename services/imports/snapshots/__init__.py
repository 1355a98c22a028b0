"""Snapshots: a source's current rows, turned into events for what changed (docs/snapshots.md)."""
