#!/bin/sh
# Makes an empty volume a database, sees to the user who makes the app's users, and becomes the server.
set -eu

share=/usr/share/mysql
data=${MARIADB_DATA:-/data}
run=${MARIADB_RUN:-/run/mariadb}
database=$MARIADB_DATABASE
user=$MARIADB_USER
password=$(cat "$MARIADB_PASSWORD_FILE")

fail() {
  echo "$1" >&2
  exit 1
}

# They become part of SQL.
for name in "$database" "$user" "$password"; do
  case $name in
    '' | *[!A-Za-z0-9_]*) fail "expected letters and digits in MARIADB_DATABASE, MARIADB_USER and the password" ;;
  esac
done

# Made aside and moved, so that a start which was cut short leaves no half of a database behind.
if [ ! -e "$data/db" ]; then
  rm -rf "$data/new"
  mkdir -p "$data/new"
  {
    printf 'CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket = NULL;\n'
    cat "$share/mysql_system_tables.sql" "$share/mysql_performance_tables.sql" \
      "$share/mysql_system_tables_data.sql" "$share/maria_add_gis_sp_bootstrap.sql" "$share/mysql_sys_schema.sql"
  } | mariadbd --no-defaults --bootstrap --datadir="$data/new" --tmpdir="$run" \
    --lc-messages-dir="$share" --skip-log-bin >&2
  mv "$data/new" "$data/db"
fi

# A certificate of its own: the network between the pods gets to see nothing.
if [ ! -e "$data/tls.pem" ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=mariadb" \
    -keyout "$data/tls.key" -out "$data/tls.new" 2>/dev/null
  mv "$data/tls.new" "$data/tls.pem"
fi

# Read by the server before anybody may connect. Over the network this user makes the app's users, who sign in there
# too (set-users.sh); root has no password that anybody knows, and signs in as the program's own user, over the socket.
umask 077
cat >"$run/init.sql" <<SQL
CREATE DATABASE IF NOT EXISTS \`$database\` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE USER IF NOT EXISTS app@localhost IDENTIFIED VIA unix_socket;
CREATE USER IF NOT EXISTS '$user'@'%';
ALTER USER '$user'@'%' IDENTIFIED BY '$password' REQUIRE SSL;
GRANT ALL PRIVILEGES ON \`$database\`.* TO '$user'@'%' WITH GRANT OPTION;
GRANT CREATE USER ON *.* TO '$user'@'%';
GRANT ALL PRIVILEGES ON *.* TO app@localhost WITH GRANT OPTION;
DROP USER IF EXISTS root@localhost;
SQL

exec mariadbd --no-defaults --datadir="$data/db" --tmpdir="$run" --lc-messages-dir="$share" \
  --socket="$run/mariadb.sock" --pid-file="$run/mariadb.pid" --init-file="$run/init.sql" \
  --bind-address="${MARIADB_BIND:-0.0.0.0}" --port="${MARIADB_PORT:-3306}" \
  --skip-name-resolve --skip-symbolic-links --local-infile=OFF \
  --ssl-cert="$data/tls.pem" --ssl-key="$data/tls.key" --tls-version=TLSv1.2,TLSv1.3 \
  --character-set-server=utf8mb4 --collation-server=utf8mb4_unicode_ci \
  --innodb-buffer-pool-size="${MARIADB_BUFFER_POOL:-64M}" --innodb-flush-log-at-trx-commit=1 \
  --max-connections="${MARIADB_MAX_CONNECTIONS:-60}" --performance-schema=OFF --skip-log-bin
