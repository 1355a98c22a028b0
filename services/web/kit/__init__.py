"""What every page is made with: routing, request, middleware, templates, charts."""
