#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The dissector of tools/wireshark in tshark, on captures made by the tests' own
codec. Runs anywhere, without kernel or root."""

import filecmp
import os
import random
import shutil
import struct
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.abspath(os.path.join(HERE, "../.."))
sys.path.insert(0, os.path.join(HERE, "../lib"))
from prose_test import codec, pcap  # noqa: E402
from prose_test.codec import Suite  # noqa: E402
import plan  # noqa: E402

LUA = os.path.join(TOP, "tools/wireshark/prose.lua")
PLUGINS = "/.local/lib/wireshark/plugins"
SRC, GRP, PGK = codec.EX_SRC, codec.EX_GRP, codec.EX_PGK
IP = codec.udp4("10.0.0.1", "224.0.0.3", b"what is said" * 4)
HEADERS = ("src", "group", "lcid", "sdu_type", "pgk", "ptkid", "sn", "count", "len")
MUTANTS = 3000


def frame(plain=IP, **kw):
    return codec.build(SRC, GRP, PGK, plain, **{"lcid": 3, "index": 5, **kw})


def make(*arguments):
    env = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKEOVERRIDES")}
    return subprocess.run(["make", "-s", "-C", os.path.join(TOP, "tools/wireshark"), *arguments],
                          env=env, check=True, capture_output=True, text=True).stdout


def another_installed():
    """The path of a dissector of this machine, which would be taken first."""
    path = os.path.join(make("print-dir").strip(), "prose.lua")
    same = os.path.exists(path) and filecmp.cmp(path, LUA, False)
    return path if os.path.exists(path) and not same else None


class Tshark:
    """tshark with the dissector where a user has plugins of their own, and
    without anybody's settings."""

    def __init__(self, where):
        self.where = where
        make("install", f"DESTDIR={where}", f"WIRESHARK_LIB_DIR={PLUGINS}")

    def run(self, frames, *options):
        path = os.path.join(self.where, "in.pcap")
        if isinstance(frames, bytes):
            with open(path, "wb") as f:
                f.write(frames)
        else:
            pcap.write(path, frames)
        env = dict(os.environ, HOME=self.where, XDG_CONFIG_HOME=self.where, LC_ALL="C.UTF-8")
        ran = subprocess.run(["tshark", "-n", "-r", path, *options],
                             env=env, capture_output=True, timeout=300, check=False)
        out, err = (s.decode(errors="replace") for s in (ran.stdout, ran.stderr))
        assert ran.returncode == 0, err
        assert "Lua" not in err and "Lua Error" not in out, (out + err)[:3000]
        return out

    def fields(self, frames, names, *options):
        """Of each frame, the values of these fields; "" if it has not got one."""
        wanted = [w for name in names for w in ("-e", name if name[0] == "_" else f"prose.{name}")]
        out = self.run(frames, *options, "-T", "fields", *wanted)
        rows = [line.split("\t") for line in out.split("\n")[:-1]]
        assert len(rows) == len(frames), (len(rows), out)
        return rows

    def experts(self, frames, *options):
        """Of each frame, what the dissector complains of."""
        return [row[0] for row in self.fields(frames, ["_ws.expert.message"], *options)]


def headers(t):
    """every field of the headers, in both forms of subheader"""
    sent = [frame(), frame(b"", ptk_id=0xFFFE, sn=0xFFFF), frame(lcid=10, index=31, sn=256),
            frame(sdu_type=1), frame(sdu_type=3, ptk_id=0), frame(form="pad", padding=b"\1\2"),
            frame(suite=Suite("aes256-gcm")), frame(suite=Suite("eea3", "eia3"))]
    rows = t.fields(sent, (*HEADERS, "data", "sub.e", "_ws.col.Protocol"))
    for raw, row in zip(sent, rows):
        padded = raw[21] & 0x20
        at = 25 if padded else 22
        end = at + struct.unpack(">H", raw[22:24])[0] % 0x8000 if padded else len(raw)
        first, ptk_id, sn = struct.unpack(">BHH", raw[at:at + 5])
        want = [f"0x{SRC:06x}", f"0x{GRP:06x}", str(raw[21] & 31), str(first >> 5),
                str(first & 31), str(ptk_id), str(sn), f"0x{ptk_id << 16 | sn:08x}",
                str(end - at - 5), raw[at + 5:end].hex(), str(int(bool(padded))), "ProSe"]
        assert row == want, (row, want)
    assert t.experts(sent) == [""] * len(sent), t.experts(sent)


