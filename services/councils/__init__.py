"""Many councils in one place, each with settings, a database and a broker account of its own."""
