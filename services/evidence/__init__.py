"""Evidence of oversight between two days: what was known when, who was told, and what was done."""
