#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""prose-decap, built with ASan and UBSan, on captures made by the tests' own
codec. Runs anywhere, without kernel or root."""

import os
import random
import struct
import subprocess
import sys
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.abspath(os.path.join(HERE, "../.."))
sys.path.insert(0, os.path.join(HERE, "../lib"))
from prose_test import codec  # noqa: E402
from prose_test.codec import Suite  # noqa: E402
import plan  # noqa: E402

SRC, GRP, LCID, INDEX = 0xA1B2C3, 0x445566, 3, 5
PGK, PGK2 = codec.EX_PGK, bytes(range(1, 33))
MICRO, NANO = 0xA1B2C3D4, 0xA1B23C4D
ETHERNET, SLL, SLL2 = 1, 113, 276
FCS_TOLD = 0x04000000   # in the link type: its upper bits tell the length of the FCS
GROUP_MAC = codec.OUI_GROUP + codec.id24(GRP)
OTHER_MAC = bytes.fromhex("02aabbccddee")
CUT = 10        # octets that a capture with a snap length loses
MUTANTS, MUTANT_FILES = 4000, 60


def build():
    """The sanitized binary."""
    where = os.path.join(os.environ.get("BUILD", os.path.join(HERE, "build")), "decap")
    env = {k: v for k, v in os.environ.items()
           if k not in ("MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "O", "BUILD", "T", "CFLAGS")}
    made = subprocess.run(["make", "-s", "-C", os.path.join(TOP, "tools/decap"), f"O={where}",
                           "sanitized"], env=env, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    if made.returncode:
        raise SystemExit(f"1..1\n# test: decap\nnot ok 1 build\n{made.stdout}")
    return os.path.join(where, "prose-decap-sanitized")


# Captures: with what pcap.py does not do, so that it stays simple

def when(n):
    """Seconds and nanoseconds of the n-th frame."""
    return 1700000000 + n, 123456789 + n


def pcap(frames, magic=NANO, link=ETHERNET, order="<", cut=0):
    out = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 262144, link)
    for n, raw in enumerate(frames):
        sec, ns = when(n)
        kept = raw[:len(raw) - cut]
        out += struct.pack(order + "IIII", sec, ns if magic == NANO else ns // 1000,
                           len(kept), len(raw)) + kept
    return out


def pcapng(frames):
    def block(kind, body):
        n = len(body) + 12
        return struct.pack("<II", kind, n) + body + struct.pack("<I", n)

    nanoseconds = struct.pack("<HHBxxxHH", 9, 1, 9, 0, 0)
    out = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    out += block(1, struct.pack("<HHI", ETHERNET, 0, 262144) + nanoseconds)
    for n, raw in enumerate(frames):
        sec, ns = when(n)
        t = sec * 10 ** 9 + ns
        out += block(6, struct.pack("<IIIII", 0, t >> 32, t & 0xFFFFFFFF, len(raw), len(raw)) +
                     raw + bytes(-len(raw) % 4))
    return out


def read(path):
    """(seconds, nanoseconds) and frame, of what the tool wrote."""
    with open(path, "rb") as f:
        buf = f.read()
    magic, _, _, _, _, _, link = struct.unpack_from("<IHHiIII", buf)
    assert (magic, link) == (NANO, ETHERNET), (hex(magic), link)
    at, out = 24, []
    while at < len(buf):
        sec, ns, kept, whole = struct.unpack_from("<IIII", buf, at)
        assert kept == whole
        out.append(((sec, ns), buf[at + 16:at + 16 + kept]))
        assert len(out[-1][1]) == kept
        at += 16 + kept
    return out


# Frames: what is said, and the clear frame that must come out

def eth(dest, src, kind, packet):
    return dest + src + struct.pack(">H", kind) + packet


def talk():
    """(SDU type, SDU, clear frame) of everything that can be said."""
    me = codec.member_mac(SRC)
    ip, arp, ip6 = codec.ETH_P_IP, codec.ETH_P_ARP, codec.ETH_P_IPV6
    multicast = codec.udp4("10.0.0.1", "239.129.0.3", b"x" * 100)
    short = codec.ipv4("10.0.0.1", "224.0.0.3", b"", options=b"\x94\4\0\0")
    unicast = codec.udp4("10.0.0.1", "10.0.0.2", b"y")
    broadcast = codec.udp4("10.0.0.1", "255.255.255.255", b"z" * 700)
    six = codec.ipv6("fe80::1", "ff02::1:2", b"six")
    six_unicast = codec.ipv6("fe80::1", "fe80::2", b"")
    request = codec.arp(1, me, "10.0.0.1", bytes(6), "10.0.0.2")
    reply = codec.arp(2, me, "10.0.0.1", OTHER_MAC, "10.0.0.2")
    whole = eth(OTHER_MAC, bytes.fromhex("02aabbccddef"), 0x88CC, b"q" * 47)
    return [
        (0, multicast, eth(codec.mcast_mac4("239.129.0.3"), me, ip, multicast)),
        (0, short, eth(codec.mcast_mac4("224.0.0.3"), me, ip, short)),
        (0, unicast, eth(GROUP_MAC, me, ip, unicast)),
        (0, broadcast, eth(b"\xff" * 6, me, ip, broadcast)),
        (0, six, eth(bytes.fromhex("333300010002"), me, ip6, six)),
        (0, six_unicast, eth(GROUP_MAC, me, ip6, six_unicast)),
        (1, request, eth(b"\xff" * 6, me, arp, request)),
        (1, reply, eth(OTHER_MAC, me, arp, reply)),
        (3, whole, whole),
    ]


def frame(sdu=None, n=0, pgk=PGK, index=INDEX, **kw):
    kw = {"lcid": LCID, "sn": n + 1, "ptk_id": 1 + n // 4, **kw}
    return codec.build(SRC, GRP, pgk, talk()[0][1] if sdu is None else sdu, index=index, **kw)


def frames_of(suite, pgk=PGK, **kw):
    return [frame(sdu, n, pgk, sdu_type=kind, suite=suite, **kw)
            for n, (kind, sdu, _) in enumerate(talk())]


CLEAR = [clear for _, _, clear in talk()]


def words(suite):
    return ["cipher", suite.cipher, "integrity", suite.integrity, "kdf", suite.kdf]


class Bench:
    """A directory with key files, and the tool."""

    def __init__(self, binary, where):
        self.binary, self.where, self.runs = binary, where, 0
        self.key = self.file("pgk", PGK)
        self.key2 = self.file("pgk2", PGK2.hex().encode() + b"\n")

    def path(self, name):
        return os.path.join(self.where, name)

    def file(self, name, data, mode=0o600):
        with open(self.path(name), "wb") as f:
            f.write(data)
        os.chmod(self.path(name), mode)
        return self.path(name)

    def command(self, *arguments, **kw):
        env = dict(os.environ, ASAN_OPTIONS="detect_leaks=0", LC_ALL="C")
        ran = subprocess.run([self.binary, *arguments], env=env, capture_output=True,
                             timeout=300, check=False, **kw)
        err = ran.stderr.decode(errors="replace")
        assert "Sanitizer" not in err and "runtime error" not in err, err
        return ran.returncode, err, ran.stdout

    def run(self, capture, keys, *options):
        """Exit code, stderr, what was written (None if nothing was)."""
        out = self.path("out.pcap")
        if os.path.exists(out):
            os.unlink(out)
        code, err, _ = self.command(*options, self.file("in.pcap", capture), *keys, out)
        return code, err, read(out) if os.path.exists(out) else None

    def clear(self, capture, keys, *options):
        """The clear frames, where all is well."""
        code, err, out = self.run(capture, keys, *options)
        assert code == 0, (code, err)
        return [raw for _, raw in out]


# The tests. Each takes a Bench.

def every_suite(b):
    """every suite: whatever is said comes out octet for octet, with its time"""
    for suite in codec.all_suites():
        code, err, out = b.run(pcap(frames_of(suite)), ["key", b.key, "id", "0x25", *words(suite)])
        assert code == 0, (suite, code, err)
        assert [raw for _, raw in out] == CLEAR, (suite, out)
        assert [t for t, _ in out] == [when(n) for n in range(len(CLEAR))], (suite, out)


def worked_example(b):
    """the frames of the worked example are deciphered but for their checksum"""
    raw = codec.build(codec.EX_SRC, codec.EX_GRP, PGK, codec.EX_PLAIN, lcid=codec.EX_LCID,
                      index=codec.EX_PGK_ID & 31, sdu_type=0)
    code, err, _ = b.run(pcap([raw]), ["key", b.key, "cipher", "eea2"])
    assert code == 3 and "implausible" in err, (code, err)


def padding(b):
    """both forms of subheader, and padding of any kind"""
    suite, (_, sdu, clear) = Suite("eea2", "eia2"), talk()[1]
    frames = [frame(sdu, suite=suite, form="pad"), frame(sdu, suite=suite, form="fill"),
              frame(sdu, suite=suite, form="pad", padding=b"\xff" * 90),
              frame(sdu, suite=suite, form="pad", padding=b"", reserved=15)]
    assert b.clear(pcap(frames), ["key", b.key, *words(suite)]) == [clear] * 4


def wrong_key(b):
    """another key: nothing comes out, and each frame is told"""
    for suite in codec.all_suites():
        sent = [f for f, (kind, _, _) in zip(frames_of(suite), talk()) if kind != 3]
        code, err, out = b.run(pcap(sent), ["key", b.key2, *words(suite)])
        assert code == 3 and out == [], (suite, code, err)
        what = "does not verify" if suite.authenticated else "implausible"
        assert err.count(f"PTK ID 1, SN 1: {what}") <= 1 and what in err, (suite, err)


def wrong_suite(b):
    """the right key with another suite: nothing comes out"""
    for right, wrong in (("eea2", "eea1"), ("eea3", "eea2"), ("aes128-gcm", "aes256-gcm")):
        code, err, out = b.run(pcap([frame(suite=Suite(right))]), ["key", b.key, "cipher", wrong])
        assert code == 3 and out == [], (right, wrong, code, err)
    for right, wrong in (("eia1", "eia2"), ("eia2", "eia3"), ("eia3", "eia1"), ("none", "eia2")):
        code, err, out = b.run(pcap([frame(suite=Suite("eea2", right))]),
                               ["key", b.key, "cipher", "eea2", "integrity", wrong])
        assert code == 3 and out == [], (right, wrong, code, err)


def flipped(b):
    """integrity and AEAD suites: a bit flipped in any octet that counts is refused"""
    for suite in codec.all_suites():
        if not suite.authenticated:
            continue
        good = frame(suite=suite)
        forged = []
        for at in range(15, len(good)):
            raw = bytearray(good)
            raw[at] ^= 1 << at % 5      # not the R bits of the subheader, octet 21
            forged.append(bytes(raw))
        code, err, out = b.run(pcap([*forged, good]), ["key", b.key, *words(suite)])
        assert code == 3, (suite, code, err)
        assert [raw for _, raw in out] == CLEAR[:1], (suite, len(out), err)


def too_short(b):
    """a PDU too short for its suite, empty Data, and every truncation of a frame"""
    for suite in (Suite("eea2"), Suite("eea1", "eia3"), Suite("aes256-gcm")):
        good = frame(suite=suite)
        code, err, out = b.run(pcap([good[:n] for n in range(len(good))]),
                               ["key", b.key, *words(suite)])
        assert code == 3 and out == [], (suite, code, err, out)
        empty = frame(b"", suite=suite)
        code, err, out = b.run(pcap([empty]), ["key", b.key, *words(suite)])
        assert code == 3 and out == [] and "implausible" in err, (suite, code, err)


def cut(b):
    """frames that the capture does not have whole, and a file that ends early"""
    suite = Suite()
    keys = ["key", b.key, *words(suite)]
    code, err, out = b.run(pcap(frames_of(suite), cut=CUT), keys)
    assert code == 3 and out == [] and "cut off in the capture" in err, (code, err)
    code, err, out = b.run(pcap(frames_of(suite))[:-CUT], keys)
    assert code == 2 and "any further" in err, (code, err)
    assert [raw for _, raw in out] == CLEAR[:-1], out


def formats(b):
    """pcap of both precisions and byte orders, pcapng; VLAN tags; cooked captures"""
    suite = Suite("aes128-gcm")
    keys, sent = ["key", b.key, *words(suite)], frames_of(suite)
    micro = [(s, ns // 1000 * 1000) for s, ns in map(when, range(len(sent)))]
    exact = [when(n) for n in range(len(sent))]
    tag, type_ = bytes.fromhex("8100000b"), bytes.fromhex("88b5")
    double = bytes.fromhex("88a8000c") + tag
    cooked = [bytes(14) + type_ + raw[14:] for raw in sent]
    cooked2 = [type_ + bytes(18) + raw[14:] for raw in sent]
    for name, capture, times in (
            ("micro", pcap(sent, MICRO), micro), ("big endian", pcap(sent, order=">"), exact),
            ("pcapng", pcapng(sent), exact),
            ("tagged", pcap([raw[:12] + tag + raw[12:] for raw in sent]), exact),
            ("tagged twice", pcap([raw[:12] + double + raw[12:] for raw in sent]), exact),
            ("cooked", pcap(cooked, link=SLL), exact),
            ("cooked 2", pcap(cooked2, link=SLL2), exact)):
        code, err, out = b.run(capture, keys)
        assert code == 0, (name, code, err)
        assert [raw for _, raw in out] == CLEAR, (name, out)
        assert [t for t, _ in out] == times, (name, out)


def fcs(b):
    """a frame check sequence behind the frame, which the file tells or not"""
    for suite in (Suite("eea2"), Suite("eea2", "eia2"), Suite("aes256-gcm")):
        keys = ["key", b.key, *words(suite)]
        sent = frames_of(suite)
        with_fcs = [f + struct.pack("<I", zlib.crc32(f)) for f in sent]
        assert b.clear(pcap(with_fcs), keys) == CLEAR, suite
        # Told, it is taken off whatever it is; told that there is none, nothing is.
        told = [f + b"\0\1\2\3" for f in sent]
        assert b.clear(pcap(told, link=ETHERNET | 2 << 28 | FCS_TOLD), keys) == CLEAR, suite
        code, _, out = b.run(pcap(told), keys)
        assert code == 3 and CLEAR[0] not in [raw for _, raw in out], suite
        assert b.clear(pcap(sent, link=ETHERNET | FCS_TOLD), keys) == CLEAR, suite


def several_keys(b):
    """keys of several PGK indexes, two of one index, and one for any"""
    gcm, old, new = Suite("aes256-gcm"), Suite("eea2"), Suite("eea1", "eia3")
    sent = [frame(suite=old), frame(suite=gcm, pgk=PGK2, index=7),
            frame(suite=new, pgk=PGK2, ptk_id=9), frame(suite=old, index=8)]
    keys = ["key", b.key, "id", "5", *words(old), "key", b.key2, "id", "0x27", *words(gcm),
            "key", b.key2, *words(new)]
    code, err, out = b.run(pcap(sent), keys)
    assert code == 3 and [raw for _, raw in out] == CLEAR[:1] * 3, (code, err, out)
    assert "frame 4 of member a1b2c3, group 445566, PGK index 8" in err, err
    code, err, out = b.run(pcap(sent), keys[:8])
    assert code == 3 and [raw for _, raw in out] == CLEAR[:1], (code, err, out)
    assert err.count("no key was given") == 3 and "1 implausible" in err, err


def left_out(b):
    """other types and all that is wrong are left out, and kept as they are with -k"""
    other = eth(OTHER_MAC, OTHER_MAC, 0x0800, bytes(50))
    bad = [frame(version=2), frame(lcid=11), frame(sdu_type=2), frame(header=bytes(5)),
           frame(form="pad", length=3), frame(form="pad", length=0x7FFF),
           frame(sub=b"\x23\x21\x1f"), frame(sub=b"\x23\x80\x1f\x01"), frame(index=9)]
    sent = [frame(), other, *bad]
    keys = ["key", b.key, "id", "5", "cipher", "eea2"]
    code, err, out = b.run(pcap(sent), keys)
    assert code == 3 and [raw for _, raw in out] == CLEAR[:1], (code, err, out)
    for text in ("not V = 3", "not a logical channel", "a reserved SDU type", "not protected",
                 "a length beyond", "sequence of subheaders", "no key was given",
                 "of another Ethernet type"):
        assert text in err, (text, err)
    code, err, out = b.run(pcap(sent), keys, "-k")
    assert code == 3 and [raw for _, raw in out] == [CLEAR[0], *sent[1:]], (code, err, out)
    assert b.clear(pcap([frame(), other]), keys) == CLEAR[:1]
    assert b.clear(pcap([frame(), frame(ethertype=0x88B6)]), keys, "-e", "0x88b6") == CLEAR[:1]


def told(b):
    """twenty frames are told one by one, all with -v, none with -q"""
    capture, keys = pcap([frame(n=n) for n in range(50)]), ["key", b.key2, "cipher", "eea2"]
    for options, lines in ((), 22), (("-v",), 52), (("-q",), 0):
        code, err, out = b.run(capture, keys, *options)
        want = lines + (options == ())
        assert code == 3 and out == [] and len(err.splitlines()) == want, (options, err)


def streams(b):
    """"-": captures and keys by standard input and output"""
    capture = pcap([frame()])
    code, err, out = b.command("-q", "-", "key", b.key, "cipher", "eea2", "-", input=capture)
    assert code == 0 and out.endswith(CLEAR[0]), (code, err)
    path = b.file("in.pcap", capture)
    code, err, out = b.command("-q", path, "key", "-", "cipher", "eea2", "-", input=PGK)
    assert code == 0 and out.endswith(CLEAR[0]), (code, err)
    code, err, _ = b.command("-", "key", "-", "cipher", "eea2", "-", input=PGK)
    assert code == 1 and "only one" in err, (code, err)


def refused(b):
    """a bad command line or key file: exit 1, a reason, and nothing written"""
    good = b.file("in.pcap", pcap([frame()]))
    out, aes = b.path("not-there.pcap"), ["cipher", "eea2"]
    open_key = b.file("open", PGK, 0o640)
    cases = [
        (["key", open_key, *aes, out], f"chmod 600 {open_key}"),
        (["key", b.path("none"), *aes, out], "No such file"),
        (["key", b.file("short", PGK[:31]), *aes, out], "holds 31 octets"),
        (["key", b.file("digits", PGK.hex()[:32].encode()), *aes, out], "128-bit key"),
        (["key", b.file("empty", b""), *aes, out], "is empty"),
        (["key", b.key, out], "tell its cipher"),
        (["key", b.key, "cipher", "eea4", out], "is no cipher"),
        (["key", b.key, "cipher", "aes", out], "aes128-gcm"),
        (["key", b.key, "cipher", "eea0", out], "no protection"),
        (["key", b.key, "cipher", "aes128-gcm", "integrity", "eia1", out], "leave out"),
        (["key", b.key, *aes, "integrity", "eia2", "kdf", "direct", out], "no key for integrity"),
        (["key", b.key, *aes, "kdf", "operator", out], "is no kdf"),
        (["key", b.key, *aes, "id", "256", out], "256"),
        (["key", b.key, *aes, *aes, out], "twice"),
        (["key", b.key, *aes, out, "more"], "comes behind"),
        (["key", b.key, *aes], "missing at the end"),
        (["key", b.key, "cipher"], "needs a value"),
        (["key"], "needs a file"),
        ([out], "no key is given"),
        (["key", b.key, *aes] * 65 + [out], "more than 64"),
        (["-e", "0x12", "key", b.key, *aes, out], "ethertype"),
        (["-z", "key", b.key, *aes, out], "--help"),
        ([], "no key is given"),
    ]
    for words_, text in cases:
        code, err, _ = b.command(good, *words_)
        assert code == 1 and text in err, (words_, text, code, err)
        assert not os.path.exists(out), words_


def bad_files(b):
    """a capture that cannot be read or written: exit 2; the input is never harmed"""
    aes = ["key", b.key, "cipher", "eea2"]
    good = b.file("in.pcap", pcap([frame()]))
    out = b.path("not-there.pcap")
    for path, text in ((b.path("none"), "No such file"), (b.file("junk", b"x" * 99), "cannot"),
                       (b.file("void", b""), "cannot"),
                       (b.file("wlan", pcap([frame()], link=127)), "without monitor mode")):
        code, err, _ = b.command(path, *aes, out)
        assert code == 2 and text in err and not os.path.exists(out), (path, code, err)
    for to, text in ((b.path("none/out"), "No such file"), ("/dev/full", "not whole"),
                     (good, "is the capture that is read")):
        code, err, _ = b.command(good, *aes, to)
        assert code == 2 and text in err, (to, code, err)
    with open(good, "rb") as f:
        assert f.read() == pcap([frame()])
    with open(aes[1], "rb") as f:
        key = f.read()
    code, err, _ = b.command(good, *aes, aes[1])
    with open(aes[1], "rb") as f:
        assert code == 1 and "is a key file" in err and f.read() == key, (code, err)
    code, err, _ = b.command(good, *aes, out)
    assert code == 0 and os.stat(out).st_mode & 0o777 == 0o600, (code, err)
    assert "was there" not in err, err
    os.chmod(out, 0o644)
    code, err, _ = b.command(good, *aes, out)
    assert code == 0 and "was there" in err and "0644" in err, (code, err)


def mutated(rng, raw):
    raw = bytearray(raw)
    for _ in range(rng.choice((1, 1, 2, 8))):
        what = rng.randrange(6)
        at = rng.randrange(len(raw)) if raw else 0
        if what < 3 and raw:
            raw[at] = rng.choice((0, 0xFF, 0x7F, raw[at] ^ 1 << rng.randrange(8)))
        elif what == 3:
            del raw[at:]
        elif what == 4:
            del raw[at:at + rng.randrange(9)]
        else:
            raw[at:at] = rng.randbytes(rng.choice((1, 4, 300)))
    return bytes(raw)


def garbage(b):
    """thousands of mutated frames, and mutated files, under ASan and UBSan"""
    rng = random.Random(5)
    suites = codec.all_suites()
    # Each with a key of its own index, so that each suite's code sees them.
    keys, sent = [], []
    for n, suite in enumerate(suites):
        keys += ["key", b.key, "id", str(n), *words(suite)]
        sent += frames_of(suite, index=n)
    many = [mutated(rng, rng.choice(sent)) for _ in range(MUTANTS)]
    for link in (ETHERNET, SLL, SLL2):
        code, err, _ = b.run(pcap(many, link=link), keys)
        assert code == (3 if link == ETHERNET else code) and code in (0, 3), (link, code, err)
    few = sent[::7]
    files = [pcap(few), pcap(few, MICRO, order=">"), pcapng(few)]
    codes = set()
    for _ in range(MUTANT_FILES):
        capture = rng.choice(files)
        head = rng.choice((24, 80, len(capture)))     # headers are a small part
        capture = mutated(rng, capture[:head]) + capture[head:]
        code, err, _ = b.command(b.file("in.pcap", capture), *keys, "/dev/null")
        assert code in (0, 2, 3), (code, err)
        codes.add(code)
    assert {2, 3} <= codes, codes


TESTS = (every_suite, worked_example, padding, wrong_key, wrong_suite, flipped, too_short, cut,
         formats, fcs, several_keys, left_out, told, streams, refused, bad_files, garbage)


def main():
    binary = build()
    return plan.run("decap", TESTS, lambda where: Bench(binary, where))


if __name__ == "__main__":
    sys.exit(main())
