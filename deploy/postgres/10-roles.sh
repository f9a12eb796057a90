#!/usr/bin/env bash
# Run once by the image of PostgreSQL on an empty volume: the owner of the tables, and the runtime that owns nothing.
set -euo pipefail
psql --set=ON_ERROR_STOP=1 --no-psqlrc --quiet --username "$POSTGRES_USER" --dbname postgres \
    --set=owner="$OWNER_PASSWORD" --set=app="$APP_PASSWORD" <<'SQL'
CREATE ROLE bailiwick_owner LOGIN PASSWORD :'owner';
CREATE ROLE bailiwick_app LOGIN PASSWORD :'app';
ALTER ROLE bailiwick_app SET statement_timeout = '30s';
ALTER ROLE bailiwick_app SET lock_timeout = '10s';
ALTER ROLE bailiwick_app SET idle_in_transaction_session_timeout = '60s';
CREATE DATABASE bailiwick OWNER bailiwick_owner TEMPLATE template0
    ENCODING 'UTF8' LOCALE 'C' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8';
REVOKE ALL ON DATABASE bailiwick FROM PUBLIC;
GRANT CONNECT ON DATABASE bailiwick TO bailiwick_app;
\connect bailiwick
GRANT USAGE ON SCHEMA public TO bailiwick_app;
ALTER DEFAULT PRIVILEGES FOR ROLE bailiwick_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO bailiwick_app;
ALTER DEFAULT PRIVILEGES FOR ROLE bailiwick_owner GRANT USAGE, SELECT ON SEQUENCES TO bailiwick_app;
ALTER DEFAULT PRIVILEGES FOR ROLE bailiwick_owner GRANT EXECUTE ON FUNCTIONS TO bailiwick_app;
SQL
