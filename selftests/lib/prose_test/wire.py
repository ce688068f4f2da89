# SPDX-License-Identifier: GPL-2.0
"""Raw sockets on devices, and the recorder of all that members send."""

import json
import os
import select
import socket
import struct
import subprocess
import time

from . import codec, ns as nsmod, pcap
from .tap import skip

ETH_P_ALL = 3
HOST, BROADCAST, MULTICAST, OTHERHOST, OUTGOING = range(5)
SOL_PACKET, PACKET_AUXDATA, PACKET_QDISC_BYPASS = 263, 8, 20
WIRE = os.environ.get("PROSE_WIRE", "wire")     # selftests/bin/wire.c


class Packet:
    """A frame taken from a device."""

    def __init__(self, raw, kind, proto):
        self.raw, self.kind, self.proto = raw, kind, proto


class Raw:
    """An AF_PACKET socket on one device: sends and takes whole frames."""

    def __init__(self, ns, dev, proto=ETH_P_ALL, bypass=False, incoming=None):
        with nsmod.enter(ns):
            self.s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
            self.s.setsockopt(socket.SOL_SOCKET, 33, 16 << 20)  # RCVBUFFORCE
            self.s.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
            if bypass:
                self.s.setsockopt(SOL_PACKET, PACKET_QDISC_BYPASS, 1)
            self.s.bind((dev, proto))
        # None: everything, True: what came in, False: what went out
        self.incoming = incoming

    def close(self):
        self.s.close()

    def send(self, raw):
        self.s.send(raw)

    def recv(self, timeout=5.0, want=lambda raw: True):
        """The next frame that is wanted, or None after timeout."""
        end = time.monotonic() + timeout
        while True:
            left = max(0, end - time.monotonic())
            if not select.select([self.s], [], [], left)[0]:
                return None
            try:
                raw, anc, _, addr = self.s.recvmsg(65536, 256)
            except OSError:
                continue
            if self.incoming is not None and \
                    self.incoming == (addr[2] == OUTGOING):
                continue
            for _, t, val in anc:
                if t == PACKET_AUXDATA:
                    status, _, _, _, _, tci, tpid = struct.unpack("=IIIHHHH", val)
                    if status & 0x10:
                        raw = raw[:12] + struct.pack(">HH", tpid, tci) + raw[12:]
            if want(raw):
                return Packet(raw, addr[2], addr[1])

    def drain(self, quiet=0.0):
        """All frames that are there; ends after quiet seconds of silence."""
        out = []
        while True:
            p = self.recv(quiet)
            if p is None:
                return out
            out.append(p)


def blast(ns, dev, n, frame, bypass=False, gap=0, at=None, wait=True, timeout=110):
    """Send frame n times with the C helper; returns (sent, refused)."""
    if n > 20000 and os.environ.get("PROSE_DEBUG_KERNEL"):
        skip(f"{n} frames take too long on this kernel; see test_rollover_often")
    cmd = [WIRE, "blast", ns or "-", dev, str(n)]
    if bypass:
        cmd.append("bypass")
    if gap:
        cmd += ["gap", str(gap)]
    if at is not None:
        cmd += ["at", str(at)]
    p = subprocess.Popen(cmd, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, text=True)
    p.stdin.write(frame.hex())
    p.stdin.close()
    p.stdin = None
    if not wait:
        return p
    out, err = p.communicate(timeout=timeout)
    if p.returncode:
        raise nsmod.CmdError(f"wire blast: {err}")
    a, b = out.split()
    return int(a), int(b)


class Recorder:
    """Everything that goes out on the devices added, into OUT/rec-*.pcap.

    OUT/rec-*.jsonl says beside it what the test knows: from which frame of
    which file on which key value, with which suite, stands for (group, member,
    PGK index), and which member may send in clear.
    """

    def __init__(self, out, name):
        os.makedirs(out, exist_ok=True)
        self.out, self.name = out, name
        self.meta = open(os.path.join(out, f"rec-{name}.jsonl"), "w",
                         encoding="ascii")
        self.p = subprocess.Popen([WIRE, "record", out], text=True,
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  bufsize=1)
        self.files, self.lost = {}, {}
        self.keys = {}
        self.readers = {}

    def _ask(self, line):
        self.p.stdin.write(line + "\n")
        self.p.stdin.flush()
        self._answer(line)

    def _answer(self, line):
        answer = self.p.stdout.readline().strip()
        if not answer.startswith("ok"):
            raise nsmod.CmdError(f"recorder: {line}: {answer}")
        for part in answer.split()[1:]:
            name, n, lost = part.rsplit(":", 2)
            self.files[name] = int(n)
            self.lost[name] = int(lost)

    def note(self, **what):
        self.meta.write(json.dumps(what) + "\n")
        self.meta.flush()

    def add(self, ns, dev, tag, only_prose=True, ethertype=codec.ETH_P_PROSE):
        name = f"rec-{self.name}-{len(self.files)}-{tag}.pcap"
        self._ask(f"add {ns} {dev} {name}")
        self.files[name] = 0
        self.note(file=name, only_prose=only_prose, ethertype=ethertype)
        return name

    def sync(self):
        self._ask("sync")

    def stop_file(self, name):
        """No longer record this device; what was recorded stays."""
        if self.p is not None:
            self._ask(f"stop {name}")

    def key(self, group, member, index, pgk, attached=True, suite=codec.DEFAULT):
        """From here on this PGK, with this suite, stands for (group, member, index)."""
        k = (group, member, index)
        fp = codec.fingerprint(pgk).hex()
        self.sync()
        self.note(at=dict(self.files), group=group, member=member, index=index,
                  fingerprint=fp, pgk=pgk.hex(), attached=attached, suite=list(suite))
        if attached:
            self.keys[k] = fp

    def clear(self, group, member):
        """From here on this member sends in clear, on a device made for that."""
        self.sync()
        self.note(at=dict(self.files), group=group, member=member, clear=True)

    def frames(self, name):
        self.sync()
        if name not in self.readers:
            self.readers[name] = pcap.Follower(os.path.join(self.out, name))
        return list(self.readers[name].read())

    def count(self, name):
        self.sync()
        return self.files[name]

    def stop(self):
        if self.p is None:
            return
        self.p.stdin.close()
        self._answer("end")     # it drains once more
        self.p.wait(20)
        self.p.stdout.close()
        self.p = None
        for r in self.readers.values():
            r.f.close()
        self.note(end=dict(self.files), lost=self.lost)
        self.meta.close()
