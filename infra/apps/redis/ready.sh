#!/bin/sh
# Ready as the primary, or with a copy of the primary's data: before, it would answer readers that nothing was ever
# written. If this volume has held one, the primary may be away: old data are better than none, a little later.
set -eu
# shellcheck source=common.sh
. "${0%/*}/common.sh"
[ "$(ask "$SELF" "$REDIS_PORT" ping)" = PONG ]
if replication "$SELF" | grep -Eq '^(role:master|master_link_status:up)'; then
  : >"$DATA_DIR/synced"
else
  [ -e "$DATA_DIR/synced" ]
  # Within this time a follower finds a primary that is there, and a rollout goes on only then.
  [ "$(number uptime_in_seconds "$(ask "$SELF" "$REDIS_PORT" info server)")" -ge 20 ]
fi
