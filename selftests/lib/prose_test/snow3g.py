# SPDX-License-Identifier: GPL-2.0
"""SNOW 3G, UEA2/128-EEA1 and UIA2/128-EIA1, slowly, from the specification's
text: every S-box, MULalpha and DIValpha computed from its definition, the
register shifted, the MAC multiplied bit by bit. Nothing is shared with the
module but the standard; the clauses are those of ETSI/SAGE UEA2 & UIA2,
Document 2 for SNOW 3G and Document 1 for f8 and f9."""

import functools

ONES = 0xFFFFFFFF


def mulx(v, c):
    """Document 2, 3.1.1"""
    return (v << 1 & 0xFF) ^ c if v & 0x80 else v << 1


def mulxpow(v, i, c):
    """Document 2, 3.1.2"""
    for _ in range(i):
        v = mulx(v, c)
    return v


def gf_mul(a, b, c):
    """Product in GF(2^8) by X^8 + c"""
    return functools.reduce(lambda sum_, i: sum_ ^ mulxpow(a, i, c) if b >> i & 1 else sum_,
                            range(8), 0)


def gf_pow(a, n, c):
    v = 1
    for bit in f"{n:b}":
        v = gf_mul(v, v, c)
        if bit == "1":
            v = gf_mul(v, a, c)
    return v


def rijndael(x):
    """S_R: the inverse in GF(2^8) by 0x11b, then the affine map of FIPS 197"""
    y = gf_pow(x, 254, 0x1B)
    out = 0
    for i in range(8):
        bit = 0x63 >> i
        for j in (0, 4, 5, 6, 7):
            bit ^= y >> (i + j) % 8
        out |= (bit & 1) << i
    return out


def dickson(x):
    """S_Q: a sum of powers in GF(2^8) by 0x169, and 0x25 (3.3.2)"""
    v = 0x25
    for n in (1, 9, 13, 15, 33, 41, 45, 47, 49):
        v ^= gf_pow(x, n, 0x69)
    return v


SR = [rijndael(x) for x in range(256)]
SQ = [dickson(x) for x in range(256)]


def sbox(w, table, c):
    """S1 and S2 (3.3.1, 3.3.2): r0..r3 of w0..w3, w0 the most significant"""
    s = [table[w >> shift & 0xFF] for shift in (24, 16, 8, 0)]
    out = 0
    for i in range(4):
        # Each row has X on the diagonal and X + 1 on the left of it.
        r = mulx(s[i], c) ^ mulx(s[i - 1], c) ^ s[i - 1] ^ s[i - 2] ^ s[i - 3]
        out = out << 8 | r
    return out


def s1(w):
    return sbox(w, SR, 0x1B)


def s2(w):
    return sbox(w, SQ, 0x69)


@functools.lru_cache(256)
def mul_alpha(c):
    """3.4.2"""
    return sum(mulxpow(c, n, 0xA9) << s for n, s in ((23, 24), (245, 16), (48, 8), (239, 0)))


@functools.lru_cache(256)
def div_alpha(c):
    """3.4.3"""
    return sum(mulxpow(c, n, 0xA9) << s for n, s in ((16, 24), (39, 16), (6, 8), (64, 0)))


class Snow3g:
    """A key stream; key is K3 K2 K1 K0, iv is IV3 IV2 IV1 IV0."""

    def __init__(self, key, iv):
        k = [int.from_bytes(key[12 - 4 * i:16 - 4 * i], "big") for i in range(4)]
        v = [int.from_bytes(iv[12 - 4 * i:16 - 4 * i], "big") for i in range(4)]
        self.s = [k[0] ^ ONES, k[1] ^ ONES, k[2] ^ ONES, k[3] ^ ONES,
                  k[0], k[1], k[2], k[3],
                  k[0] ^ ONES, k[1] ^ ONES ^ v[3], k[2] ^ ONES ^ v[2], k[3] ^ ONES,
                  k[0] ^ v[1], k[1], k[2], k[3] ^ v[0]]    # 4.1
        self.r1 = self.r2 = self.r3 = 0
        for _ in range(32):
            self.clock_lfsr(self.clock_fsm())
        self.clock_fsm()    # 4.2
        self.clock_lfsr()

    def clock_fsm(self):
        """3.4.6"""
        f = (self.s[15] + self.r1 & ONES) ^ self.r2
        r = self.r2 + (self.r3 ^ self.s[5]) & ONES
        self.r3, self.r2, self.r1 = s2(self.r2), s1(self.r1), r
        return f

    def clock_lfsr(self, f=0):
        """3.4.4, 3.4.5"""
        s = self.s
        v = (s[0] << 8 & ONES) ^ mul_alpha(s[0] >> 24) ^ s[2] ^ s[11] >> 8 ^ \
            div_alpha(s[11] & 0xFF) ^ f
        self.s = s[1:] + [v]

    def word(self):
        z = self.clock_fsm() ^ self.s[0]
        self.clock_lfsr()
        return z


def keystream(key, iv, n):
    g = Snow3g(key, iv)
    return b"".join(g.word().to_bytes(4, "big") for _ in range((n + 3) // 4))[:n]


def crypt(key, iv, data):
    return bytes(a ^ b for a, b in zip(data, keystream(key, iv, len(data))))


def eea1_iv(count, bearer, direction):
    """TS 33.401 B.1.2"""
    half = count.to_bytes(4, "big") + (bearer << 27 | direction << 26).to_bytes(4, "big")
    return half + half


def gf64_mul(v, p):
    """MUL by 0x1b in GF(2^64) (Document 1, 4.3.4), bit by bit"""
    out = 0
    for i in range(64):
        if p >> i & 1:
            out ^= v
        v = (v << 1) ^ (1 << 64 | 0x1B) if v >> 63 else v << 1
    return out


def eia1(key, count, fresh, direction, data, bits):
    """Document 1, 4; fresh is BEARER << 27 in 128-EIA1"""
    iv = b"".join(x.to_bytes(4, "big") for x in (
        count, fresh, count ^ direction << 31, fresh ^ direction << 15))
    g = Snow3g(key, iv)
    p, q = (g.word() << 32 | g.word() for _ in range(2))
    otp = g.word()
    text = "".join(f"{x:08b}" for x in data)[:bits]
    value = 0
    for i in range(0, bits, 64):
        value = gf64_mul(value ^ int(text[i:i + 64].ljust(64, "0"), 2), p)
    value = gf64_mul(value ^ bits, q)
    return (value >> 32 ^ otp).to_bytes(4, "big")
