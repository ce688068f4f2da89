# SPDX-License-Identifier: GPL-2.0
"""The wire format and the key derivation once more, from the standard's text.

Nothing here is taken from the module: where both agree byte for byte, both
read the text the same way. Known answers are in selftest().
"""

import collections
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


def pik(ptk_value, alg):
    """The same for integrity: P0 is 01."""
    return kdf(ptk_value, 0x4B, b"\1", bytes([alg]))[16:]


def fingerprint(pgk):
    """Ours: what kernel and ledger call a key value."""
    return hmac.new(pgk, b"prose ledger", hashlib.sha256).digest()[:16]


# Suites

CIPHERS = ("eea0", "eea1", "eea2", "eea3", "aes128-gcm", "aes256-gcm")
INTEGRITIES = ("none", "eia1", "eia2", "eia3")
AEADS = {"aes128-gcm": 0xF1, "aes256-gcm": 0xF2}     # algorithm identities, ours
SALT, TAG, MACI = 4, 16, 4


def operator_ptk(pgk, member, ptk_id, group):
    """What the module of samples/ derives: an operator's own function."""
    return hmac.new(pgk, b"operator" + id24(member) + struct.pack(">H", ptk_id) +
                    id24(group), hashlib.sha256).digest()


def slow_ptk(pgk, member, ptk_id, group):
    """What the KDF "slow" of modules/prose_test_kdf derives, in its time."""
    return hmac.new(pgk, id24(member) + struct.pack(">H", ptk_id) + id24(group),
                    hashlib.sha256).digest()


# Name -> (function that gives the PTK, does its result depend on the sender).
# "direct" has no function: the key configured is the key.
KDFS = {
    "3gpp": (ptk, True),
    "direct": (None, False),
    "operator": (operator_ptk, True),
    "slow": (slow_ptk, True),
}


class Suite(collections.namedtuple("Suite", "cipher integrity kdf")):
    """What a key is attached with."""

    __slots__ = ()

    def __new__(cls, cipher="eea2", integrity="none", kdf="3gpp"):
        return super().__new__(cls, cipher, integrity or "none", kdf or "3gpp")

    @property
    def aead(self):
        return self.cipher in AEADS

    @property
    def authenticated(self):
        return self.aead or self.integrity != "none"

    @property
    def clear(self):
        return self.cipher == "eea0"

    @property
    def src_in_iv(self):
        """Members share the key, so the IV must tell them apart."""
        return not KDFS[self.kdf][1]

    @property
    def head(self):
        """Octets before the Data."""
        return SALT if self.aead else 0

    @property
    def tail(self):
        """Octets after it."""
        return TAG if self.aead else MACI if self.integrity != "none" else 0

    def __str__(self):
        name = self.cipher if self.aead else f"{self.cipher}+{self.integrity}"
        return name if self.kdf == "3gpp" else f"{name}/{self.kdf}"


DEFAULT = Suite()


# Primitives

