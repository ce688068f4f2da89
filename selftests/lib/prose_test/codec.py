# SPDX-License-Identifier: GPL-2.0
"""The wire format and the key derivation once more, from the standard's text.

Nothing here is taken from the module: where both agree byte for byte, both
read the text the same way. Known answers are in selftest().
"""

import ctypes
import hashlib
import hmac
import struct

ETH_P_PROSE = 0x88B5
ETH_P_IP = 0x0800
ETH_P_ARP = 0x0806
ETH_P_IPV6 = 0x86DD
ETH_MIN = 60        # without FCS
OUI = bytes.fromhex("023303")       # addresses of prose devices
OUI_GROUP = bytes.fromhex("033303")  # a group's address on the lower device

SDU_IP, SDU_ARP, SDU_PC5, SDU_NONIP = 0, 1, 2, 3


class BadFrame(Exception):
    """What was parsed is not what the module may send."""


def kdf(key, fc, *params):
    """TS 33.220 Annex B: HMAC-SHA-256 over FC and each Pi with its length."""
    s = bytes([fc])
    for p in params:
        s += p + struct.pack(">H", len(p))
    return hmac.new(key, s, hashlib.sha256).digest()


def id24(value):
    return value.to_bytes(3, "big")


def ptk(pgk, member, ptk_id, group):
    """TS 33.303 A.3."""
    return kdf(pgk, 0x4A, id24(member), struct.pack(">H", ptk_id), id24(group))


def pek(ptk_value, alg=2):
    """TS 33.303 A.4: the 16 last octets."""
    return kdf(ptk_value, 0x4B, b"\0", bytes([alg]))[16:]


def fingerprint(pgk):
    """Ours: what kernel and ledger call a key value."""
    return hmac.new(pgk, b"prose ledger", hashlib.sha256).digest()[:16]


class Libcrypto:
    """AES in counter mode of OpenSSL, by ctypes: python3-cryptography is the same
    library, but takes seconds to load on an emulated CPU."""

    def __init__(self):
        lib = ctypes.CDLL("libcrypto.so.3")
        for name in ("EVP_CIPHER_CTX_new", "EVP_aes_128_ctr"):
            getattr(lib, name).restype = ctypes.c_void_p
        lib.EVP_EncryptInit_ex.argtypes = [ctypes.c_void_p] * 3 + [ctypes.c_char_p] * 2
        lib.EVP_EncryptUpdate.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p,
                                          ctypes.c_char_p, ctypes.c_int]
        self.lib = lib
        self.ctx = lib.EVP_CIPHER_CTX_new()
        self.cipher = lib.EVP_aes_128_ctr()

    def ctr(self, key, block, data):
        out = ctypes.create_string_buffer(len(data) + 16)
        n = ctypes.c_int()
        if self.lib.EVP_EncryptInit_ex(self.ctx, self.cipher, None, key, block) != 1 or \
                self.lib.EVP_EncryptUpdate(self.ctx, out, ctypes.byref(n), data,
                                           len(data)) != 1:
            raise RuntimeError("libcrypto failed")
        return out.raw[:n.value]


_libcrypto = None


def eea2(key, count, bearer, data, direction=0):
    """128-EEA2, TS 33.401 B.1.3."""
    global _libcrypto
    if _libcrypto is None:
        _libcrypto = Libcrypto()
    t1 = struct.pack(">IB", count, bearer << 3 | direction << 2) + bytes(11)
    return _libcrypto.ctr(key, t1, bytes(data))


_pek_cache = {}


def traffic_pek(pgk, member, ptk_id, group):
    k = (pgk, member, ptk_id, group)
    if k not in _pek_cache:
        if len(_pek_cache) > 4096:
            _pek_cache.clear()
        _pek_cache[k] = pek(ptk(pgk, member, ptk_id, group))
    return _pek_cache[k]


def crypt(pgk, member, group, ptk_id, sn, lcid, data):
    """Cipher or decipher the Data part of one frame."""
    return eea2(traffic_pek(pgk, member, ptk_id, group),
                ptk_id << 16 | sn, lcid, data)


class Frame:
    """One frame of the carriage; data is as on the wire (ciphered)."""

    def __init__(self, src, dst, lcid, sdu_type, index, ptk_id, sn, data, padded, raw):
        self.src, self.dst, self.lcid = src, dst, lcid
        self.sdu_type, self.index, self.ptk_id, self.sn = sdu_type, index, ptk_id, sn
        self.data, self.padded, self.raw = data, padded, raw

    def plain(self, pgk):
        return crypt(pgk, self.src, self.dst, self.ptk_id, self.sn, self.lcid,
                     self.data)

    def count(self):
        return self.ptk_id << 16 | self.sn


