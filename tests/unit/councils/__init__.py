"""The folder of councils, and what PostgreSQL and the broker are told of each."""
