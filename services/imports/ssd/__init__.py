"""The Standard Safeguarding Dataset, taken as a snapshot each night (docs/ssd.md)."""
