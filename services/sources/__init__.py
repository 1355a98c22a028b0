"""Sources: what each has stated, when it is usually heard, and whether we hold all it holds."""
