"""The weekly digest: when it is due, what it says, how it looks, and how it goes out once."""
