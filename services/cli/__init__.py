"""The commands of `sightline`, a file a subject. Each translates, calls and prints; no more."""
