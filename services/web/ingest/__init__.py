"""Receiving events over HTTP: CloudEvents, one or many, on the broker before the answer is sent."""
