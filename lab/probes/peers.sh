#!/usr/bin/env bash
# What other tools can do in a machine of two nodes: memory policy, migration,
# perf, tracing, hwloc. Shows what the tests may lean on.

echo "## numactl --membind=1"
numactl --membind=1 --cpunodebind=0 bash -c 'grep -E "heap|stack" /proc/self/numa_maps'

echo "## migratepages"
numactl --membind=0 sleep 60 &
sleeper=$!
sleep 0.5
echo before
grep -E 'heap|stack' "/proc/$sleeper/numa_maps"
migratepages "$sleeper" 0 1
echo "rc=$?"
grep -E 'heap|stack' "/proc/$sleeper/numa_maps"
kill "$sleeper"

echo "## numastat"
numastat -p $$ 2>&1 | tail -n 4
grep -E '^numa_' /proc/vmstat | head -n 6

echo "## schedstat"
cat /proc/self/schedstat
head -n 3 /proc/schedstat
cat /proc/sys/kernel/sched_schedstats
head -n 12 /proc/self/sched

echo "## perf stat"
perf stat -e context-switches,cpu-migrations,page-faults,major-faults,task-clock,cycles node -e 0 2>&1 | grep .

echo "## perf tracepoints"
perf stat -a -e sched:sched_switch,sched:sched_migrate_task,migrate:mm_migrate_pages sleep 0.3 2>&1 | grep .

echo "## perf record"
perf record -q -o /tmp/perf.data -e sched:sched_migrate_task -a -- node -e 'setTimeout(() => {}, 100)' 2>&1 | tail -n 2
perf script -i /tmp/perf.data 2>/dev/null | head -n 3

echo "## ftrace"
events=/sys/kernel/tracing/events/sched/sched_migrate_task
echo 1 >"$events/enable"
taskset -c 3 true
taskset -c 5 true
sleep 0.2
grep -v '^#' /sys/kernel/tracing/trace | head -n 2
echo 0 >"$events/enable"

echo "## hwloc"
lstopo-no-graphics --of console | head -n 20
hwloc-calc -I core node:1
hwloc-calc --taskset node:1
hwloc-bind node:1 -- bash -c 'taskset -pc $$'

echo "## limits"
cat /proc/sys/kernel/perf_event_paranoid /proc/sys/kernel/numa_balancing
