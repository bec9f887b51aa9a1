#!/bin/sh
# Runs a program as if the Debian packages unpacked below $1 were installed: in a mount namespace of its own, where
# their files lie over /usr. Called as: unshare --mount sh with-debian.sh FOLDER PROGRAM [ARGUMENT …]
set -eu
debian=$1
shift
if [ -d "$debian/usr" ]; then mount -t overlay -o "ro,lowerdir=$debian/usr:/usr" packages /usr; fi
exec "$@"
