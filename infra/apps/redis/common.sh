#!/bin/sh
# What the scripts of a Redis pod share: who the pods are, and how to ask them. Read by the others, never run.
# From the pod: POD_NAME, REDIS_HOSTS (names of all pods, pod 0 first), REDIS_PRIMARY_NAME and REDIS_QUORUM.
# shellcheck disable=SC2034 # The scripts that read this one use them.

REDIS_PORT=6379
SENTINEL_PORT=26379
: "${CONFIG_DIR:=/etc/redis}" "${AUTH_DIR:=/etc/redis-auth}" "${INTERNAL_DIR:=/etc/redis-internal}"
: "${RUN_DIR:=/run/redis}" "${DATA_DIR:=/data}"

NEWLINE='
'

# What this pod knew last, over restarts: "<epoch> <primary>".
MARKER=$DATA_DIR/primary

SELF=
FIRST=${REDIS_HOSTS%% *}
PODS=0
for host in $REDIS_HOSTS; do
  PODS=$((PODS + 1))
  case $host in
    "$POD_NAME" | "$POD_NAME".*)
      SELF=$host
      ORDINAL=$PODS
      ;;
  esac
done
if [ -z "$SELF" ]; then
  echo "expected one of REDIS_HOSTS to be the pod $POD_NAME, got $REDIS_HOSTS" >&2
  exit 1
fi

# password <user>: letters and digits, since the configuration files would read anything else as something else.
password() {
  case $1 in
    app) file=$AUTH_DIR/password ;;
    metrics) file=$INTERNAL_DIR/metrics ;;
    *) file=$INTERNAL_DIR/internal ;;
  esac
  text=$(cat "$file")
  case $text in
    "" | *[!A-Za-z0-9]*)
      echo "expected a password of letters and digits in $file" >&2
      return 1
      ;;
  esac
  echo "$text"
}

# users <file>: the users of a server with their passwords; nobody comes in without a name.
users() {
  # Off for everyone; but Redis reads its log as this user, and leaves out the transactions that it may not make.
  echo "user default off ~* &* +@all"
  while read -r user rights; do
    secret=$(password "$user") || return 1
    echo "user $user on >$secret $rights"
  done <"$1"
}

# ask <host> <port> [<command>...]: what it answers to the pods' own user, on one command or on those that it reads, a
# line each; fails on an error, which it prints, and after a second. A program more would cost a leaving pod its time.
ask() {
  asked=$1 on_port=$2
  shift 2
  # A pod that was deleted by force has lost its name, or its successor has it, while it still hands its role over.
  [ "$asked" != "$SELF" ] || asked=localhost
  secret=''
  read -r secret <"$INTERNAL_DIR/internal" || [ -n "$secret" ]
  REDISCLI_AUTH=$secret timeout 1 redis-cli -e --user keeper -h "$asked" -p "$on_port" "$@" 2>&1
}

# replication <host>: a server's own account of its role.
replication() {
  account=$(ask "$1" "$REDIS_PORT" info replication) || return
  case $account in
    *role:*) printf '%s\n' "$account" ;;
    *) return 1 ;;
  esac
}

# number <name> <account>: the number of that name in what INFO tells; nothing if there is none.
number() {
  case "$NEWLINE$2" in
    *"$NEWLINE$1:"*) ;;
    *) return 0 ;;
  esac
  value=$NEWLINE$2
  value=${value#*"$NEWLINE$1:"}
  echo "${value%%[!0-9]*}"
}

# known_by <host>: "<epoch> <primary>" as the Sentinel there knows it, nothing if it knows none; fails if there is no
# answer, and during a failover, when it is about to change its mind.
known_by() {
  told=$(ask "$1" "$SENTINEL_PORT" sentinel master "$REDIS_PRIMARY_NAME") ||
    case $told in
      *"No such master"*) told='' ;;
      *) return 1 ;;
    esac
  echo "$told" | (
    ip='' config=''
    while read -r key && read -r value; do
      case $key=$value in
        ip=*) ip=$value ;;
        config-epoch=*) config=$value ;;
        flags=*failover_in_progress*) exit 1 ;;
      esac
    done
    [ -z "$ip" ] || echo "$config $(host_of "$ip")"
  )
}

# host_of <name>: the pod as REDIS_HOSTS has it. An older version, or what it wrote on the disk, has a longer name.
host_of() {
  found=$1
  for host in $REDIS_HOSTS; do
    [ "${host%%.*}" != "${1%%.*}" ] || found=$host
  done
  echo "$found"
}

# consult: asks every Sentinel; sets ANSWERS to how many there are, and EPOCH and PRIMARY to the latest that any knows.
consult() {
  ANSWERS=0
  for host in $REDIS_HOSTS; do
    known=$(known_by "$host") || continue
    ANSWERS=$((ANSWERS + 1))
    adopt "$known"
  done
}

# adopt "<epoch> <primary>": what is newer wins.
adopt() {
  if [ -n "$1" ] && { [ -z "$PRIMARY" ] || [ "${1%% *}" -gt "$EPOCH" ]; }; then
    EPOCH=${1%% *}
    PRIMARY=$(host_of "${1#* }")
  fi
}

PRIMARY=''
EPOCH=0

say() {
  if [ "$1" != "${said:-}" ]; then
    said=$1
    echo "$1" >&2
  fi
}
