"""Published figures of England, regions and other councils, beside the council's measures."""
