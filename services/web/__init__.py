"""The web: pages for people, an interface for machines. Each route says who may."""
