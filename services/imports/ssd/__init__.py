"""The Standard Safeguarding Dataset, imported as a nightly snapshot (docs/imports.md)."""
