"""What a psutil script reads to answer the question of `keel check PID`."""
import sys

import psutil

process = psutil.Process(int(sys.argv[1]))
print(process.name(), process.create_time(), process.cpu_affinity(), process.num_ctx_switches(), process.memory_info())
for thread in process.threads():
    task = psutil.Process(thread.id)
    print(thread.id, task.cpu_affinity(), task.cpu_num(), task.num_ctx_switches(), thread.user_time)
