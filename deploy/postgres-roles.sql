-- Two roles on PostgreSQL: the owner of the tables, who runs `sightline db upgrade`, and the
-- application, which `sightline serve` and every other command use. The application can add to the
-- audit log and to the log of events, and neither change nor delete what is there.
--
-- Run as a superuser on the database of Sightline, before the first `sightline db upgrade`:
--   psql -v ON_ERROR_STOP=1 -d sightline -f deploy/postgres-roles.sql
-- Then give both a password (ALTER ROLE ... PASSWORD), upgrade as sightline_owner, run
-- deploy/postgres-grants.sql as sightline_owner, and set SIGHTLINE_DATABASE_URL to sightline_app.

CREATE ROLE sightline_owner LOGIN;
CREATE ROLE sightline_app LOGIN;
GRANT CREATE, USAGE ON SCHEMA public TO sightline_owner;
GRANT USAGE ON SCHEMA public TO sightline_app;
-- Counting everybody again gathers in a table of its own transaction.
DO $$ BEGIN EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO sightline_app', current_database()); END $$;
