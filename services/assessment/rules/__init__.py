"""The rules, a file a concern; each function reads like the sentence that it implements.

A rule takes the day (and what stands on it) and returns its finding, or None where it is silent.
"""