class Libcrypto:
    """AES of OpenSSL, by ctypes: python3-cryptography is the same library, but
    takes seconds to load on an emulated CPU."""

    SET_IVLEN, GET_TAG, SET_TAG = 0x09, 0x10, 0x11     # EVP_CTRL_AEAD_*

    def __init__(self):
        lib = ctypes.CDLL("libcrypto.so.3")
        ptr, octets, num = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
        for name in ("EVP_CIPHER_CTX_new", "EVP_aes_128_ctr", "EVP_aes_128_gcm",
                     "EVP_aes_256_gcm", "EVP_aes_128_cbc", "CMAC_CTX_new"):
            getattr(lib, name).restype = ptr
            getattr(lib, name).argtypes = []
        for name in ("EVP_EncryptInit_ex", "EVP_DecryptInit_ex"):
            getattr(lib, name).argtypes = [ptr, ptr, ptr, octets, octets]
        for name in ("EVP_EncryptUpdate", "EVP_DecryptUpdate"):
            getattr(lib, name).argtypes = [ptr, ptr, ptr, octets, num]
        for name in ("EVP_EncryptFinal_ex", "EVP_DecryptFinal_ex"):
            getattr(lib, name).argtypes = [ptr, ptr, ptr]
        lib.EVP_CIPHER_CTX_ctrl.argtypes = [ptr, num, num, ptr]
        lib.CMAC_Init.argtypes = [ptr, octets, ctypes.c_size_t, ptr, ptr]
        lib.CMAC_Update.argtypes = [ptr, octets, ctypes.c_size_t]
        lib.CMAC_Final.argtypes = [ptr, ptr, ptr]
        self.lib = lib
        self.ctx = lib.EVP_CIPHER_CTX_new()
        self.mac = lib.CMAC_CTX_new()
        self.ctr128 = lib.EVP_aes_128_ctr()
        self.cbc128 = lib.EVP_aes_128_cbc()
        self.gcm_of = {16: lib.EVP_aes_128_gcm(), 32: lib.EVP_aes_256_gcm()}

    @staticmethod
    def must(ret):
        if ret != 1:
            raise RuntimeError("libcrypto failed")

    def ctr(self, key, block, data):
        out = ctypes.create_string_buffer(len(data) + 16)
        n = ctypes.c_int()
        self.must(self.lib.EVP_EncryptInit_ex(self.ctx, self.ctr128, None, key, block))
        self.must(self.lib.EVP_EncryptUpdate(self.ctx, out, ctypes.byref(n), data,
                                             len(data)))
        return out.raw[:n.value]

    def cmac(self, key, data):
        out = ctypes.create_string_buffer(16)
        n = ctypes.c_size_t()
        self.must(self.lib.CMAC_Init(self.mac, key, len(key), self.cbc128, None))
        self.must(self.lib.CMAC_Update(self.mac, data, len(data)))
        self.must(self.lib.CMAC_Final(self.mac, out, ctypes.byref(n)))
        return out.raw

    def gcm(self, key, nonce, aad, data, tag=None):
        """Encrypt: text and tag. Decrypt, if there is a tag: the text, or None."""
        what = "Encrypt" if tag is None else "Decrypt"
        init, update, final = (getattr(self.lib, f"EVP_{what}{x}")
                               for x in ("Init_ex", "Update", "Final_ex"))
        out = ctypes.create_string_buffer(len(data) + 16)
        n = ctypes.c_int()
        self.must(init(self.ctx, self.gcm_of[len(key)], None, None, None))
        self.must(self.lib.EVP_CIPHER_CTX_ctrl(self.ctx, self.SET_IVLEN, len(nonce), None))
        self.must(init(self.ctx, None, None, key, nonce))
        if aad:
            self.must(update(self.ctx, None, ctypes.byref(n), aad, len(aad)))
        if data:
            self.must(update(self.ctx, out, ctypes.byref(n), data, len(data)))
        text = out.raw[:len(data)]
        tail = ctypes.create_string_buffer(16)
        if tag is not None:
            want = ctypes.create_string_buffer(tag, len(tag))
            self.must(self.lib.EVP_CIPHER_CTX_ctrl(self.ctx, self.SET_TAG, len(tag), want))
            return text if final(self.ctx, tail, ctypes.byref(n)) == 1 else None
        self.must(final(self.ctx, tail, ctypes.byref(n)))
        self.must(self.lib.EVP_CIPHER_CTX_ctrl(self.ctx, self.GET_TAG, 16, tail))
        return text, tail.raw


_libcrypto = None


def libcrypto():
    global _libcrypto
    if _libcrypto is None:
        _libcrypto = Libcrypto()
    return _libcrypto


def snow3g():
    """The slow implementation, loaded by those who need it."""
    from . import snow3g as module
    return module


def zuc():
    from . import zuc as module
    return module


def eea1(key, count, bearer, data, direction=0, src=0):
    """128-EEA1, TS 33.401 B.1.2; src is not 0 where it is in the IV (ours)."""
    low = (bearer << 27 | direction << 26) | src
    return snow3g().crypt(key, struct.pack(">IIII", count, low, count, low), bytes(data))


