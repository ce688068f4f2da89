# SPDX-License-Identifier: GPL-2.0
"""The kernel keyring by system call."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
if os.uname().machine == "x86_64":
    SYS_ADD_KEY, SYS_REQUEST_KEY, SYS_KEYCTL = 248, 249, 250
else:
    SYS_ADD_KEY, SYS_REQUEST_KEY, SYS_KEYCTL = 217, 218, 219

THREAD, PROCESS, SESSION, USER, USER_SESSION = -1, -2, -3, -4, -5
(GET_KEYRING_ID, JOIN_SESSION, UPDATE, REVOKE, CHOWN, SETPERM, DESCRIBE, CLEAR,
 LINK, UNLINK, SEARCH, READ, INSTANTIATE, NEGATE, SET_REQKEY_KEYRING,
 SET_TIMEOUT) = range(16)
INVALIDATE = 21


def _call(nr, *args):
    conv = []
    for a in args:
        if isinstance(a, str):
            a = a.encode()
        if isinstance(a, bytes):
            conv.append(ctypes.c_char_p(a))
        elif isinstance(a, int):
            conv.append(ctypes.c_long(a))
        else:
            conv.append(a)
    ret = libc.syscall(ctypes.c_long(nr), *conv)
    if ret < 0:
        err = ctypes.get_errno()
        raise OSError(err, os.strerror(err))
    return ret


def add(kind, desc, payload, ring=PROCESS):
    buf = ctypes.create_string_buffer(payload, len(payload)) if payload else None
    return _call(SYS_ADD_KEY, kind, desc, buf, len(payload), ring)


def revoke(serial):
    _call(SYS_KEYCTL, REVOKE, serial)


def invalidate(serial):
    _call(SYS_KEYCTL, INVALIDATE, serial)


def timeout(serial, seconds):
    _call(SYS_KEYCTL, SET_TIMEOUT, serial, seconds)


def unlink(serial, ring=PROCESS):
    _call(SYS_KEYCTL, UNLINK, serial, ring)


def link(serial, ring):
    _call(SYS_KEYCTL, LINK, serial, ring)


def setperm(serial, perm):
    _call(SYS_KEYCTL, SETPERM, serial, perm)


def update(serial, payload):
    buf = ctypes.create_string_buffer(payload, len(payload))
    _call(SYS_KEYCTL, UPDATE, serial, buf, len(payload))


def read(serial):
    buf = ctypes.create_string_buffer(256)
    n = _call(SYS_KEYCTL, READ, serial, buf, 256)
    return buf.raw[:min(n, 256)]


def join_session(name=None):
    return _call(SYS_KEYCTL, JOIN_SESSION, name if name else ctypes.c_void_p(None))


def describe(serial):
    buf = ctypes.create_string_buffer(512)
    _call(SYS_KEYCTL, DESCRIBE, serial, buf, 512)
    return buf.value.decode()


def count():
    """Keys of each user, as /proc/key-users tells it."""
    with open("/proc/key-users", encoding="ascii") as f:
        return {line.split(":")[0].strip(): line.split()[1:] for line in f}
