#!/usr/bin/env bash
# Boots every machine of the lab and compares what its kernel says about itself
# with what the topology promises. usage: selftest.sh [TOPOLOGY...]
set -euo pipefail

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)

# topology | online CPUs | online nodes | a path under /sys/devices/system | its text
EXPECTED='
single        | 0          | 0   | cpu/possible                              | 0
no-numa       | 0-1        | 0   | node/node0/distance                       | 10
uma           | 0-3        | 0   | cpu/cpu0/cache/index3/shared_cpu_list     | 0-3
2s2c2t        | 0-7        | 0-1 | cpu/cpu6/topology/thread_siblings_list    | 6-7
2s2c2t-apart  | 0-7        | 0-1 | cpu/cpu6/topology/thread_siblings_list    | 2,6
4n-asymmetric | 0-3        | 0-3 | node/node3/distance                       | 30 24 16 10
8n            | 0-7        | 0-7 | node/node1/distance                       | 16 10 16 22 28 34 28 22
interleaved   | 0-7        | 0-1 | node/node1/cpulist                        | 1,3,5,7
sparse-nodes  | 0-3        | 0,2 | node/node2/cpulist                        | 2-3
memory-only   | 0-3        | 0-2 | node/has_cpu                              | 0-1
cpu-only      | 0-3        | 0-1 | node/has_memory                           | 0
offline-cpu   | 0-1,3-7    | 0-1 | cpu/offline                               | 2
offline-node  | 0-1        | 0-1 | node/has_cpu                              | 0
maxcpus       | 0-1        | 0   | cpu/present                               | 0-3
dies          | 0-3        | 0   | cpu/cpu2/cache/index3/shared_cpu_list     | 2-3
sub-numa      | 0-7        | 0-1 | cpu/cpu4/topology/die_id                  | 1
isolated      | 0-3        | 0   | cpu/isolated                              | 2-3
cpuset        | 0-7        | 0-1 | ../../fs/cgroup/lab/cpuset.cpus.effective | 1-2,5
quota         | 0-3        | 0   | ../../fs/cgroup/lab/cpu.max               | 150000 100000
swap          | 0-1        | 0   | node/node0/distance                       | 10
swap-2n       | 0-1        | 0-1 | node/node1/distance                       | 20 10
72-cpus       | 0-71       | 0-1 | node/node1/cpulist                        | 36-71
'

failures=0
while IFS='|' read -r topology cpus nodes path text; do
    read -r topology <<<"$topology"
    [[ -n $topology ]] || continue
    if (($# > 0)) && [[ " $* " != *" $topology "* ]]; then
        continue
    fi
    read -r cpus <<<"$cpus"
    read -r nodes <<<"$nodes"
    read -r path <<<"$path"
    read -r text <<<"$text"
    began=$SECONDS
    status=0
    # shellcheck disable=SC2016 # expanded in the machine
    actual=$("$here/lab.sh" --topology "$topology" -- \
        sh -c 'cd /sys/devices/system && cat cpu/online node/online "$1"' sh "$path") || status=$?
    if [[ $status == 0 && $actual == "$cpus"$'\n'"$nodes"$'\n'"$text" ]]; then
        printf 'ok     %-14s %3d s\n' "$topology" $((SECONDS - began))
    else
        printf 'FAILED %-14s %3d s, status %d, got: %s\n' "$topology" $((SECONDS - began)) "$status" "${actual//$'\n'/ / }"
        failures=$((failures + 1))
    fi
done <<<"$EXPECTED"
exit $((failures > 0))
