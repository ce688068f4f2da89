# SPDX-License-Identifier: GPL-2.0
"""Reading and writing of classic pcap files (Ethernet)."""

import struct

MAGIC = 0xA1B2C3D4


def write(path, frames):
    with open(path, "wb") as f:
        f.write(struct.pack("<IHHiIII", MAGIC, 2, 4, 0, 0, 262144, 1))
        for i, raw in enumerate(frames):
            f.write(struct.pack("<IIII", i, 0, len(raw), len(raw)) + raw)


class Follower:
    """Reads a growing file; costs only what is new."""

    def __init__(self, path):
        self.f = open(path, "rb")
        self.f.seek(24)
        self.frames = []
        self.rest = b""

    def read(self):
        buf = self.rest + self.f.read()
        pos = 0
        while pos + 16 <= len(buf):
            caplen, = struct.unpack_from("<I", buf, pos + 8)
            if pos + 16 + caplen > len(buf):
                break
            self.frames.append(buf[pos + 16:pos + 16 + caplen])
            pos += 16 + caplen
        self.rest = buf[pos:]
        return self.frames


def read(path):
    """Yield the frames of a file, in order."""
    with open(path, "rb") as f:
        buf = f.read()
    if len(buf) < 24 or struct.unpack_from("<I", buf)[0] != MAGIC:
        raise ValueError(f"{path}: not a pcap file of ours")
    pos = 24
    while pos + 16 <= len(buf):
        caplen, = struct.unpack_from("<I", buf, pos + 8)
        if pos + 16 + caplen > len(buf):
            raise ValueError(f"{path}: cut off")
        yield buf[pos + 16:pos + 16 + caplen]
        pos += 16 + caplen
