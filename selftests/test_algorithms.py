#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Kernels: every
"""snow3g and zuc of the crypto API, over AF_ALG: official sets, a second
implementation, every way to cut a message, and messages in several requests.
Of the kernel's own ctr(aes) and cmac(aes), which 128-EEA2 and 128-EIA2 are made
of, the official sets."""

import errno
import os
import random
import socket

from prose_test import *
from prose_test import snow3g, vectors, zuc

SLOW = {"snow3g": snow3g, "zuc": zuc}
IVS = {"eea1": ("snow3g", snow3g.eea1_iv), "eea2": ("ctr(aes)", codec.eea2_t1),
       "eea3": ("zuc", zuc.eea3_iv)}
KNOWN = {"skcipher": "ctr(aes)", "hash": "sha256"}     # a kernel that has the type has it
KEY, IV = bytes(range(0x40, 0x50)), bytes(range(0xA0, 0xB0))
SHORT = 67
PLAIN = random.Random(67).randbytes(SHORT)
CHUNK = 4    # of both: what the kernel holds back of a part is less
RELEASE = os.uname().release


def hands_state_on():
    """Does the crypto API give a request's state to the next? (since 6.8)"""
    return tuple(int(x) for x in RELEASE.split(".")[:2]) >= (6, 8)


def alg(t, name, key=KEY, kind="skcipher"):
    s = af_alg(t)
    try:
        s.bind((kind, name))
    except FileNotFoundError:
        # Is it the algorithm that is missing, or all of its type?
        with socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET) as other:
            try:
                other.bind((kind, KNOWN[kind]))
            except FileNotFoundError:
                skip(f"no algif_{kind} in this kernel")
        raise Failed(f"{name} is not registered") from None
    if key is not None:
        s.setsockopt(socket.SOL_ALG, socket.ALG_SET_KEY, key)
    return s


class Operation:
    """One accepted socket; nothing blocks for ever"""

    def __init__(self, s):
        self.op, _ = s.accept()
        self.op.settimeout(20)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.op.close()

    def start(self, parts, iv=IV, more=False, decrypt=False):
        kw = {} if iv is None else {"iv": iv}
        self.op.sendmsg_afalg(parts, flags=socket.MSG_MORE if more else 0,
                              op=socket.ALG_OP_DECRYPT if decrypt else socket.ALG_OP_ENCRYPT,
                              **kw)

    def send(self, data, more=False):
        self.op.sendmsg([data], [], socket.MSG_MORE if more else 0)

    def recv(self, n):
        return self.op.recv(n)

    def recv_into(self, sizes):
        """Into so many buffers: boundaries of the destination's scatterlist"""
        bufs = [bytearray(n) for n in sizes]
        n = self.op.recvmsg_into(bufs)[0]
        return b"".join(bufs)[:n]


def once(s, iv, data, decrypt=False):
    with Operation(s) as o:
        o.start([data], iv, decrypt=decrypt)
        return o.recv(len(data) or 1)


@test
def official_sets(t):
    """the official sets, enciphered and deciphered"""
    n = 0
    for v in vectors.crypts:
        name, iv = IVS[v.algorithm]
        s, iv = alg(t, name, v.key), iv(v.count, v.bearer, v.direction)
        out = once(s, iv, v.plain)
        t.eq(vectors.trim(out, v.bits), vectors.trim(v.data, v.bits),
             f"{v.algorithm}, {v.bits} bits")
        t.eq(once(s, iv, out, decrypt=True), v.plain, f"{v.algorithm}, {v.bits} bits, back")
        n += 1
    for v in vectors.streams:
        out = once(alg(t, v.cipher, v.key), v.iv, bytes(v.offset + len(v.data)))
        t.eq(out[v.offset:], v.data, f"key stream of {v.cipher} at {v.offset}")
        n += 1
    t.eq(n, 32, "sets")


@test
def official_eia2(t):
    """the official sets of 128-EIA2 that are whole octets, by cmac(aes)"""
    # It takes no others; those are in unit/test_library.py.
    sets = [v for v in vectors.macs if v.algorithm == "eia2" and v.bits % 8 == 0]
    t.eq([v.bits for v in sets], [64, 768, 16448], "sets")
    for v in sets:
        op, _ = alg(t, "cmac(aes)", v.key, "hash").accept()
        with op:
            # No time limit: a hash socket cannot be polled.
            op.sendall(codec.eia2_head(v.count, v.who, v.direction) + v.message)
            t.eq(op.recv(16)[:4], v.mac, f"{v.bits} bits")


@test
def random_cases(t):
    """random keys, IVs and lengths give what the slow implementation gives"""
    rnd = random.Random(int(os.environ.get("SEED") or 20))
    for name, slow in SLOW.items():
        for n in [0, 1, 3, 4, 5, 59, 60, 61, 63, 64, 65, 124, 125] + \
                [rnd.randrange(600) for _ in range(8)]:
            key, iv, data = rnd.randbytes(16), rnd.randbytes(16), rnd.randbytes(n)
            t.eq(once(alg(t, name, key), iv, data), slow.crypt(key, iv, data),
                 f"{name}, {n} octets, key {key.hex()}, IV {iv.hex()}")


