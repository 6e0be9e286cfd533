#!/bin/sh
# Makes our namespace unless it is there. Finished runs are kept for 30 days, to be looked at in the web UI.
set -eu
if temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then exit 0; fi
temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 30d
