#!/usr/bin/env bash
# What is recorded by record.sh, in an empty folder: every command is run for real, as it is shown.
set -euo pipefail
here=$1 # the checkout

say() { # a comment
  printf '\033[2m# %s\033[0m\n' "$*"
  sleep 1.2
}
run() { # a command, as if typed
  printf '\033[32m$\033[0m '
  for ((i = 0; i < ${#1}; i++)); do
    printf '%s' "${1:i:1}"
    sleep 0.025
  done
  printf '\n'
  eval "$1" 2>&1 | tee last || true
  sleep 2
  printf '\n'
}
stop() { [ -z "${dev:-}" ] || kill -INT "$dev" 2>/dev/null || true; }
trap stop EXIT

say 'Create a project folder'
run 'actito-sync init my-shop --yes | head -5'
run 'actito-sync validate my-shop'

say 'In another terminal, actito-sync dev my-shop --seed seed.sql starts a local stack. It prints what to export here'
node "$here/bin/actito-sync.js" dev my-shop --seed "$here/docs/recording/seed.sql" >dev.log 2>&1 &
dev=$!
until grep -q 'Press Ctrl-C' dev.log; do
  kill -0 "$dev" || exit 1
  sleep 0.2
done
export ACTITO_SYNC_USER=anna
eval "$(grep '^  export' dev.log)"
warehouse=$(sed -n 's/^Warehouse: *\(postgres[^ ]*\).*/\1/p' dev.log)

say 'What would a run do?'
run 'actito-sync plan vip-customers'
run 'actito-sync run vip-customers'

say 'Overnight, half of the VIPs disappear from the warehouse'
node "$here/docs/recording/churn.js" "$warehouse"
run 'actito-sync run vip-customers'
hash=$(sed -n 's/^  plan \([0-9a-f]*\):.*/\1/p' last)

say 'The list is unchanged. The CRM team confirms that it was a clean-up'
run "actito-sync approve vip-customers $hash --reason 'spring clean-up'"
run 'actito-sync explain vip-customers customer4@shop.example'

say 'From now on, runs start on a schedule'
run 'actito-sync schedule apply'
run 'actito-sync schedule list'
run 'actito-sync status'
