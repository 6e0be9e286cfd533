#!/bin/sh
# Makes the worker's role, which is no superuser, and a database that it owns. The image runs this once, when its volume is empty.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\getenv password STATE_PASSWORD
create role actito_sync login nosuperuser nocreatedb nocreaterole password :'password';
create database actito_sync owner actito_sync;
revoke connect on database actito_sync from public;
SQL