def eea2_t1(count, bearer, direction, src=0):
    """The first counter block of 128-EEA2, TS 33.401 B.1.3; src in octets 5 to 7."""
    return struct.pack(">IB", count, bearer << 3 | direction << 2) + id24(src) + bytes(8)


def eea2(key, count, bearer, data, direction=0, src=0):
    """128-EEA2, TS 33.401 B.1.3"""
    return libcrypto().ctr(key, eea2_t1(count, bearer, direction, src), bytes(data))


def eea3(key, count, bearer, data, direction=0, src=0):
    """128-EEA3, TS 33.401 B.1.4; src in IV octets 5 to 7 and 13 to 15."""
    iv = struct.pack(">IB", count, bearer << 3 | direction << 2) + id24(src)
    return zuc().crypt(key, iv * 2, bytes(data))


def eia1(key, count, bearer, message, direction=0, bits=None):
    """128-EIA1, TS 33.401 B.2.2: UIA2 with FRESH = BEARER and 27 zero bits."""
    bits = 8 * len(message) if bits is None else bits
    return snow3g().eia1(key, count, bearer << 27, direction, bytes(message), bits)


def eia2_head(count, bearer, direction):
    """What 128-EIA2 has before the message, TS 33.401 B.2.3."""
    return struct.pack(">IBxxx", count, bearer << 3 | direction << 2)


