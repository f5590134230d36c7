#!/usr/bin/env bash
# Major faults from a swap disk, for the machines swap and swap-2n: touches more
# than there is memory, twice.
free -m | head -n 3
cat /proc/swaps
node -e '
const parts = [];
for (let i = 0; i < 20; i++) parts.push(Buffer.alloc(16 << 20, 7));
const before = process.resourceUsage();
let sum = 0;
for (const part of parts) for (let at = 0; at < part.length; at += 4096) sum += part[at];
const after = process.resourceUsage();
console.log("touched", 20 * 4096, "pages, major", after.majorPageFault - before.majorPageFault,
  "minor", after.minorPageFault - before.minorPageFault, "total major", after.majorPageFault);
console.log(fs.readFileSync("/proc/self/status", "utf8").match(/VmRSS.*|VmSwap.*/g).join(" "));
'
grep -E '^(pswpin|pswpout|pgmajfault) ' /proc/vmstat
echo 3 >/proc/sys/vm/drop_caches
perf stat -e major-faults,minor-faults node -e 0 2>&1 | grep faults
