"""What all pages share: routing, requests, middleware, templates, charts."""
