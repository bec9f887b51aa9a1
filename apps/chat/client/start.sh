#!/bin/sh
# Writes what NGINX has to know of the environment, then becomes the program in the arguments.
set -eu

fail() {
  echo "CHAT_SERVER_URL: expected an origin such as \"https://chat-server.example.org\", got \"$url\"" >&2
  exit 1
}

url=${CHAT_SERVER_URL-}
case $url in
  https://?*) socket=wss://${url#https://} ;;
  http://?*) socket=ws://${url#http://} ;;
  *) fail ;;
esac
# It becomes part of a header and of a document: a host and a port only, nothing that could end either.
case ${url#*://} in
  *[!a-z0-9.:-]*) fail ;;
esac

cat >"${TMPDIR:-/tmp}/chat.conf" <<CONF
map \$host \$chat_connect { default "$url $socket"; }
map \$host \$chat_config { default '{"serverUrl":"$url"}'; }
CONF
exec "$@"
