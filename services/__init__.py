"""What is done with events, one folder a capability."""
