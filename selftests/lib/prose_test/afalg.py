# SPDX-License-Identifier: GPL-2.0
"""The kernel's crypto API from user space."""

import contextlib
import errno
import socket

from .tap import skip

RESTRICT = "/proc/sys/crypto/af_alg_restrict"


def af_alg(t):
    """A socket of AF_ALG that may have every algorithm, until the test ends.

    Since 7.3 it may have a few known ones only, unless this sysctl, which comes
    with the socket's module, is 0."""
    try:
        s = socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET)
    except OSError as e:
        if e.errno == errno.EAFNOSUPPORT:
            skip("no AF_ALG in this kernel")
        raise
    t.defer(s.close)
    with contextlib.suppress(FileNotFoundError), open(RESTRICT, "r+", encoding="ascii") as f:
        was = f.read()
        if was.strip() != "0":
            f.seek(0)
            f.write("0")
            t.defer(put_back, was)
    return s


def put_back(was):
    with open(RESTRICT, "w", encoding="ascii") as f:
        f.write(was)
