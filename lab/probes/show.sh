#!/usr/bin/env bash
# What a machine says about its CPUs and nodes, and what its programs make of it.
shopt -s nullglob
cd /sys/devices/system || exit

for file in cpu/{possible,present,online,offline,isolated,nohz_full} node/{possible,online,has_cpu,has_memory}; do
    echo "$file: $(<"$file")"
done
for node in node/node[0-9]*; do
    echo "$node cpulist=$(<"$node/cpulist") distance=$(<"$node/distance")" \
        "MemTotal=$(awk '/MemTotal/ { print $4 }' "$node/meminfo")"
done
for cpu in cpu/cpu[0-9]*; do
    [[ -d $cpu/topology ]] || continue
    line="$cpu pkg=$(<"$cpu/topology/physical_package_id") die=$(<"$cpu/topology/die_id")"
    line+=" core=$(<"$cpu/topology/core_id") sib=$(<"$cpu/topology/thread_siblings_list")"
    for cache in "$cpu"/cache/index*; do
        line+=" L$(<"$cache/level")$(head -c 1 "$cache/type")=$(<"$cache/shared_cpu_list")"
    done
    for node in "$cpu"/node*; do
        line+=" node=${node##*node}"
    done
    echo "$line"
done
for initiators in node/node*/access*/initiators; do
    echo "$initiators: $(cd "$initiators" && grep -s . ./* | tr '\n' ' ')"
done

lscpu
numactl --hardware
numactl --show
node -p '"availableParallelism " + os.availableParallelism() + ", cpus " + os.cpus().length'
cat /proc/self/cgroup
grep -E '^(Cpus|Mems)_allowed_list' /proc/self/status
