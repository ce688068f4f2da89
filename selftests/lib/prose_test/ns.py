# SPDX-License-Identifier: GPL-2.0
"""Network namespaces: entering them and running commands in them."""

import contextlib
import ctypes
import os
import subprocess

CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)


def path(name):
    return f"/run/netns/{name}"


def setns(fd, kind=CLONE_NEWNET):
    if libc.setns(fd, kind):
        err = ctypes.get_errno()
        raise OSError(err, os.strerror(err), "setns")


@contextlib.contextmanager
def enter(name):
    """This thread works in namespace name (None: stays where it is).

    What is opened meanwhile (sockets) stays there."""
    if name is None:
        yield
        return
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        fd = os.open(path(name), os.O_RDONLY | os.O_CLOEXEC)
        try:
            setns(fd)
        finally:
            os.close(fd)
        try:
            yield
        finally:
            setns(home)
    finally:
        os.close(home)


def sysctl(name, key, value=None):
    """Read or write /proc/sys/net/KEY of a namespace."""
    with enter(name):
        with open(f"/proc/sys/net/{key}", "r" if value is None else "w",
                  encoding="ascii") as f:
            if value is None:
                return f.read().strip()
            f.write(str(value))
    return None


class CmdError(Exception):
    pass


def run(*cmd, ns=None, check=True, stdin=None, timeout=60, env=None):
    """Run a command; returns the finished process with text output."""
    if len(cmd) == 1 and isinstance(cmd[0], str):
        cmd = cmd[0].split()
    cmd = [str(c) for c in cmd]

    def child():
        fd = os.open(path(ns), os.O_RDONLY | os.O_CLOEXEC)
        setns(fd)

    p = subprocess.run(
        cmd, input=stdin, capture_output=True, timeout=timeout, check=False,
        text=not isinstance(stdin, bytes), errors=None if isinstance(stdin, bytes) else "replace",
        preexec_fn=child if ns else None,
        env=dict(os.environ, **env) if env else None)
    if check and p.returncode:
        raise CmdError(f"{' '.join(cmd)}: exit {p.returncode}\n{p.stdout}{p.stderr}")
    return p


def popen(*cmd, ns=None, **kw):
    if len(cmd) == 1 and isinstance(cmd[0], str):
        cmd = cmd[0].split()

    def child():
        fd = os.open(path(ns), os.O_RDONLY | os.O_CLOEXEC)
        setns(fd)

    return subprocess.Popen([str(c) for c in cmd],
                            preexec_fn=child if ns else None, **kw)


def batch(*lines, ns=None):
    """Several commands of ip, one process."""
    args = ["ip"] + (["-n", ns] if ns else []) + ["-batch", "-"]
    return run(*args, stdin="\n".join(lines) + "\n")
