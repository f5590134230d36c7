"""Runs a program and tells, on descriptor 3, its PID, and when it has ended the CPU time in microseconds that it and
the children it waited for took, its exit status or minus its signal, and the most memory it had in KiB.

    cpu-of.py PROGRAM [ARGUMENT...]
"""
import os
import sys

os.set_inheritable(3, False)
pid = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
os.write(3, b"%d\n" % pid)
_, status, usage = os.wait4(pid, 0)
microseconds = round((usage.ru_utime + usage.ru_stime) * 1e6)
os.write(3, b"%d %d %d\n" % (microseconds, os.waitstatus_to_exitcode(status), usage.ru_maxrss))
