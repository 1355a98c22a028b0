"""What earlier releases read, told and published: the promises of docs/releases.md."""
