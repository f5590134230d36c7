#!/bin/busybox sh
# shellcheck shell=dash
# Process 1 of the machine once its root image is mounted: mounts the kernel's
# file systems, prepares what the job asks for, runs the command, reports its
# exit status to the host and switches the machine off.

PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/lab/bin
export PATH
umask 022

job=/run/lab

mount -t proc proc /proc
mount -t sysfs sys /sys
mkdir -p /dev/shm /dev/pts
mount -t devpts devpts /dev/pts
mount -t tmpfs -o mode=1777 shm /dev/shm
mount -t tmpfs -o mode=1777 tmp /tmp
mount -t debugfs debug /sys/kernel/debug
mount -t tracefs trace /sys/kernel/tracing
hostname lab
ip link set lo up

# Character device of the virtio serial port called $1.
port() {
    for entry in /sys/class/virtio-ports/*; do
        if [ "$(cat "$entry/name" 2>/dev/null)" = "$1" ]; then
            echo "/dev/${entry##*/}"
            return
        fi
    done
    echo /dev/null
}

# Block device whose virtio serial is $1; empty when the machine has none.
disk() {
    for entry in /sys/block/vd*; do
        if [ "$(cat "$entry/serial" 2>/dev/null)" = "$1" ]; then
            echo "/dev/${entry##*/}"
            return
        fi
    done
}

uptime_seconds() {
    read -r seconds _ </proc/uptime
    echo "$seconds"
}

# shellcheck source=/dev/null # written by the host for this run
. "$job/settings.sh"
status_port=$(port lab.status)
echo booted >"$status_port"

finish() {
    echo "$*" >"$status_port"
    # The port is drained before the machine goes away.
    sync
    usleep 20000
    poweroff -f
    exit
}

case "$LAB_CGROUP" in
v2)
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
    read -r controllers </sys/fs/cgroup/cgroup.controllers
    for controller in $controllers; do
        echo "+$controller" >/sys/fs/cgroup/cgroup.subtree_control 2>/dev/null
    done
    ;;
v1)
    mount -t tmpfs -o mode=755 cgroup /sys/fs/cgroup
    for controller in cpuset memory cpu,cpuacct; do
        mkdir "/sys/fs/cgroup/$controller"
        mount -t cgroup -o "$controller" cgroup "/sys/fs/cgroup/$controller"
    done
    ;;
esac

device=$(disk lab-mount)
if [ -n "$device" ]; then
    mkdir -p "$LAB_MOUNT_POINT"
    mount -t ext4 -o noatime "$device" "$LAB_MOUNT_POINT" || finish "error cannot mount $LAB_MOUNT_POINT"
    rmdir "$LAB_MOUNT_POINT/lost+found"
fi

device=$(disk lab-swap)
if [ -n "$device" ]; then
    mkswap "$device" >/dev/null
    swapon "$device" || finish "error cannot swap on $device"
fi

mkdir -p /out
chmod 1777 /out

# Steps of the topology and of --boot, in order; each must succeed.
if ! /bin/sh -ex "$job/boot.sh"; then
    finish "error a boot step failed"
fi

cd "$LAB_DIRECTORY" || finish "error no folder $LAB_DIRECTORY in the machine"

if [ "$LAB_INTERACTIVE" = yes ]; then
    echo "lab: machine '$LAB_TOPOLOGY' is up; leave the shell to switch it off"
    setsid cttyhack /bin/bash -i
    finish "exit $?"
fi

# The command writes to pipes, as it would under a test runner, and its two
# streams reach the host apart from each other and from the kernel's messages.
mkfifo /run/lab-stdout /run/lab-stderr
cat /run/lab-stdout >"$(port lab.stdout)" &
out_reader=$!
cat /run/lab-stderr >"$(port lab.stderr)" &
err_reader=$!

started=$(uptime_seconds)
/bin/sh "$job/command.sh" </dev/null >/run/lab-stdout 2>/run/lab-stderr
status=$?
ended=$(uptime_seconds)
wait $out_reader $err_reader

device=$(disk lab-out)
if [ -n "$device" ]; then
    tar -C /out -cf "$device" . || finish "error cannot store /out"
fi

finish "exit $status started $started ended $ended"