def pdcp_header(sdu_type, index, ptk_id, sn):
    return struct.pack(">BHH", sdu_type << 5 | index, ptk_id, sn)


def build(src, dst, pgk, plain, *, lcid=1, sdu_type=SDU_IP, index=0, ptk_id=1,
          sn=1, form="auto", padding=b"", eth_src=None, eth_dst=None,
          version=3, reserved=0, ethertype=ETH_P_PROSE, length=None, sub=None,
          data=None, header=None):
    """Build a frame, right by default and wrong in any way one asks for.

    form: "fill" (the PDU fills the frame), "pad" (length and padding), "auto"
    (what a sender does). data: Data as it goes on the wire, not ciphered here.
    """
    if data is None:
        data = crypt(pgk, src, dst, ptk_id, sn, lcid, plain)
    pdu = (header if header is not None else
           pdcp_header(sdu_type, index, ptk_id, sn)) + data
    eth = ((eth_dst if eth_dst is not None else OUI_GROUP + id24(dst)) +
           (eth_src if eth_src is not None else bytes.fromhex("0c3303") + id24(src)) +
           struct.pack(">H", ethertype))
    slsch = bytes([version << 4 | reserved]) + id24(src) + id24(dst)
    if form == "auto":
        form = "fill" if len(eth) + 8 + len(pdu) >= ETH_MIN else "pad"
    if sub is not None:
        body = sub + pdu + padding
    elif form == "fill":
        body = bytes([lcid]) + pdu
    else:
        n = len(pdu) if length is None else length
        body = struct.pack(">BHB", 0x20 | lcid, 0x8000 | n, 31) + pdu + padding
    out = eth + slsch + body
    if form == "pad" and not padding:
        out = out.ljust(ETH_MIN, b"\0")
    return out


def parse(raw, ethertype=ETH_P_PROSE):
    """Parse a frame that the module sent; anything odd raises BadFrame."""
    if len(raw) < ETH_MIN:
        raise BadFrame(f"{len(raw)} octets, below the Ethernet minimum")
    if struct.unpack(">H", raw[12:14])[0] != ethertype:
        raise BadFrame(f"type 0x{raw[12:14].hex()}, not 0x{ethertype:04x}")
    if raw[14] != 0x30:
        raise BadFrame(f"first SL-SCH octet 0x{raw[14]:02x}, not 0x30")
    src = int.from_bytes(raw[15:18], "big")
    dst = int.from_bytes(raw[18:21], "big")
    if raw[0:6] != OUI_GROUP + raw[18:21]:
        raise BadFrame(f"sent to {raw[0:6].hex(':')} for group {dst:06x}")
    sub = raw[21]
    lcid = sub & 31
    if sub & 0xC0:
        raise BadFrame(f"R bits set in subheader 0x{sub:02x}")
    if not 1 <= lcid <= 10:
        raise BadFrame(f"LCID {lcid}")
    padded = bool(sub & 0x20)
    if padded:
        length = struct.unpack(">H", raw[22:24])[0]
        if not length & 0x8000:
            raise BadFrame("7-bit length")
        length &= 0x7FFF
        if raw[24] != 31:
            raise BadFrame(f"second subheader 0x{raw[24]:02x}, not padding")
        pdu = raw[25:25 + length]
        if len(pdu) != length:
            raise BadFrame("length beyond the frame")
        rest = raw[25 + length:]
        if rest.strip(b"\0"):
            raise BadFrame(f"padding not zero: {rest.hex()}")
        if 22 + length >= ETH_MIN:
            raise BadFrame("padded without need")
        if len(raw) != max(ETH_MIN, 25 + length):
            raise BadFrame(f"padded to {len(raw)} octets")
    else:
        pdu = raw[22:]
    if len(pdu) < 5:
        raise BadFrame("PDU shorter than its header")
    t, ptk_id, sn = struct.unpack(">BHH", pdu[:5])
    return Frame(src, dst, lcid, t >> 5, t & 31, ptk_id, sn, pdu[5:], padded, raw)


def count_of(raw):
    """COUNT of a frame, for those who have 65535 of them: parses nothing else."""
    at = 26 if raw[21] & 0x20 else 23
    return int.from_bytes(raw[at:at + 4], "big")


# Packets of the tests

def checksum(data):
    if len(data) % 2:
        data += b"\0"
    s = sum(struct.unpack(f">{len(data) // 2}H", data))
    while s >> 16:
        s = (s & 0xFFFF) + (s >> 16)
    return ~s & 0xFFFF


