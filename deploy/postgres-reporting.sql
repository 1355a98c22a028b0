-- A role that reads the reporting views and nothing else (docs/reporting.md). Run as
-- sightline_owner's superuser after `sightline db upgrade`; then give it a password.

CREATE ROLE sightline_reader LOGIN;
GRANT USAGE ON SCHEMA public TO sightline_reader;
GRANT SELECT ON reporting_cases, reporting_actions, reporting_escalations, reporting_duties,
    reporting_reported, reporting_measures TO sightline_reader;
