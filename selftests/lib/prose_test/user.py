# SPDX-License-Identifier: GPL-2.0
"""What an unprivileged user does, in namespaces of his own."""

import ctypes
import os

from .ns import libc
from .tap import Skipped, skip

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
PR_SET_DUMPABLE = 4


def in_child(fn):
    """fn() in a child process; what it returns, as text."""
    r, w = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(r)
        try:
            out = fn()
        except Skipped as e:
            out = f"SKIP {e}"
        except BaseException as e:  # pylint: disable=broad-except
            out = f"{type(e).__name__}: {e}"
        os.write(w, str(out).encode())
        os._exit(0)
    os.close(w)
    with os.fdopen(r) as f:
        out = f.read()
    os.waitpid(pid, 0)
    if out.startswith("SKIP"):
        skip(out[5:])
    return out


def give_up_root(uid=65534):
    """This process is an unprivileged user's from now on."""
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)


def own_namespaces(uid=65534):
    """And root in a user and a network namespace that he made."""
    give_up_root(uid)
    libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)     # /proc/self is ours again
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET):
        skip(f"unshare: {os.strerror(ctypes.get_errno())}")
    with open("/proc/self/setgroups", "w", encoding="ascii") as f:
        f.write("deny")
    with open("/proc/self/uid_map", "w", encoding="ascii") as f:
        f.write(f"0 {uid} 1")
