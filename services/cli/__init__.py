"""The commands of `sightline`, a file a subject: they read options, call services and print."""