def subheaders(t):
    """the fields of the form with a length, and its padding"""
    sent = [frame(form="pad", padding=b"\1\2\3", reserved=5), frame(b"x")]
    rows = t.fields(sent, ("reserved", "version", "sub.f", "sub.l", "pad.lcid", "padding"))
    assert rows[0] == ["0x05", "3", "1", str(5 + len(IP)), "31", "010203"], rows
    assert rows[1] == ["0x00", "3", "1", "6", "31", "00" * 29], rows


def filters(t):
    """display filters by sender, group, key and number"""
    sent = [frame(sn=n, index=n % 2) for n in range(1, 9)]
    for text, want in (("prose.sn > 6", [7, 8]), ("prose.pgk == 1 && prose.sn < 4", [1, 3]),
                       ("prose.src == 0xa1b2c3 && prose.ptkid == 1", list(range(1, 9))),
                       ("prose.group == 1", []), ("prose && !_ws.expert", list(range(1, 9))),
                       ("prose.lcid == 3 && prose.count == 0x10002", [2])):
        out = t.run(sent, "-Y", text, "-T", "fields", "-e", "prose.sn").split()
        assert out == [str(n) for n in want], (text, out)


def suite(t):
    """salt, MAC-I and tag are shown only where the preference tells the suite"""
    gcm, mac = frame(suite=Suite("aes128-gcm")), frame(suite=Suite("eea2", "eia2"))
    names = ("salt", "data", "maci", "tag")
    for raw in gcm, mac:
        assert t.fields([raw], names) == [["", raw[27:].hex(), "", ""]], raw
    assert t.fields([gcm], names, "-o", "prose.suite:aead") == \
        [[gcm[27:31].hex(), gcm[31:-16].hex(), "", gcm[-16:].hex()]]
    assert t.fields([mac], names, "-o", "prose.suite:integrity") == \
        [["", mac[27:-4].hex(), mac[-4:].hex(), ""]]
    assert "the preference tells" in t.experts([frame(b"x" * 19)], "-o", "prose.suite:aead")[0]


def ethertype(t):
    """the Ethernet type is a preference; a bad one changes nothing"""
    sent = [frame(), frame(ethertype=0x88B6)]
    for value, want in ((None, ["3", ""]), ("0x88b6", ["", "3"]), ("34998", ["", "3"]),
                        ("junk", ["3", ""]), ("0x5ff", ["3", ""]), ("65536", ["3", ""])):
        options = ("-o", f"prose.ethertype:{value}") if value else ()
        got = [row[0] for row in t.fields(sent, ["lcid"], *options)]
        assert got == want, (value, got)


def carriers(t):
    """behind VLAN tags, and in a capture of all devices"""
    raw = frame()
    tagged = raw[:12] + bytes.fromhex("8100000b") + raw[12:]
    assert t.fields([tagged], ["src"]) == [[f"0x{SRC:06x}"]]
    cooked = bytes(2) + b"\0\1\0\6" + bytes(8) + raw[12:]
    head = struct.pack("<IHHiIII", pcap.MAGIC, 2, 4, 0, 0, 262144, 113)
    out = t.run(head + struct.pack("<IIII", 0, 0, len(cooked), len(cooked)) + cooked,
                "-T", "fields", "-e", "prose.src")
    assert out.split() == [f"0x{SRC:06x}"], out


