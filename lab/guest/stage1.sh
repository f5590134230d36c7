#!/bin/busybox sh
# shellcheck shell=dash
# First program of the machine (/init of the initramfs): loads the drivers of
# the virtual disks, mounts the root image and hands over to stage2.sh in it.

bb=/bin/busybox

fail() {
    echo "lab: stage 1: $*"
    $bb poweroff -f
    exit 1
}

$bb mount -t devtmpfs dev /dev || fail "no devtmpfs"
while read -r module; do
    $bb insmod "/modules/$module" || fail "cannot load $module"
done </modules/order

# The root image is always the first disk.
tries=0
until [ -b /dev/vda ]; do
    tries=$((tries + 1))
    [ "$tries" -le 200 ] || fail "no root disk"
    $bb usleep 50000
done
$bb mount -t ext4 -o noatime /dev/vda /root || fail "cannot mount the root image"

# /job holds what this run is to do; it came with the initramfs.
$bb mount -t tmpfs -o mode=755 run /root/run || fail "no tmpfs"
$bb cp -r /job /root/run/lab
$bb cp -r /modules-on-request /root/run/lab/modules
$bb mount --move /dev /root/dev
exec $bb switch_root /root /lab/stage2.sh
