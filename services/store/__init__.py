"""The store: tables, migrations and every query. No other package has SQL."""
