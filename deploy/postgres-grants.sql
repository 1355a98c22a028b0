-- What the application may do with each table. Run as sightline_owner after every upgrade.

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO sightline_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO sightline_app;

-- The version of the tables is the owner's to change.
REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM sightline_app;

-- The logs are added to. A policy may give a source another namespace: whose an event is may change.
REVOKE UPDATE, DELETE ON audit, events, grants FROM sightline_app;
GRANT UPDATE (person, reaches) ON events TO sightline_app;
