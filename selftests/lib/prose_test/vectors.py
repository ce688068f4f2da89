# SPDX-License-Identifier: GPL-2.0
"""Official test data of the 3GPP ciphers and MACs, from vectors.txt."""

import collections
import os

Stream = collections.namedtuple("Stream", "cipher key iv offset data")
Crypt = collections.namedtuple("Crypt", "algorithm key count bearer direction bits plain data")
Mac = collections.namedtuple("Mac", "algorithm key count who direction bits message mac")

streams, crypts, macs = [], [], []


def load():
    h = bytes.fromhex
    where = os.path.join(os.path.dirname(os.path.abspath(__file__)), "vectors.txt")
    with open(where, encoding="ascii") as f:
        for line in f:
            kind, *w = line.split()
            if kind == "stream":
                streams.append(Stream(w[0], h(w[1]), h(w[2]), int(w[3]), h(w[4])))
            elif kind in ("crypt", "mac"):
                make, where = (Crypt, crypts) if kind == "crypt" else (Mac, macs)
                where.append(make(w[0], h(w[1]), int(w[2], 16), int(w[3], 16), int(w[4]),
                                  int(w[5]), h(w[6]), h(w[7])))


def trim(data, bits):
    """The first bits of it, the rest of the last octet 0"""
    data = bytearray(data[:(bits + 7) // 8])
    if bits % 8:
        data[-1] &= 0xFF00 >> bits % 8 & 0xFF
    return bytes(data)


load()