@test
def scatterlists(t):
    """the destination cut at every offset of a message of 67 octets"""
    # What is sent AF_ALG copies, so that the source has no such boundaries: it
    # is cut by the known answers when the module loads, and at pages below.
    for name, slow in SLOW.items():
        s, want = alg(t, name), slow.crypt(KEY, IV, PLAIN)
        for cut in range(SHORT + 1):
            a, b = PLAIN[:cut], PLAIN[cut:]
            with Operation(s) as o:
                o.start([a, b])
                t.eq(o.recv_into([cut, SHORT - cut]), want, f"{name}, iovs cut at {cut}")
            with Operation(s) as o:
                o.start([a], more=True)
                o.send(b)
                t.eq(o.recv_into([SHORT - cut, cut]), want, f"{name}, sendmsg twice, at {cut}")
        with Operation(s) as o:
            o.start([PLAIN[i:i + 1] for i in range(SHORT)])
            # 6.1 has memory of a socket for no more parts than about 25.
            t.eq(o.recv_into([5] * 13 + [2]), want, f"{name}, octet by octet, into 14 parts")


@test
def pages(t):
    """long messages, cut at pages in the source and around them in the destination"""
    page = os.sysconf("SC_PAGESIZE")
    data = random.Random(3).randbytes(2 * page + SHORT)
    for name, slow in SLOW.items():
        s, want = alg(t, name), slow.crypt(KEY, IV, data)
        for cut in (0, 1, page - 1, page, page + 1, 2 * page - 3, 2 * page + 5):
            with Operation(s) as o:
                o.start([data])
                t.eq(o.recv_into([cut, len(data) - cut]), want, f"{name} cut at {cut}")


@test
def empty(t):
    """an empty message is one, and gives nothing"""
    for name in SLOW:
        t.eq(once(alg(t, name), IV, b""), b"", name)


@test
def wrong_lengths(t):
    """keys and IVs that are not 16 octets are refused; no key, no cipher"""
    for name in SLOW:
        for n in (0, 1, 8, 15, 17, 24, 32, 64):
            try:
                alg(t, name, bytes(n))
            except OSError as e:
                t.eq(e.errno, errno.EINVAL, f"{name}: a key of {n} octets")
            else:
                raise Failed(f"{name}: a key of {n} octets was taken")
        for n in (0, 8, 15, 17):
            try:
                once(alg(t, name), bytes(n), PLAIN)
            except OSError as e:
                t.eq(e.errno, errno.EINVAL, f"{name}: an IV of {n} octets")
            else:
                raise Failed(f"{name}: an IV of {n} octets was taken")
        try:
            once(alg(t, name, None), IV, PLAIN)
        except OSError as e:
            t.eq(e.errno, errno.ENOKEY, f"{name} without a key")
        else:
            raise Failed(f"{name} went without a key")


@test
def in_parts(t):
    """a message in several requests continues where it was, or is refused; never wrong"""
    for name, slow in SLOW.items():
        s = alg(t, name)
        want = slow.crypt(KEY, IV, PLAIN)
        for cut in (4, 5, 7, 32, 60, 63, 64, 66):
            with Operation(s) as o:
                o.start([PLAIN[:cut]], more=True)
                first = o.recv(SHORT)
                t.eq(first, want[:cut - cut % CHUNK], f"{name}, first part of {cut}")
                o.send(PLAIN[cut:])
                second_part(t, o, want[len(first):], f"{name}, MSG_MORE after {cut}")
        # The same by a buffer too small for the answer
        with Operation(s) as o:
            o.start([PLAIN])
            t.eq(o.recv(10), want[:8], f"{name}, a small buffer")
            second_part(t, o, want[8:], f"{name}, behind a small buffer")


def second_part(t, o, want, what):
    """The rest of a message that began in another request"""
    try:
        saw = o.recv(SHORT)
    except OSError as e:
        t.eq(e.errno, errno.EINVAL, what)
        t.ok(not hands_state_on(), f"{what}: refused though {RELEASE} hands states on")
    else:
        t.eq(saw, want, what)


@test
def many_parts(t):
    """a long message in many requests, where the crypto API can"""
    if not hands_state_on():
        skip(f"{RELEASE}: the crypto API hands no states on (in_parts: refused)")
    rnd = random.Random(5)
    for name, slow in SLOW.items():
        data = rnd.randbytes(500)
        want, out, at = slow.crypt(KEY, IV, data), b"", 0
        with Operation(alg(t, name)) as o:
            o.start([], more=True)
            while at < len(data):
                n = rnd.randrange(CHUNK, 40)
                o.send(data[at:at + n], more=at + n < len(data))
                at += n
                out += o.recv(len(data))
            t.eq(out, want, name)


@test
def iv_once(t):
    """a second message without an IV of its own is refused, and one with is not"""
    for name, slow in SLOW.items():
        want = slow.crypt(KEY, IV, PLAIN)
        with Operation(alg(t, name)) as o:
            o.start([PLAIN])
            t.eq(o.recv(SHORT), want, f"{name}, first message")
            o.start([PLAIN], iv=None)
            try:
                saw = o.recv(SHORT)
            except OSError as e:
                t.eq(e.errno, errno.EINVAL, f"{name}, without an IV")
            else:
                raise Failed(f"{name}: a second message with the same IV: {saw.hex()}")
            o.start([PLAIN])
            t.eq(o.recv(SHORT), want, f"{name}, with an IV again")


@test
def aliases(t):
    """whoever asks the crypto API for them gets the module loaded"""
    for name in SLOW:
        for alias in (f"crypto-{name}", f"crypto-{name}-generic"):
            p = run("modprobe", "-R", alias, check=False)
            t.eq(p.stdout.split(), ["prose"], f"{alias} {p.stderr}")


main()
