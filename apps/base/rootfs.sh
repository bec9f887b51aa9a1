#!/bin/sh
# Copies programs, with every library that they load, into a root directory of their own.
# usage: rootfs.sh <root> <program>...
set -eu

root=$1
shift

mkdir -p "$root/etc" "$root/tmp"
chmod 1777 "$root/tmp"
# The usual merged layout: a program finds its loader under /lib64 as well as under /usr.
for directory in bin lib lib64 sbin; do
  mkdir -p "$root/usr/$directory"
  ln -sfn "usr/$directory" "$root/$directory"
done
echo 'root:x:0:0::/:/usr/sbin/nologin' >"$root/etc/passwd"
echo 'app:x:10001:10001::/:/usr/sbin/nologin' >>"$root/etc/passwd"
printf 'root:x:0:\napp:x:10001:\n' >"$root/etc/group"
echo 'hosts: files dns' >"$root/etc/nsswitch.conf"

for program in "$@"; do
  for file in "$program" $(ldd "$program" | grep -o '/[^ ]*' | grep -v ':$'); do
    # The resolved path of the folder keeps /lib and /usr/lib one place.
    target=$root$(readlink -f "$(dirname "$file")")/$(basename "$file")
    mkdir -p "$(dirname "$target")"
    [ -e "$target" ] || install -m 0755 "$(readlink -f "$file")" "$target"
  done
done
