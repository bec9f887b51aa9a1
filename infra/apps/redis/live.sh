#!/bin/sh
# live.sh <port>: any answer will do, "LOADING" too: a server that reads a long log must not be restarted, nor one that
# waits for other pods.
set -eu
# shellcheck source=common.sh
. "${0%/*}/common.sh"
[ "$1" != "$REDIS_PORT" ] || [ ! -e "$RUN_DIR/waiting" ] || exit 0
REDISCLI_AUTH=$(cat "$INTERNAL_DIR/internal")
export REDISCLI_AUTH
timeout 5 redis-cli --user keeper -h localhost -p "$1" ping >/dev/null
