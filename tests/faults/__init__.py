"""Faults made to happen to the real program: `make faults`."""
