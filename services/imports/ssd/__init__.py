"""The Standard Safeguarding Dataset, taken as a snapshot each night (docs/imports.md)."""
