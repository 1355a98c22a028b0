-- What the application may do with each table. Run as sightline_owner after every upgrade.

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO sightline_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO sightline_app;

-- The version of the tables is the owner's to change.
REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM sightline_app;

-- The logs are added to. A policy may give a source another namespace: whose an event is may change.
-- What is erased is deleted: a trigger lets only that be, whose erasure is kept for good.
REVOKE UPDATE, DELETE ON audit FROM sightline_app;
REVOKE UPDATE ON events, grants FROM sightline_app;
REVOKE DELETE ON erasures FROM sightline_app;
GRANT UPDATE (person, reaches) ON events TO sightline_app;
