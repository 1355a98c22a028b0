"""Oversight: what pages, digests, API and commands show of cases, worked out once for all."""
