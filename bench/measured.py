"""Runs a program and appends one JSON line about all the processes that came of it to a file.

Called as: measured.py FILE PROGRAM ARGUMENT...  Exits as the program does. Node.js cannot ask the kernel this: a
process that outlives its parent is handed to this one, so that its CPU time is counted too.
"""

import ctypes
import json
import os
import resource
import sys
import time

PR_SET_CHILD_SUBREAPER = 36
ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

started = time.monotonic()
child = os.spawnvp(os.P_NOWAIT, sys.argv[2], sys.argv[2:])
_, status = os.waitpid(child, 0)
wall = time.monotonic() - started
try:
    while True:
        os.wait()
except ChildProcessError:
    pass

usage = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "a") as file:
    cpu = usage.ru_utime + usage.ru_stime
    print(json.dumps({"wallSec": wall, "cpuSec": cpu, "maxRssMb": usage.ru_maxrss / 1024}), file=file)
sys.exit(os.waitstatus_to_exitcode(status) & 0xFF)
