#!/bin/sh
# Before the server is told to stop: a primary hands its role over, so that nobody waits for an election.
set -eu
# shellcheck source=common.sh
. "${0%/*}/common.sh"

# caught_up: whether a follower has what was written until the writes were stopped. It is asked itself, since a primary
# hears of it once a second only.
caught_up() {
  for host in $REDIS_HOSTS; do
    [ "$host" != "$SELF" ] || continue
    account=$(replication "$host") || continue
    case $account in
      *master_link_status:up*) ;;
      *) continue ;;
    esac
    held=$(number slave_repl_offset "$account")
    [ "${held:-0}" -lt "$WRITTEN" ] || return 0
  done
  return 1
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

[ "$PODS" -gt 1 ] || exit 0
# What would be written from now on could be acknowledged by a follower that has not heard of the new primary. Stopped
# before it is known who leads: a pod that is deleted by force has a second for all of this. And no ping any more: a
# follower that has one more than the promoted one would need a full copy, and nobody could write until then.
told=$(ask "$SELF" "$REDIS_PORT" <<COMMANDS
client pause 10000 write
config set repl-ping-replica-period 3600
info replication
COMMANDS
) || told=''
case $told in
  OK"$NEWLINE"OK*role:master*)
    WRITTEN=$(number master_repl_offset "$told")
    if within 20 caught_up && promote_another && within 60 replaced; then
      echo "handed the primary's role over"
      exit 0
    fi
    echo "nobody took the primary's role over"
    ;;
esac
ask "$SELF" "$REDIS_PORT" client unpause >/dev/null || true
