#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The tests' own tools: the codec's known answers, and that the recordings'
check fails when it must. Runs anywhere, without kernel or root."""

import contextlib
import importlib.util
import io
import json
import os
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../lib"))
from prose_test import codec, nl, pcap, vectors  # noqa: E402

loader = importlib.util.spec_from_file_location(
    "check_recordings", os.path.join(HERE, "../post/check_recordings.py"))
check = importlib.util.module_from_spec(loader)
loader.loader.exec_module(check)

GRP, SRC = 0x445566, 0xA1B2C3
PGK, PGK2 = bytes(range(32)), bytes(range(1, 33))
IP = codec.udp4("10.0.0.1", "224.0.0.3", b"THE-CLEAR-PHRASE-MUST-NOT-LEAK.")


def frame(sn=1, ptk_id=1, group=GRP, plain=IP, pgk=PGK, **kw):
    return codec.build(SRC, group, pgk, plain, index=5, ptk_id=ptk_id, sn=sn, **kw)


def verdict(frames, *, keys=None, ethertype=0x88B5, end=None, lost=0, cut=False,
            clear=False):
    """What the check says of a recording of these frames; keys: from which frame on,
    group, PGK and, if it is not the usual one, suite."""
    d = tempfile.mkdtemp()
    try:
        pcap.write(os.path.join(d, "rec-x-0-m1.pcap"), frames)
        notes = [{"file": "rec-x-0-m1.pcap", "only_prose": True, "ethertype": ethertype}]
        for at, group, pgk, *suite in [(0, GRP, PGK)] if keys is None else keys:
            notes.append({"at": {"rec-x-0-m1.pcap": at}, "group": group, "member": SRC,
                          "index": 5, "fingerprint": codec.fingerprint(pgk).hex(),
                          "pgk": pgk.hex(), "suite": suite[0] if suite else []})
        if clear:
            notes.append({"at": {}, "group": GRP, "member": SRC, "clear": True})
        if not cut:
            notes.append({"end": {"rec-x-0-m1.pcap": len(frames) if end is None else end},
                          "lost": {"rec-x-0-m1.pcap": lost}})
        with open(os.path.join(d, "rec-x.jsonl"), "w", encoding="ascii") as f:
            f.write("".join(json.dumps(n) + "\n" for n in notes))
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            ret = check.main([d])
        return ret, out.getvalue()
    finally:
        shutil.rmtree(d)


def aes_sets():
    """How many official sets of 128-EEA2 and of 128-EIA2 there are, and what of
    them the codec has wrong: with AES from libcrypto, so it is the blocks and
    lengths around it that are judged."""
    n, bad = [0, 0], []
    for v in vectors.crypts:
        if v.algorithm == "eea2":
            n[0] += 1
            got = codec.eea2(v.key, v.count, v.bearer, v.plain, v.direction)
            if vectors.trim(got, v.bits) != vectors.trim(v.data, v.bits):
                bad.append(f"eea2, {v.bits} bits: {got.hex()}")
    for v in vectors.macs:
        if v.algorithm == "eia2":
            n[1] += 1
            got = codec.eia2(v.key, v.count, v.who, v.message, v.direction, v.bits)
            if got != v.mac:
                bad.append(f"eia2, {v.bits} bits: {got.hex()}, {v.mac.hex()} is right")
    return n, bad


def main():
    two = [(0, GRP, PGK), (0, 0x445567, PGK)]
    clear = frame()[:25] + IP + bytes(20)
    padded = bytearray(frame(plain=codec.EX_PLAIN))
    padded[-1] = 1
    gcm, null = codec.Suite("aes256-gcm"), codec.Suite("eea0", "eia2")
    cmac, direct = codec.Suite("eea2", "eia2"), codec.Suite("eea2", kdf="direct")
    gcm_direct = codec.Suite("aes128-gcm", kdf="direct")

    def one(suite, **kw):
        return frame(suite=suite, **kw)

    def only(suite):
        return {"keys": [(0, GRP, PGK, suite)]}

    def bare(**kw):
        kw = {"data": IP, "header": bytes(5), **kw}
        return frame(**kw)

    cases = [
        ("a good recording passes", [frame(1), frame(2), frame(1, 2)], {}, None),
        ("a rekeyed index passes", [frame(1), frame(1, pgk=PGK2)],
         {"keys": [(0, GRP, PGK), (1, GRP, PGK2)]}, None),
        ("two groups with disjoint PTK IDs pass",
         [frame(1), frame(1, 2, 0x445567)], {"keys": two}, None),
        ("COUNT twice", [frame(1), frame(2), frame(1)], {}, "twice"),
        ("COUNT twice with another payload", [frame(1), frame(1, plain=IP[:28])], {}, "twice"),
        ("COUNT twice, the key under another index later",
         [frame(1), frame(1)], {"keys": [(0, GRP, PGK), (1, GRP, PGK)]}, "twice"),
        ("a PTK ID in two groups", [frame(1), frame(2, 1, 0x445567)], {"keys": two},
         "in groups"),
        ("the phrase in clear", [frame(1), clear], {}, "clear phrase"),
        ("another Ethernet type", [frame(1), b"\xff" * 6 + bytes(6) + b"\x08\x06" + bytes(46)],
         {}, "Ethernet type 0x0806"),
        ("a frame of a key nobody attached", [frame(1, group=GRP + 5)], {}, "no such key"),
        ("ciphered with another key", [frame(1, pgk=PGK2)], {}, "does not decipher"),
        ("PTK ID 0", [frame(1, 0)], {}, "PTK ID 0"),
        ("padding not zero", [bytes(padded)], {}, "padding not zero"),
        ("below the Ethernet minimum", [frame(1)[:50]], {}, "below"),
        ("frames of an AEAD suite pass", [one(gcm), one(gcm, sn=2), one(gcm, ptk_id=2)],
         only(gcm), None),
        ("frames with MAC-I pass", [one(cmac), one(cmac, sn=2)], only(cmac), None),
        ("a key used directly passes", [one(direct), one(direct, ptk_id=2)], only(direct), None),
        ("eea0 passes in clear", [one(null), one(null, sn=2)], only(null), None),
        ("a device without protection passes", [bare(), bare()], {"keys": [], "clear": True},
         None),
        ("a wrong tag", [one(gcm, mac=bytes(16))], only(gcm), "does not decipher"),
        ("a wrong MAC-I", [one(cmac, mac=bytes(4))], only(cmac), "does not decipher"),
        ("two salts of one PTK ID", [one(gcm), one(gcm, sn=2, salt=b"salt")], only(gcm),
         "with salts"),
        ("the salt of the PTK ID before",
         [one(gcm, salt=b"salt"), one(gcm, ptk_id=2, salt=b"salt")], only(gcm),
         "of PTK IDs 2 and 1"),
        ("COUNT twice with another salt", [one(gcm), one(gcm, salt=b"salt")], only(gcm), "twice"),
        ("a key used directly in two groups",
         [one(direct), one(direct, ptk_id=2, group=0x445567)],
         {"keys": [(0, GRP, PGK, direct), (0, 0x445567, PGK, direct)]}, "used directly"),
        ("a key used directly and derived from", [one(direct), frame(1, 2)],
         {"keys": [(0, GRP, PGK, direct), (1, GRP, PGK)]}, "used directly"),
        ("a key used directly with two suites",
         [one(direct), one(gcm_direct, ptk_id=2)],
         {"keys": [(0, GRP, PGK, direct), (1, GRP, PGK, gcm_direct)]}, "used directly"),
        ("in clear where eea0 was once", [one(null), one(null, ptk_id=2)],
         {"keys": [(0, GRP, PGK, null), (1, GRP, PGK)]}, "clear phrase"),
        ("in clear without being declared", [bare()], {}, "clear phrase"),
        ("a device without protection with a PTK ID", [bare(header=b"\0\0\1\0\0")],
         {"keys": [], "clear": True}, "clear phrase"),
        ("frames lost", [frame(1)], {"lost": 3}, "lost"),
        ("a frame missing", [frame(1)], {"end": 2}, "recorded were 2"),
        ("no last line", [frame(1)], {"cut": True}, "last line"),
        ("nothing recorded", [], {}, "no frame at all"),
    ]
    print(f"1..{len(cases) + 3}\n# test: library")
    failed = 0

    def result(n, good, name, text=""):
        nonlocal failed
        if not good:
            failed += 1
            for line in str(text).splitlines():
                print(f"# {line}")
        print(f"{'ok' if good else 'not ok'} {n} {name}")

    wrong = codec.selftest()
    result(1, not wrong, "codec - known answers of standard and worked example", wrong)
    spec = nl.spec()
    enc = spec.encode("prose", {"ifindex": 3, "cipher": "eea2", "kdf": "3gpp",
                                "standby": True, "until": -5})
    dec = spec.decode("prose", enc)
    result(2, dec == {"ifindex": 3, "cipher": "eea2", "kdf": "3gpp", "standby": True,
                      "until": -5}, "netlink - the spec encodes what it decodes", dec)
    n, wrong = aes_sets()
    result(3, n == [6, 8] and not wrong, "codec - official sets of eea2 and eia2",
           f"{n} sets, of 6 and 8; wrong: {wrong}")
    for n, (name, frames, kw, want) in enumerate(cases, 4):
        ret, text = verdict(frames, **kw)
        good = ret == 0 if want is None else ret == 1 and want in text
        result(n, good, f"check - {name}", f"expected: {want}\nsaw: {text}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
