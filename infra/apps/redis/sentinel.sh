#!/bin/sh
# Runs this pod's Sentinel, keeps what it knows over restarts, and tells the Sentinels which server may be promoted.
set -eu
umask 077
# shellcheck source=common.sh
. "${0%/*}/common.sh"

id_of() { printf '%040d' "$1"; }

write_configuration() {
  echo "include $CONFIG_DIR/sentinel.conf"
  echo "bind * -::*"
  echo "port $SENTINEL_PORT"
  echo "dir $RUN_DIR"
  echo "sentinel announce-ip $SELF"
  echo "sentinel announce-port $SENTINEL_PORT"
  echo "sentinel myid $(id_of "$ORDINAL")"
  # Above every election that was under way when it stopped, so that it never votes twice in one.
  echo "sentinel current-epoch $(date +%s)"
  echo "$USERS"
  echo "sentinel sentinel-user keeper"
  echo "sentinel sentinel-pass $INTERNAL"
  [ -n "$PRIMARY" ] || return 0
  echo "sentinel monitor $REDIS_PRIMARY_NAME $PRIMARY $REDIS_PORT $REDIS_QUORUM"
  echo "sentinel auth-user $REDIS_PRIMARY_NAME sentinel"
  echo "sentinel auth-pass $REDIS_PRIMARY_NAME $INTERNAL"
  echo "sentinel config-epoch $REDIS_PRIMARY_NAME $EPOCH"
  # Each a little later than the one before, so that one stands for election and the others vote for it.
  echo "sentinel down-after-milliseconds $REDIS_PRIMARY_NAME $((850 + 150 * ORDINAL))"
  # After a lost election the next one comes after twice this time.
  echo "sentinel failover-timeout $REDIS_PRIMARY_NAME 2500"
  echo "sentinel parallel-syncs $REDIS_PRIMARY_NAME $PODS"
  number=0
  for host in $REDIS_HOSTS; do
    number=$((number + 1))
    [ "$host" = "$PRIMARY" ] || echo "sentinel known-replica $REDIS_PRIMARY_NAME $host $REDIS_PORT"
    [ "$host" = "$SELF" ] ||
      echo "sentinel known-sentinel $REDIS_PRIMARY_NAME $host $SENTINEL_PORT $(id_of "$number")"
  done
}

start() {
  write_configuration >"$RUN_DIR/sentinel.conf"
  redis-sentinel "$RUN_DIR/sentinel.conf" &
  SENTINEL=$!
  tuned=''
}

stop() {
  kill "$SENTINEL" 2>/dev/null || true
  wait "$SENTINEL" || true
}

# learn: what the Sentinels know; that all are there and none knows anything is how the first primary is made.
learn() {
  consult
  if [ -z "$PRIMARY" ] && [ "$ANSWERS" -eq "$PODS" ]; then
    PRIMARY=$FIRST EPOCH=0
  fi
}

# remember: keeps what this Sentinel knows, for the day on which none of them runs.
remember() {
  known=$(known_by "$SELF") || return 0
  if [ -n "$known" ] && [ "$known" != "$(cat "$MARKER" 2>/dev/null)" ]; then
    echo "$known" >"$MARKER.new"
    mv "$MARKER.new" "$MARKER"
    say "the primary is ${known#* }, since epoch ${known%% *}"
  fi
}

# tune: followers are compared by reports younger than the primary's silence, a former primary is told to follow after
# four publishing periods, and one that hangs is noticed by the next ping. A Sentinel that stood still for two seconds
# (TILT) elects nobody until it has heard of all again: for half a minute by default, when every vote may be needed.
tune() {
  [ -z "$tuned" ] || return 0
  ask "$SELF" "$SENTINEL_PORT" sentinel debug info-period 300 publish-period 500 \
    ping-period 250 ask-period 250 tilt-period 3000 >/dev/null || return 0
  tuned=yes
}

# admit: a server that has restarted may be behind. It can be promoted once it holds what the primary holds.
admit() {
  account=$(replication "$SELF") || return 0
  case $account in
    *slave_priority:0*) ;;
    *) return 0 ;;
  esac
  case $account in
    *role:master* | *master_link_status:up*)
      if ask "$SELF" "$REDIS_PORT" config set replica-priority 100 >/dev/null; then
        say "may be promoted from now on"
      fi
      ;;
    *) orphaned ;;
  esac
}

# orphaned: if nobody has led for a minute, data that may lack the last moment are better than none.
orphaned() {
  known=$(known_by "$SELF") || return 0
  if [ "${known#* }" = "$SELF" ] || replication "${known#* }" | grep -q '^role:master'; then
    alone=0
  else
    alone=$((alone + 1))
  fi
  [ "$alone" -lt 60 ] || [ "$(ask "$SELF" "$REDIS_PORT" dbsize)" = 0 ] ||
    ask "$SELF" "$REDIS_PORT" config set replica-priority 100 >/dev/null || true
}

USERS=$(users "$CONFIG_DIR/sentinel-users.acl")
INTERNAL=$(password keeper)
alone=0
adopt "$(cat "$MARKER" 2>/dev/null || true)"
consult
trap 'stop; exit 0' TERM INT
start
while kill -0 "$SENTINEL" 2>/dev/null; do
  if [ -z "$PRIMARY" ]; then
    learn
    if [ -n "$PRIMARY" ]; then
      stop
      start
    fi
  else
    tune
    remember
    admit
  fi
  sleep 1 &
  wait $!
done
echo "the Sentinel has ended" >&2
exit 1
