# SPDX-License-Identifier: GPL-2.0
"""ZUC, 128-EEA3 and 128-EIA3, slowly, from the specification's text: S-boxes
computed from their definitions, the register shifted, arithmetic modulo
2^31 - 1 by division, the MAC bit by bit. Nothing is shared with the module but
the standard; the clauses are those of ETSI/SAGE 128-EEA3 & 128-EIA3, Document 2
for ZUC and Document 1 for the rest."""

M = 2**31 - 1
ONES = 0xFFFFFFFF

# The three 4-bit maps of S0, and the columns of the matrix of S1 (3.4.1)
P1 = (9, 15, 0, 14, 15, 15, 2, 10, 0, 4, 0, 12, 7, 5, 3, 9)
P2 = (8, 13, 6, 5, 7, 0, 12, 4, 11, 1, 14, 10, 15, 3, 9, 2)
P3 = (2, 6, 10, 6, 0, 13, 10, 15, 3, 3, 13, 5, 0, 9, 12, 13)
COLUMNS = (0x97, 0x3E, 0x6D, 0xCB, 0xEE, 0xDD, 0xBB, 0x77)

D = [int(x, 2) for x in """
    100010011010111 010011010111100 110001001101011 001001101011110
    101011110001001 011010111100010 111000100110101 000100110101111
    100110101111000 010111100010011 110101111000100 001101011110001
    101111000100110 011110001001101 111100010011010 100011110101100""".split()]


def rol(v, n, bits=32):
    return (v << n | v >> bits - n) & (1 << bits) - 1


def gf_mul(a, b):
    """In GF(2^8) by X^8 + X^7 + X^3 + X + 1"""
    out = 0
    for i in range(8):
        if b >> i & 1:
            out ^= a
        a = (a << 1) ^ 0x18B if a & 0x80 else a << 1
    return out


def feistel(x):
    """S0: three rounds on the halves, then a rotation by 5"""
    high, low = x >> 4, x & 15
    high ^= P1[low]
    low ^= P2[high]
    high ^= P3[low]
    return rol(high << 4 | low, 5, 8)


def affine(x):
    """S1: the inverse, then M and 0x55"""
    y = x
    for _ in range(6):    # x^3, x^7 ... x^127
        y = gf_mul(gf_mul(y, y), x)
    y = gf_mul(y, y)
    out = 0x55
    for i, column in enumerate(COLUMNS):
        if y >> i & 1:
            out ^= column
    return out


S0 = [feistel(x) for x in range(256)]
S1 = [affine(x) for x in range(256)]


def sub(v):
    a, b, c, d = v.to_bytes(4, "big")
    return int.from_bytes((S0[a], S1[b], S0[c], S1[d]), "big")


def xor_rol(v, *by):
    out = v
    for n in by:
        out ^= rol(v, n)
    return out


class Zuc:
    """A key stream"""

    def __init__(self, key, iv):
        self.s = [key[i] << 23 | D[i] << 8 | iv[i] for i in range(16)]    # 3.5
        self.r1 = self.r2 = 0
        for _ in range(32):
            x = self.reorganise()
            self.clock(self.f(x) >> 1)
        self.f(self.reorganise())    # 3.6.2
        self.clock(0)

    def reorganise(self):
        """3.3"""
        high = [s >> 15 for s in self.s]
        low = [s & 0xFFFF for s in self.s]
        return (high[15] << 16 | low[14], low[11] << 16 | high[9],
                low[7] << 16 | high[5], low[2] << 16 | high[0])

    def f(self, x):
        """3.4"""
        w = (x[0] ^ self.r1) + self.r2 & ONES
        w1 = self.r1 + x[1] & ONES
        w2 = self.r2 ^ x[2]
        self.r1 = sub(xor_rol((w1 & 0xFFFF) << 16 | w2 >> 16, 2, 10, 18, 24))
        self.r2 = sub(xor_rol((w2 & 0xFFFF) << 16 | w1 >> 16, 8, 14, 22, 30))
        return w

    def clock(self, u):
        """3.2"""
        s = self.s
        v = (2**15 * s[15] + 2**17 * s[13] + 2**21 * s[10] + 2**20 * s[4] +
             (1 + 2**8) * s[0] + u) % M
        self.s = s[1:] + [v or M]

    def word(self):
        x = self.reorganise()
        z = self.f(x) ^ x[3]
        self.clock(0)
        return z


def keystream(key, iv, n):
    g = Zuc(key, iv)
    return b"".join(g.word().to_bytes(4, "big") for _ in range((n + 3) // 4))[:n]


def crypt(key, iv, data):
    return bytes(a ^ b for a, b in zip(data, keystream(key, iv, len(data))))


def eea3_iv(count, bearer, direction):
    """Document 1, 3.3"""
    half = count.to_bytes(4, "big") + bytes([bearer << 3 | direction << 2, 0, 0, 0])
    return half + half


def eia3(key, count, bearer, direction, data, bits):
    """Document 1, 4"""
    iv = bytearray(count.to_bytes(4, "big") + bytes([bearer << 3, 0, 0, 0])) * 2
    iv[8] ^= direction << 7
    iv[14] ^= direction << 7
    words = (bits + 31) // 32 + 2
    z = int.from_bytes(keystream(key, bytes(iv), 4 * words), "big")
    length = 32 * words

    def at(i):
        return z >> length - 32 - i & ONES

    t = 0
    for i in range(bits):
        if data[i // 8] & 0x80 >> i % 8:
            t ^= at(i)
    t ^= at(bits)
    return (t ^ at(32 * (words - 1))).to_bytes(4, "big")
