"""Becomes the command it is given, tied to the life of its parent; run as a script with -I -S.

    python -I -S child.py PARENT_PID SIGNAL UID GID COMMAND…

UID and GID are -1 to stay who we are. A script and not a preexec_fn, which is unsafe beside threads.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, signal_number, uid, gid = (int(word) for word in sys.argv[1:5])
    command = sys.argv[5:]
    signal.pthread_sigmask(signal.SIG_SETMASK, [])  # the parent held them back while it forked
    for ignored in (signal.SIGINT, signal.SIGQUIT):
        # What a shell runs in the background ignores these, and so would we until we have handlers.
        signal.signal(ignored, signal.SIG_DFL)
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        # After the change of user, which would clear it again.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal_number)
        if os.getppid() != parent:  # it died before we asked
            sys.exit(1)
    os.execv(command[0], command)


main()
