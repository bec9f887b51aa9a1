#!/bin/sh
# Before the server is told to stop: a primary hands its role over, so that nobody waits for an election.
set -eu
# shellcheck source=common.sh
. "${0%/*}/common.sh"

leads() { replication "$SELF" | grep -q '^role:master'; }

# caught_up: whether a follower has everything.
caught_up() {
  account=$(replication "$SELF") || return 1
  offset=$(echo "$account" | sed -n 's/^master_repl_offset://p')
  echo "$account" | grep -q "^slave[0-9]*:.*,state=online,offset=$offset,"
}

# within <tenths of a second> <command>...: whether it comes true in time.
within() {
  tenths=$1
  shift
  until "$@"; do
    tenths=$((tenths - 1))
    [ "$tenths" -gt 0 ] || return 1
    sleep 0.1
  done
}

promote_another() {
  for host in $REDIS_HOSTS; do
    [ "$host" != "$SELF" ] || continue
    case $(ask "$host" "$SENTINEL_PORT" sentinel failover "$REDIS_PRIMARY_NAME" || true) in
      OK | *INPROG*) return 0 ;;
    esac
  done
  return 1
}

# replaced: whether another Sentinel knows another primary; it takes longer until this server hears of it.
replaced() {
  for host in $REDIS_HOSTS; do
    [ "$host" != "$SELF" ] || continue
    known=$(known_by "$host") || continue
    case ${known#* } in
      '' | "$SELF") ;;
      *) return 0 ;;
    esac
  done
  return 1
}

[ "$PODS" -gt 1 ] && leads || exit 0
# What would be written from now on could be acknowledged by a follower that has not heard of the new primary.
if ask "$SELF" "$REDIS_PORT" client pause 10000 write >/dev/null &&
  within 20 caught_up && promote_another && within 60 replaced; then
  echo "handed the primary's role over"
else
  ask "$SELF" "$REDIS_PORT" client unpause >/dev/null || true
  echo "nobody took the primary's role over"
fi
