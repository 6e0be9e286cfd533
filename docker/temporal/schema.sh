#!/bin/sh
# Makes Temporal's two databases and brings their schemas up to the version of this image; changes nothing when they
# are. The tool reads SQL_PLUGIN, SQL_HOST, SQL_PORT, SQL_USER and SQL_PASSWORD.
set -eu
for database in temporal temporal_visibility; do
  schema=${database#temporal_} # the folder of the schema: temporal, visibility
  temporal-sql-tool --database "$database" create
  temporal-sql-tool --database "$database" setup-schema --version 0.0
  temporal-sql-tool --database "$database" update-schema \
    --schema-dir "/etc/temporal/schema/postgresql/v12/$schema/versioned"
done
