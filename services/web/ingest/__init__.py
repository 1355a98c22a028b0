"""The way in over HTTP: CloudEvents, one or many, each on the broker before it is answered."""