def ipv4(src, dst, payload=b"", proto=17, ttl=64, ident=1, options=b""):
    """An IPv4 packet with a right header checksum."""
    ihl = 5 + len(options) // 4
    head = struct.pack(">BBHHHBBH4s4s", 0x40 | ihl, 0, 4 * ihl + len(payload),
                       ident, 0, ttl, proto, 0, ip4(src), ip4(dst)) + options
    c = checksum(head)
    return head[:10] + struct.pack(">H", c) + head[12:] + payload


def ip4(text):
    if isinstance(text, bytes):
        return text
    return bytes(int(x) for x in text.split("."))


def udp(sport, dport, payload):
    """UDP over IPv4 without a checksum (which IPv4 permits)."""
    return struct.pack(">HHHH", sport, dport, 8 + len(payload), 0) + payload


def udp4(src, dst, payload=b"", sport=7, dport=7, **kw):
    return ipv4(src, dst, udp(sport, dport, payload), **kw)


def ipv6(src, dst, payload=b"", nexthdr=59, hops=64):
    import socket
    return (struct.pack(">IHBB", 0x60000000, len(payload), nexthdr, hops) +
            socket.inet_pton(socket.AF_INET6, src) +
            socket.inet_pton(socket.AF_INET6, dst) + payload)


def arp(op, sha, spa, tha, tpa):
    return struct.pack(">HHBBH6s4s6s4s", 1, ETH_P_IP, 6, 4, op, sha, ip4(spa),
                       tha, ip4(tpa))


def member_mac(member):
    return OUI + id24(member)


def mcast_mac4(addr):
    a = ip4(addr)
    return bytes([1, 0, 0x5E, a[1] & 0x7F, a[2], a[3]])


# The worked example: computed by other means than this file, byte for byte.
EX_PGK = bytes(range(32))
EX_PGK_ID = 0x25
EX_SRC = 0xA1B2C3
EX_GRP = 0x445566
EX_PTK_ID = 1
EX_LCID = 3
EX_PTK = bytes.fromhex("86e72da5d466b9a4d0f39c144ad26840"
                       "db103421e1dd73f95cbf8d447971839d")
EX_PEK = bytes.fromhex("47784cbe90a2e019ad88dc5cf2f05af2")
EX_PLAIN = bytes.fromhex("4500001c00010000401100000a000001"
                         "e00000030007000700080000")
EX_PDU = {
    0x0000: bytes.fromhex("0500010000 8f15d90bdc7c10080ed7671ac7d1ec949b6d0f"
                          "12b241f17e0fbbdbde"),
    0x0001: bytes.fromhex("0500010001 0a6681f5e944160aa91274ebd9314ee73018d1"
                          "d1d4e1c4cfcce312de"),
    0xFFFF: bytes.fromhex("050001ffff 9245f485b6a8c9333d21ac0090ad40c55ebc84"
                          "78972220b1a6e997a5"),
}
# 33.401 C.1 test set 1 (253 bits; the last 3 bits do not count)
EEA2_SET1 = dict(
    key=bytes.fromhex("d3c5d592327fb11c4035c6680af8c6d1"), count=0x398A59B4,
    bearer=0x15, direction=1,
    pt=bytes.fromhex("981ba6824c1bfb1ab485472029b71d808ce33e2cc3c0b5fc1f3de8a6"
                     "dc66b1f0"),
    ct=bytes.fromhex("e9fed8a63d155304d71df20bf3e82214b20ed7dad2f233dc3c22d7bd"
                     "eeed8e78"))


def selftest():
    """Known answers; returns a list of what is wrong."""
    bad = []
    if ptk(EX_PGK, EX_SRC, EX_PTK_ID, EX_GRP) != EX_PTK:
        bad.append("PTK of the worked example")
    if pek(EX_PTK) != EX_PEK:
        bad.append("PEK of the worked example")
    s = EEA2_SET1
    ct = eea2(s["key"], s["count"], s["bearer"], s["pt"], s["direction"])
    if ct[:-1] != s["ct"][:-1] or (ct[-1] ^ s["ct"][-1]) & 0xF8:
        bad.append("EEA2 test set 1 of TS 33.401 C.1")
    for sn, want in EX_PDU.items():
        raw = build(EX_SRC, EX_GRP, EX_PGK, EX_PLAIN, lcid=EX_LCID,
                    index=EX_PGK_ID & 31, ptk_id=EX_PTK_ID, sn=sn)
        f = parse(raw)
        if raw[25:25 + len(want)] != want or not f.padded:
            bad.append(f"worked example, SN {sn:04x}")
        if f.plain(EX_PGK) != EX_PLAIN or f.sn != sn or f.count() != count_of(raw):
            bad.append(f"worked example deciphered, SN {sn:04x}")
    return bad
