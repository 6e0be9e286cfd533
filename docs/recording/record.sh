#!/usr/bin/env bash
# npm run record: records story.sh by asciinema, and draws it for the README. The tools are fetched into .cache, since
# nobody else needs them: asciinema from PyPI, svg-term-cli from npm (without install scripts).
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
tools="$here/.cache/recording"
cast="$here/docs/images/session.cast"

[ -d "$tools/asciinema" ] || python3 -m pip install --quiet --no-deps --target "$tools/asciinema" asciinema==2.4.0
[ -d "$tools/node_modules" ] || npm install --silent --ignore-scripts --prefix "$tools" svg-term-cli@2.1.1

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
printf '#!/bin/sh\nexec node "%s/bin/actito-sync.js" "$@"\n' "$here" >"$work/bin/actito-sync"
chmod +x "$work/bin/actito-sync"
cd "$work"
PATH="$work/bin:$PATH" PYTHONPATH="$tools/asciinema" TERM=xterm-256color NO_COLOR=1 CI=1 \
  python3 -m asciinema rec --overwrite --quiet --cols 132 --rows 34 --idle-time-limit 1.5 \
  --title 'actito-sync: from an empty folder to an approved list' \
  --command "bash '$here/docs/recording/story.sh' '$here'" "$cast"
"$tools/node_modules/.bin/svg-term" --in "$cast" --out "$here/docs/images/session.svg" --window --no-cursor
ls -l "$cast" "$here/docs/images/session.svg"
