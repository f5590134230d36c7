"""What a psutil script reads to list all processes and threads, again and again; prints the CPU time of one pass in
microseconds. The first pass is not counted."""
import sys
import time

import psutil

NAMES = ["pid", "name", "create_time", "status", "num_threads", "cpu_times", "memory_info", "num_ctx_switches", "nice"]


def sweep():
    for process in psutil.process_iter(NAMES):
        try:
            process.threads()
        except psutil.Error:
            pass


passes = int(sys.argv[1])
sweep()
before = time.process_time()
for _ in range(passes):
    sweep()
print(round((time.process_time() - before) / passes * 1e6))
