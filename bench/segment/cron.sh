#!/bin/bash
# What a cron job would do instead of actito-sync: bench/segment/cron.ts says how it is run.
# Environment: WAREHOUSE, SEGMENT, ACTITO, LIST (its path on the server). Arguments: those of sftp.
set -euo pipefail
export LC_ALL=C

psql "$WAREHOUSE" --no-psqlrc --quiet -c "\\copy ($SEGMENT) to 'unsorted.csv' with (format csv, delimiter ';')"
sort -o today.csv unsorted.csv
[ -e yesterday.csv ] || : >yesterday.csv

{
  echo 'emailAddress;firstName;country;spent;orders;lastOrderAt'
  comm -13 yesterday.csv today.csv
} >changed.csv
echo '{"profileTableId":"16","mode":"UPDATE_ONLY","fileFormat":{"separator":";","header":true}}' >definition.json
token=$(curl -sSf -H 'Authorization: bench' "$ACTITO/auth/token" | sed 's/.*"accessToken":"\([^"]*\)".*/\1/')
curl -sSf -o execution.json -H "Authorization: Bearer $token" \
  -F 'definition=<definition.json;type=application/json' -F 'file=@changed.csv;type=text/csv' \
  "$ACTITO/mass-imports/v5/entities/shop/etl-executions"

{
  echo emailAddress
  cut -d';' -f1 today.csv
} >list.csv
printf 'put list.csv %s.part\nrename %s.part %s\n' "$LIST" "$LIST" "$LIST" >batch
sftp -b batch "$@" >/dev/null 2>&1

mv today.csv yesterday.csv
