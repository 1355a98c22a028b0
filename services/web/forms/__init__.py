"""Forms: what people write on the pages. Each becomes events of `/sightline/pages`."""