def malformed(t):
    """what a receiver drops is marked, with the reason"""
    cases = [(frame(version=2), "V is not 3"), (frame(lcid=11), "LCID is not"),
             (frame(lcid=0), "LCID is not"), (frame(sdu_type=2), "Reserved SDU type"),
             (frame(sdu_type=7), "Reserved SDU type"), (frame(header=bytes(5)), "Not protected"),
             (frame(form="pad", length=4), "no room"), (frame(form="pad", length=0x7FFF), "beyond"),
             (frame(sub=b"\x23\x05\x1f"), "sequence of subheaders"),
             (frame(sub=b"\x23\x80\x09\x3f"), "sequence of subheaders"),
             (frame(sub=b"\x23\x80\x09\x03"), "sequence of subheaders"),
             (frame()[:21], "Too short"), (frame()[:26], "no room"), (frame(b"x")[:24], "no room")]
    for (raw, want), got in zip(cases, t.experts([raw for raw, _ in cases])):
        assert want in got and "," not in got.replace(", or no room", "").replace(
            ", PTK ID and SN", ""), (raw.hex(), want, got)
    clear = t.fields([frame(header=bytes(5), data=IP)], ("clear", "data"))
    assert clear == [[IP.hex(), ""]], clear


def cut_off(t):
    """frames that the capture does not have whole are said to be cut, not malformed"""
    for raw in frame(), frame(b"short"):
        head = struct.pack("<IHHiIII", pcap.MAGIC, 2, 4, 0, 0, 262144, 1)
        body = b"".join(struct.pack("<IIII", n, 0, n, len(raw)) + raw[:n]
                        for n in range(15, len(raw)))
        out = t.run(head + body, "-T", "fields", "-e", "_ws.expert.message", "-e", "prose.sn")
        rows = [line.split("\t") for line in out.split("\n")[:-1]]
        assert len(rows) == len(raw) - 15
        assert all("Cut off" in row[0] and "beyond" not in row[0] for row in rows), rows
        assert rows[-1][1] == "1", rows[-1]


def garbage(t):
    """thousands of mutated, truncated and random frames: no Lua error"""
    rng = random.Random(6)
    good = [frame(), frame(b"x"), frame(suite=Suite("aes256-gcm")), frame(sdu_type=3)]
    many = [raw[:n] for raw in good for n in range(14, len(raw))]
    for _ in range(MUTANTS):
        raw = bytearray(rng.choice(good))
        for _ in range(rng.choice((1, 2, 6))):
            raw[rng.randrange(14, len(raw))] = rng.choice((0, 0xFF, 0x20, rng.randrange(256)))
        many.append(bytes(raw[:rng.choice((len(raw), rng.randrange(14, len(raw) + 1)))]))
    many += [raw[:14] + rng.randbytes(rng.randrange(60)) for raw in good for _ in range(100)]
    for options in (), ("-o", "prose.suite:aead"), ("-o", "prose.suite:integrity"):
        out = t.run(many, "-V", *options)
        assert out.count("ProSe one-to-many communication") >= len(many) - 5, len(out)
    head = struct.pack("<IHHiIII", pcap.MAGIC, 2, 4, 0, 0, 262144, 1)
    t.run(head + b"".join(struct.pack("<IIII", 0, 0, len(raw) // 2, len(raw)) +
                          raw[:len(raw) // 2] for raw in many if len(raw) > 28), "-V")


TESTS = (headers, subheaders, filters, suite, ethertype, carriers, malformed, cut_off, garbage)


def main():
    if not shutil.which("tshark"):
        return plan.cannot("wireshark", "tshark is missing: make deps, as root")
    if another_installed():
        return plan.cannot("wireshark", f"another version is installed, {another_installed()}: "
                           "make -C tools/wireshark install, or uninstall")
    return plan.run("wireshark", TESTS, Tshark)


if __name__ == "__main__":
    sys.exit(main())
