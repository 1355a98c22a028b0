"""Many councils in one place: one program, and nothing of one in another."""
