"""What is kept: tables, migrations and every query. SQL lives here and nowhere else."""
