#!/bin/sh
# Asks who is the primary before it serves anybody, and then becomes the Redis server of this pod.
set -eu
umask 077
# shellcheck source=common.sh
. "${0%/*}/common.sh"

# A pod that was deleted by force may still run while its successor starts; two servers would ruin the one log.
exec 9>"$DATA_DIR/.lock"
flock 9

holds_data() { [ -e "$DATA_DIR/appendonlydir" ]; }

# survey: counts the other servers that the Sentinels could promote, that do not answer, and that hold no key.
survey() {
  PROMOTABLE=0 SILENT=0 EMPTY=0
  for host in $REDIS_HOSTS; do
    [ "$host" != "$SELF" ] || continue
    if account=$(replication "$host"); then
      case $account in
        *slave_priority:0*) ;;
        *) PROMOTABLE=$((PROMOTABLE + 1)) ;;
      esac
      [ "$(ask "$host" "$REDIS_PORT" dbsize)" != 0 ] || EMPTY=$((EMPTY + 1))
    else
      SILENT=$((SILENT + 1))
    fi
  done
}

# may_lead <seconds waited>: whether the pod that the Sentinels call the primary may serve as it, though it was away.
# A follower that never stopped is better: it has what the last second's crash took from this pod's disk.
may_lead() {
  survey
  if ! holds_data; then
    [ "$EMPTY" -eq $((PODS - 1)) ] && return
    say "this disk is empty and others may hold data: waiting for another primary"
    return 1
  fi
  if [ "$PROMOTABLE" -gt 0 ]; then
    say "this pod was away: waiting for the Sentinels to promote another"
    [ "$1" -ge 30 ]
  else
    [ "$SILENT" -eq 0 ] || [ "$1" -ge 15 ]
  fi
}

# choose: sets LEADER to the pod that this server follows, which may be itself.
choose() {
  began=$(date +%s)
  while :; do
    PRIMARY='' EPOCH=0
    consult
    LEADER=$PRIMARY
    if [ "$ANSWERS" -ge "$REDIS_QUORUM" ] && [ -n "$PRIMARY" ]; then
      [ "$PRIMARY" != "$SELF" ] || may_lead $(($(date +%s) - began)) || LEADER=''
    elif [ "$SELF" != "$FIRST" ] && [ ! -e "$MARKER" ] && [ $(($(date +%s) - began)) -ge 10 ]; then
      # It never had a primary, and nobody knows one: then pod 0 is to be the first.
      LEADER=$FIRST
    else
      LEADER=''
      say "$ANSWERS of $PODS Sentinels answer and they know \"$PRIMARY\": waiting for $REDIS_QUORUM that know the primary"
    fi
    [ -z "$LEADER" ] || return 0
    sleep 0.2
  done
}

USERS=$(users "$CONFIG_DIR/users.acl")
INTERNAL=$(password replica)
# Others may be away for long: that is no reason to restart this pod, as live.sh would have it.
: >"$RUN_DIR/waiting"
choose
say "primary: $LEADER"
# A file in memory, because everyone on the node can read a process's arguments.
{
  echo "include $CONFIG_DIR/redis.conf"
  echo "bind * -::*"
  echo "port $REDIS_PORT"
  echo "dir $DATA_DIR"
  echo "replica-announce-ip $SELF"
  echo "$USERS"
  echo "masteruser replica"
  echo "masterauth $INTERNAL"
  [ "$LEADER" = "$SELF" ] || echo "replicaof $LEADER $REDIS_PORT"
} >"$RUN_DIR/redis.conf"

rm "$RUN_DIR/waiting"
exec redis-server "$RUN_DIR/redis.conf"
