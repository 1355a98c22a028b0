"""The web application: pages for people, an API for machines, and `POST /events`."""
