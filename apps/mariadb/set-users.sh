#!/bin/sh
# Gives the users that a folder's files are named after the passwords in them, while everybody else goes on.
set -eu

run=${MARIADB_RUN:-/run/mariadb}
database=$MARIADB_DATABASE

fail() {
  echo "$1" >&2
  exit 1
}

# Names become part of SQL; of passwords it gets to see what the server itself keeps of them.
umask 077
for file in "$MARIADB_USERS"/*; do
  user=${file##*/}
  password=$(cat "$file")
  case $user in
    '' | *[!A-Za-z0-9_-]*) fail "expected letters, digits, hyphens and underscores in the user $user" ;;
  esac
  [ -n "$password" ] || fail "expected a password in $file"
  hash=$(printf %s "$password" | openssl dgst -sha1 -binary | openssl dgst -sha1 -r)
  hash=${hash%% *}
  cat <<SQL
CREATE USER IF NOT EXISTS '$user'@'%' IDENTIFIED BY PASSWORD '*$hash' REQUIRE SSL;
ALTER USER '$user'@'%' IDENTIFIED BY PASSWORD '*$hash' REQUIRE SSL;
GRANT ALL PRIVILEGES ON \`$database\`.* TO '$user'@'%';
SQL
done >"$run/users.sql"

printf '[client]\npassword=%s\n' "$(cat "$MARIADB_PASSWORD_FILE")" >"$run/client.cnf"
# A server that has just been restarted may take a moment to be found.
server="--host=$MARIADB_HOST --user=$MARIADB_USER --ssl --connect-timeout=5"
# shellcheck disable=SC2086 # These are several options.
mariadb-admin --defaults-file="$run/client.cnf" $server --wait=30 ping >/dev/null
# shellcheck disable=SC2086
exec mariadb --defaults-file="$run/client.cnf" $server <"$run/users.sql"
