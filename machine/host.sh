#!/bin/sh
# Becomes one host of the cluster: a process tree with mounts, processes and network of its own, in which a
# service supervisor is process 1. When that process ends, the kernel ends all the rest and drops every mount,
# namespace, link and packet filter rule with it. Called as: host.sh LOCAL CGROUP HOST [in-namespaces]
set -eu
local=$1 cgroup=$2 host=$3

join_cgroup() {
  root=/sys/fs/cgroup
  if [ -f $root/cgroup.controllers ]; then
    mkdir -p "$root/$cgroup/$host/system"
    for level in "" "/$cgroup" "/$cgroup/$host"; do
      for controller in cpu cpuset memory pids io hugetlb; do
        echo "+$controller" > "$root$level/cgroup.subtree_control" 2>/dev/null || true
      done
    done
    echo 0 > "$root/$cgroup/$host/system/cgroup.procs"
    return
  fi
  for hierarchy in $root/*/; do
    case $hierarchy in */unified/) continue ;; esac
    [ -f "${hierarchy}cgroup.procs" ] || continue
    for level in "$cgroup" "$cgroup/$host" "$cgroup/$host/system"; do
      mkdir -p "$hierarchy$level"
      if [ -f "${hierarchy}cpuset.cpus" ]; then # A new cpuset is empty, and no process may join an empty one.
        cat "$hierarchy$level/../cpuset.cpus" > "$hierarchy$level/cpuset.cpus"
        cat "$hierarchy$level/../cpuset.mems" > "$hierarchy$level/cpuset.mems"
      fi
    done
    echo 0 > "$hierarchy$cgroup/$host/system/cgroup.procs"
  done
}

# The control plane stays in the machine's network, where its forwarder listens on 127.0.0.1;
# all else of it enters the namespace /run/netns, which holds the switch that the nodes are plugged into.
make_switch() {
  touch /run/netns
  unshare --net=/run/netns true
  nsenter --net=/run/netns sh -eu -c '
    ip link set lo up
    ip link add nodes type bridge
    ip address add 10.89.0.1/24 dev nodes
    ip link set nodes up
    echo 1 > /proc/sys/net/ipv4/ip_forward
    echo 0 > /proc/sys/net/ipv4/conf/all/send_redirects
    echo 0 > /proc/sys/net/ipv4/conf/nodes/send_redirects'
}

if [ "${4-}" != in-namespaces ]; then
  join_cgroup
  if [ "$host" = control-plane ]; then net=; else net=--net; fi
  exec unshare --mount --propagation private --pid --fork --kill-child $net \
    sh "$(dirname "$0")/../shell/with-debian.sh" "$local/debian" sh "$0" "$local" "$cgroup" "$host" in-namespaces
fi

mount --make-rshared / # Kubernetes wants mounts to reach containers; they reach no further than this host.
mount -t proc proc /proc
mount -t tmpfs -o mode=0755 tmpfs /run
mkdir /run/slipway
mount --rbind "$local" /run/slipway
# A group of its own: what is mounted below it would appear below $local as well, and runc reads the list many times a pod.
mount --make-rprivate /run/slipway
mount --make-rshared /run/slipway
for folder in /var/lib /var/log; do mount -t tmpfs -o mode=0755 tmpfs "$folder"; done
mount -t tmpfs -o mode=1777 tmpfs /tmp
mkdir /var/lib/volumes
mkdir -p "/run/slipway/hosts/$host/volumes"
mount --bind "/run/slipway/hosts/$host/volumes" /var/lib/volumes
if [ "$host" = control-plane ]; then
  make_switch
else
  ip link set lo up
  echo 1 > /proc/sys/net/ipv4/ip_forward
  # The kubelet sets these for the whole machine unless it finds them so: it finds them so, and the machine keeps its own.
  for setting in vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1 \
    kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000; do
    shown=/run/settings/${setting%=*}
    mkdir -p "$(dirname "$shown")"
    echo "${setting#*=}" > "$shown"
    mount --bind "$shown" "/proc/sys/${setting%=*}"
  done
fi
cd /run/slipway
exec runsvdir -P "/run/slipway/hosts/$host/services"