def cmac_bits(key, message, bits):
    """CMAC of so many bits, which libcrypto has of octets only: the padding of
    SP 800-38B 6.2 put there by hand makes the last block a whole one. To that
    libcrypto adds K1; with K1 + K2 in it, it has K2, as is right for a padded one."""
    if not bits % 8:
        return libcrypto().cmac(key, message[:bits // 8])

    def double(v):
        return v << 1 & (1 << 128) - 1 ^ (0x87 if v >> 127 else 0)

    blocks = bits // 128 + 1
    k1 = double(int.from_bytes(libcrypto().ctr(key, bytes(16), bytes(16)), "big"))
    v = int.from_bytes(message[:(bits + 7) // 8], "big") >> -bits % 8
    v = (v << 1 | 1) << 128 * blocks - bits - 1 ^ k1 ^ double(k1)
    return libcrypto().cmac(key, v.to_bytes(16 * blocks, "big"))


def eia2(key, count, bearer, message, direction=0, bits=None):
    """128-EIA2, TS 33.401 B.2.3."""
    bits = 8 * len(message) if bits is None else bits
    message = eia2_head(count, bearer, direction) + bytes(message)
    return cmac_bits(key, message, 64 + bits)[:4]


def eia3(key, count, bearer, message, direction=0, bits=None):
    """128-EIA3, TS 33.401 B.2.4."""
    bits = 8 * len(message) if bits is None else bits
    return zuc().eia3(key, count, bearer, direction, bytes(message), bits)


CIPHER_OF = {"eea1": eea1, "eea2": eea2, "eea3": eea3}
MAC_OF = {"eia1": eia1, "eia2": eia2, "eia3": eia3}

_traffic_cache = {}


def traffic_keys(suite, pgk, member, ptk_id, group):
    """The key of the cipher and the key of integrity; None where there is none."""
    k = (suite, pgk, member, ptk_id, group)
    if k in _traffic_cache:
        return _traffic_cache[k]
    if len(_traffic_cache) > 4096:
        _traffic_cache.clear()
    enc = mic = None
    derive = KDFS[suite.kdf][0]
    if derive is None:
        enc = pgk if suite.cipher == "aes256-gcm" else pgk[16:32]
    else:
        top = derive(pgk, member, ptk_id, group)
        if suite.aead:
            enc = kdf(top, 0x4B, b"\0", bytes([AEADS[suite.cipher]]))
            if suite.cipher == "aes128-gcm":
                enc = enc[16:]
        elif suite.cipher != "eea0":
            enc = pek(top, CIPHERS.index(suite.cipher))
        if suite.integrity != "none":
            mic = pik(top, INTEGRITIES.index(suite.integrity))
    _traffic_cache[k] = enc, mic
    return enc, mic


def default_salt(pgk, member, ptk_id):
    """A salt for frames of invented members: each PTK ID has another."""
    return hmac.new(pgk, b"salt" + id24(member) + struct.pack(">H", ptk_id),
                    hashlib.sha256).digest()[:SALT]


def crypt(pgk, member, group, ptk_id, sn, lcid, data, suite=DEFAULT):
    """Cipher or decipher the Data part of one frame; not of an AEAD suite."""
    if suite.clear:
        return bytes(data)
    return CIPHER_OF[suite.cipher](
        traffic_keys(suite, pgk, member, ptk_id, group)[0], ptk_id << 16 | sn, lcid,
        data, src=member if suite.src_in_iv else 0)


def maci(suite, pgk, member, group, ptk_id, sn, lcid, header, plain):
    """MAC-I over PDCP header and plain Data."""
    return MAC_OF[suite.integrity](
        traffic_keys(suite, pgk, member, ptk_id, group)[1], ptk_id << 16 | sn, lcid,
        header + plain)


def _aead(suite, pgk, member, group, ptk_id, sn, lcid, header, salt, data, tag=None):
    nonce = struct.pack(">HHB", ptk_id, sn, lcid << 3) + id24(member) + salt
    aad = id24(member) + id24(group) + bytes([lcid]) + header + salt
    key = traffic_keys(suite, pgk, member, ptk_id, group)[0]
    return libcrypto().gcm(key, nonce, aad, data, tag)


def protect(suite, pgk, member, group, ptk_id, sn, lcid, header, plain, salt=None):
    """What follows the PDCP header: salt, Data ciphered, MAC-I or tag."""
    where = (pgk, member, group, ptk_id, sn, lcid)
    if suite.aead:
        if salt is None:
            salt = default_salt(pgk, member, ptk_id)
        text, tag = _aead(suite, *where, header, salt, bytes(plain))
        return salt + text + tag
    out = crypt(*where, plain, suite)
    if suite.integrity != "none":
        out += maci(suite, *where, header, bytes(plain))
    return out


def unprotect(suite, pgk, member, group, ptk_id, sn, lcid, header, body):
    """The plain Data; BadFrame if MAC-I or tag is wrong."""
    where = (pgk, member, group, ptk_id, sn, lcid)
    if len(body) < suite.head + suite.tail:
        raise BadFrame(f"{len(body)} octets, too short for {suite}")
    end = len(body) - suite.tail
    if suite.aead:
        plain = _aead(suite, *where, header, body[:SALT], body[SALT:end], body[end:])
        if plain is None:
            raise BadFrame(f"wrong tag for {suite}")
        return plain
    plain = crypt(*where, body[:end], suite)
    if suite.integrity != "none":
        mac = maci(suite, *where, header, plain)
        if mac != body[end:]:
            raise BadFrame(f"MAC-I {body[end:].hex()}, {mac.hex()} is right for {suite}")
    return plain


def material(key, suite=None):
    """PGK and suite of a key as the tests have it: net.Key, or a PGK's octets."""
    if isinstance(key, (bytes, bytearray)):
        return bytes(key), suite or DEFAULT
    return key.pgk, suite or key.suite


class Frame:
    """One frame of the carriage; data is what follows the PDCP header on the wire:
    with an AEAD suite salt and tag are part of it, with integrity the MAC-I."""

    def __init__(self, src, dst, lcid, sdu_type, index, ptk_id, sn, data, padded, raw):
        self.src, self.dst, self.lcid = src, dst, lcid
        self.sdu_type, self.index, self.ptk_id, self.sn = sdu_type, index, ptk_id, sn
        self.data, self.padded, self.raw = data, padded, raw

    def plain(self, key, suite=None):
        """Deciphered and verified; key is a net.Key or a PGK (with its suite)."""
        pgk, suite = material(key, suite)
        return unprotect(suite, pgk, self.src, self.dst, self.ptk_id, self.sn,
                         self.lcid, self.header(), self.data)

    def header(self):
        return pdcp_header(self.sdu_type, self.index, self.ptk_id, self.sn)

    def salt(self):
        """Of a frame of an AEAD suite."""
        return self.data[:SALT]

    def clear(self):
        """Is this marked as not protected (TS 36.323 5.6.1)?"""
        return not (self.index or self.ptk_id or self.sn)

    def count(self):
        return self.ptk_id << 16 | self.sn


def pdcp_header(sdu_type, index, ptk_id, sn):
    return struct.pack(">BHH", sdu_type << 5 | index, ptk_id, sn)


def build(src, dst, pgk, plain, *, lcid=1, sdu_type=SDU_IP, index=0, ptk_id=1,
          sn=1, form="auto", padding=b"", eth_src=None, eth_dst=None,
          version=3, reserved=0, ethertype=ETH_P_PROSE, length=None, sub=None,
          data=None, header=None, suite=DEFAULT, salt=None, mac=None):
    """Build a frame, right by default and wrong in any way one asks for.

    form: "fill" (the PDU fills the frame), "pad" (length and padding), "auto"
    (what a sender does). data: what follows the PDCP header, as it goes on the
    wire. mac: put in place of the right MAC-I or tag.
    """
    if header is None:
        header = pdcp_header(sdu_type, index, ptk_id, sn)
    if data is None:
        data = protect(suite, pgk, src, dst, ptk_id, sn, lcid, header, plain, salt)
        if mac is not None:
            data = data[:len(data) - suite.tail] + mac
    pdu = header + data
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
EX_PEK = {
    1: bytes.fromhex("054e3ab448925c33dd0d81cffe410d2a"),
    2: bytes.fromhex("47784cbe90a2e019ad88dc5cf2f05af2"),
    3: bytes.fromhex("fc21bcfb630b90c97f5f498e66a7784c"),
}
EX_PLAIN = bytes.fromhex("4500001c00010000401100000a000001"
                         "e00000030007000700080000")
EX_PDUS = {     # of each algorithm, by SN
    1: {
        0x0000: bytes.fromhex("0500010000 cf623607a0a83b5bcb4cc3cd643e55dfd4b801"
                              "de73112743a1226827"),
        0x0001: bytes.fromhex("0500010001 06517802c1d8697f320f7c3a42cc263f41baaa"
                              "c0a52e11430a288d9f"),
        0xFFFF: bytes.fromhex("050001ffff 5f0245b0f0d6a566e3f476c8f445944a9efe03"
                              "b90ab408caf98c3ab4"),
    },
    2: {
        0x0000: bytes.fromhex("0500010000 8f15d90bdc7c10080ed7671ac7d1ec949b6d0f"
                              "12b241f17e0fbbdbde"),
        0x0001: bytes.fromhex("0500010001 0a6681f5e944160aa91274ebd9314ee73018d1"
                              "d1d4e1c4cfcce312de"),
        0xFFFF: bytes.fromhex("050001ffff 9245f485b6a8c9333d21ac0090ad40c55ebc84"
                              "78972220b1a6e997a5"),
    },
    3: {
        0x0000: bytes.fromhex("0500010000 93bab1c42a23d088b6268322b32b2bb308e247"
                              "1a48cf78d1b41f8e0b"),
        0x0001: bytes.fromhex("0500010001 21bb9f65560a961cad0a0b1d745f4b727e4b54"
                              "bc0511280328483913"),
        0xFFFF: bytes.fromhex("050001ffff 3d1411f8623f4834d5d5f9bbfe19d6b9ee680e"
                              "116d67f0395813b62d"),
    },
}
EX_PDU = EX_PDUS[2]
# What follows the header of SN 1 in other suites, with this salt
EX_SALT = bytes.fromhex("5a5b5c5d")
EX_BODIES = {
    ("eea2", "eia1"): "0a6681f5e944160aa91274ebd9314ee73018d1d1d4e1c4cfcce312de26b825d9",
    ("eea2", "eia2"): "0a6681f5e944160aa91274ebd9314ee73018d1d1d4e1c4cfcce312de227e42dd",
    ("eea2", "eia3"): "0a6681f5e944160aa91274ebd9314ee73018d1d1d4e1c4cfcce312de5dec5432",
    ("eea0", "eia2"): "4500001c00010000401100000a000001e00000030007000700080000227e42dd",
    ("aes128-gcm",): "5a5b5c5dafc763349c91a25d97c1b6852a5b14fb4fe711218f6302b3136455656071bc9a"
                     "3a49608c91b3eb99efd1b612",
    ("aes256-gcm",): "5a5b5c5d38762de7cd4011ea29674d0b8231fa02316c867802da0b5972338fb82fdf1e9c"
                     "4c09c432a55c747d0ff40a38",
    ("eea2", "none", "direct"): "7cc1a6e4773aa5f3464de246afed93381cb670ab5f74431ddda3647e",
    ("aes128-gcm", "none", "direct"):
        "5a5b5c5d1226ed8801f6fbe5065dffa0bd782262951d073b58b62542b8bdb088a8aae739"
        "d9ea35918bd97d9cf547afc8",
    ("aes256-gcm", "none", "direct"):
        "5a5b5c5dadd535377feb468d35d72ffd7aaef415ed0cc2bef75076d9e231c68fc0984555"
        "00b0fe0ed7085fc3647fac93",
}
_SET1 = ("d3c5d592327fb11c4035c6680af8c6d1", 0x398A59B4, 0x15, 1, 253,
         "981ba6824c1bfb1ab485472029b71d808ce33e2cc3c0b5fc1f3de8a6dc66b1f0")
# name, function, key, COUNT, BEARER, DIRECTION, bits, text, ciphered
CIPHER_SETS = (
    ("EEA1 set 1 of TS 33.401 C.3", eea1, *_SET1,
     "5d5bfe75eb04f68ce0a12377ea00b37d47c6a0ba06309155086a859c4341b378"),
    ("EEA2 set 1 of TS 33.401 C.1", eea2, *_SET1,
     "e9fed8a63d155304d71df20bf3e82214b20ed7dad2f233dc3c22d7bdeeed8e78"),
    ("EEA3 set 1", eea3, "173d14ba5003731d7a60049470f00a29", 0x66035492, 0x0F, 0, 193,
     "6cf65340735552ab0c9752fa6f9025fe0bd675d9005875b200",
     "a6c85fc66afb8533aafc2518dfe784940ee1e4b030238cc800"),
)
# name, function, key, COUNT, BEARER, DIRECTION, bits, message, MAC
MAC_SETS = (
    ("EIA1 set 1 of TS 33.401 C.4", eia1, "2bd6459f82c5b300952c49104881ff48", 0x38A6F056,
     0x1F, 0, 88, "3332346263393861373479", "731f1165"),
    ("EIA2 set 2 of TS 33.401 C.2", eia2, "d3c5d592327fb11c4035c6680af8c6d1", 0x398A59B4,
     0x1A, 1, 64, "484583d5afe082ae", "b93787e6"),
    ("EIA3 set 2", eia3, "47054125561eb2dda94059da05097850", 0x561EB2DD, 0x14, 0, 90,
     "00" * 12, "6719a088"),
)
# NIST SP 800-38D, the submission's test cases 4 and 16
_GCM_P = ("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
          "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39")
_GCM_A, _GCM_IV = "feedfacedeadbeeffeedfacedeadbeefabaddad2", "cafebabefacedbaddecaf888"
_GCM_K = "feffe9928665731c6d6a8f9467308308"
GCM_SETS = (
    ("GCM test case 4", _GCM_K,
     "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
     "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091",
     "5bc94fbc3221a5db94fae95ae7121a47"),
    ("GCM test case 16", _GCM_K * 2,
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
     "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
     "76fc6ece0f4e1768cddf8853bb2d551b"),
)


def _standard_sets(bad):
    for name, fn, key, count, bearer, direction, bits, pt, ct in CIPHER_SETS:
        got = fn(bytes.fromhex(key), count, bearer, bytes.fromhex(pt), direction)
        drop = -bits % 8        # bits of the last octet that do not count
        if int.from_bytes(got, "big") >> drop != int(ct, 16) >> drop:
            bad.append(name)
    for name, fn, key, count, bearer, direction, bits, msg, mac in MAC_SETS:
        if fn(bytes.fromhex(key), count, bearer, bytes.fromhex(msg), direction,
              bits).hex() != mac:
            bad.append(name)
    aad, nonce = bytes.fromhex(_GCM_A), bytes.fromhex(_GCM_IV)
    for name, key, ct, tag in GCM_SETS:
        text, t = libcrypto().gcm(bytes.fromhex(key), nonce, aad, bytes.fromhex(_GCM_P))
        if (text.hex(), t.hex()) != (ct, tag):
            bad.append(name)


def _worked_example(bad):
    if ptk(EX_PGK, EX_SRC, EX_PTK_ID, EX_GRP) != EX_PTK:
        bad.append("PTK of the worked example")
    for alg, pdus in EX_PDUS.items():
        if pek(EX_PTK, alg) != EX_PEK[alg]:
            bad.append(f"PEK {alg} of the worked example")
        suite = Suite(f"eea{alg}")
        for sn, want in pdus.items():
            raw = build(EX_SRC, EX_GRP, EX_PGK, EX_PLAIN, lcid=EX_LCID, suite=suite,
                        index=EX_PGK_ID & 31, ptk_id=EX_PTK_ID, sn=sn)
            f = parse(raw)
            if raw[25:25 + len(want)] != want or not f.padded:
                bad.append(f"worked example, {suite}, SN {sn:04x}")
            if f.plain(EX_PGK, suite) != EX_PLAIN or f.sn != sn or \
                    f.count() != count_of(raw):
                bad.append(f"worked example deciphered, {suite}, SN {sn:04x}")
    for names, want in EX_BODIES.items():
        suite = Suite(*names)
        got = protect(suite, EX_PGK, EX_SRC, EX_GRP, EX_PTK_ID, 1, EX_LCID,
                      EX_PDU[1][:5], EX_PLAIN, EX_SALT)
        if got.hex() != want:
            bad.append(f"worked example, {suite}: {got.hex()}")


def all_suites():
    """Every pair, both AEAD suites, and what "direct" can be had with."""
    out = [Suite(c, i) for c in CIPHERS[:4] for i in INTEGRITIES
           if (c, i) != ("eea0", "none")]
    out += [Suite(c) for c in AEADS]
    return out + [Suite(c, "none", "direct") for c in CIPHERS[1:]]


def _layout(bad):
    """Layout, and that MAC-I and tag see every octet of header and Data."""
    plain = EX_PLAIN * 2        # long enough to go without padding
    for suite in all_suites():
        raw = build(EX_SRC, EX_GRP, EX_PGK, plain, suite=suite)
        f = parse(raw)
        if len(f.data) != suite.head + len(plain) + suite.tail:
            bad.append(f"{suite}: {len(f.data)} octets after the header")
        if f.plain(EX_PGK, suite) != plain:
            bad.append(f"{suite}: not deciphered")
        if (plain in raw) != suite.clear:
            bad.append(f"{suite}: text in clear, or not")
        if not suite.authenticated:
            continue
        for at in range(23, len(raw)):
            forged = bytearray(raw)
            forged[at] ^= 1
            try:
                parse(bytes(forged)).plain(EX_PGK, suite)
            except BadFrame:
                continue
            bad.append(f"{suite}: octet {at} changed, and it verifies")


def selftest():
    """Known answers; returns a list of what is wrong."""
    bad = []
    for part in (_standard_sets, _worked_example, _layout):
        try:
            part(bad)
        except Exception as e:      # a module that is not there, for one
            bad.append(f"{part.__name__}: {e!r}")
    return bad
