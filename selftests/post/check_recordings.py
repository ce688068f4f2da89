#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Check what the whole suite of one boot sent.

    check_recordings.py DIR...

Over all recordings (rec-*.jsonl with their pcap files) below the directories:
  * no (key value, group, member, PTK ID, SN) is sent twice: COUNT never repeats;
  * no PTK ID of a (key value, member) is used in two groups: PTK IDs are
    granted from one space;
  * every frame parses as one that a sender may build, and no other Ethernet
    type leaves a lower device, unless the test says that it sends such;
  * of an AEAD suite, all frames of a PTK ID have one salt, and the next PTK ID
    has another; so no (key, nonce) is used twice;
  * a key that was used as it is (KDF "direct") is used in one group, with one
    suite, and with no other KDF;
  * the phrase that all payloads hold is nowhere to be seen, but with eea0 or on
    a device that the test says to be without protection, whose frames then all
    have a PDCP header that says so;
  * a sample of the frames verifies and deciphers, with the key it is said to be
    of, to IP, ARP or an Ethernet frame;
  * nothing was lost in recording, and no frame is of a key nobody attached.

Prints TAP; exits 1 if anything is wrong.
"""

import collections
import glob
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
from prose_test import codec, pcap  # noqa: E402

PIECE = b"CLEAR-PHRASE"
SAMPLE = 64     # frames of each file to decipher
SAMPLE_SLOW = 8     # those of ciphers that are slow here
SLOW = {"eea1", "eea3", "eia1", "eia3"}


def plausible(f, plain):
    if f.sdu_type == codec.SDU_IP:
        if len(plain) < 20:
            return False
        if plain[0] >> 4 == 4:
            return int.from_bytes(plain[2:4], "big") == len(plain)
        return plain[0] >> 4 == 6 and \
            int.from_bytes(plain[4:6], "big") + 40 == len(plain)
    if f.sdu_type == codec.SDU_ARP:
        return plain[:4] == b"\0\x01\x08\0"
    return len(plain) >= 14 and plain[6:9] != b"\0\0\0"


class Checker:
    def __init__(self):
        self.bad = []
        self.seen = {}          # (fingerprint, group, member, COUNT) -> where
        self.groups = {}        # (fingerprint, member, PTK ID) -> group, where
        self.salts = {}         # (fingerprint, group, member, PTK ID) -> salt, where
        self.uses = {}          # fingerprint -> (group, suite), where
        self.frames = self.files = self.deciphered = 0

    def complain(self, text):
        if len(self.bad) < 50:
            self.bad.append(text)

    def recording(self, meta):
        """One .jsonl with its pcap files."""
        where = os.path.dirname(meta)
        files, notes, end = {}, [], None
        with open(meta, encoding="ascii") as fd:
            for line in fd:
                d = json.loads(line)
                if "file" in d:
                    files[d["file"]] = d
                elif "end" in d:
                    end = d
                else:
                    notes.append(d)
        if end is None:
            self.complain(f"{meta}: ended without its last line")
        for name, lost in (end or {}).get("lost", {}).items():
            if lost:
                self.complain(f"{name}: {lost} frames lost in recording")
        for name, d in files.items():
            self.one_file(os.path.join(where, name), name, d, notes, end)

    def one_file(self, path, name, d, notes, end):
        self.files += 1
        todo = [(n["at"].get(name, 0), n) for n in notes if n.get("attached", True)]
        keys, clear = {}, set()
        n = 0
        sampled = collections.Counter()
        for n, raw in enumerate(pcap.read(path), 1):
            while todo and todo[0][0] < n:
                k = todo.pop(0)[1]
                if k.get("clear"):
                    clear.add((k["group"], k["member"]))
                else:
                    keys[(k["group"], k["member"], k["index"])] = \
                        (k["fingerprint"], bytes.fromhex(k["pgk"]),
                         codec.Suite(*k.get("suite", ())))
            at = f"{name} frame {n}"
            self.frames += 1
            f, key = self.frame(at, raw, d, keys, clear)
            if PIECE in raw and not (f and (key is None or key[2].clear)):
                self.complain(f"{at}: the clear phrase")
            if not f:
                continue
            pgk, suite = None, "no protection"
            if key:
                fp, pgk, suite = key
                self.count(fp, f, at)
                self.use(fp, suite, f, at)
            limit = SAMPLE_SLOW if SLOW & set(suite) else SAMPLE
            if sampled[suite] < limit:
                sampled[suite] += 1
                self.deciphered += 1
                try:
                    plain = f.plain(pgk, suite) if key else f.data
                except codec.BadFrame as e:
                    self.complain(f"{at}: does not decipher: {e}")
                    continue
                if not plausible(f, plain):
                    self.complain(f"{at}: does not decipher: {plain[:40].hex()}")
        if end and end["end"].get(name, n) != n:
            self.complain(f"{name}: {n} frames, recorded were {end['end'][name]}")

    def frame(self, at, raw, d, keys, clear):
        """The frame and its key, None if it has to have none; or None and None."""
        kind = int.from_bytes(raw[12:14], "big")
        off = 0
        while kind in (0x8100, 0x88A8):     # a VLAN below us
            off += 4
            kind = int.from_bytes(raw[12 + off:14 + off], "big")
        if kind != d["ethertype"]:
            if d["only_prose"]:
                self.complain(f"{at}: Ethernet type 0x{kind:04x}: {raw[:60].hex()}")
            return None, None
        try:
            f = codec.parse(raw[:12] + raw[12 + off:], d["ethertype"])
        except codec.BadFrame as e:
            self.complain(f"{at}: {e}: {raw[:60].hex()}")
            return None, None
        if (f.dst, f.src) in clear and f.clear():
            return f, None
        key = keys.get((f.dst, f.src, f.index))
        if key is None:
            self.complain(f"{at}: group {f.dst:06x} member {f.src:06x} index "
                          f"{f.index}: no such key was attached")
            return None, None
        if not f.ptk_id:
            self.complain(f"{at}: PTK ID 0")
        return f, key

    def use(self, fp, suite, f, at):
        """Salts, and the keys that are used as they are."""
        first = self.uses.setdefault(fp, (f.dst, suite, at))
        if "direct" in (suite.kdf, first[1].kdf) and first[:2] != (f.dst, suite):
            self.complain(f"key {fp} is used directly and otherwise too: {first[1]} in "
                          f"group {first[0]:06x} ({first[2]}), {suite} in {f.dst:06x} ({at})")
        if not suite.aead:
            return
        k = (fp, f.dst, f.src)
        salt, where = self.salts.setdefault((*k, f.ptk_id), (f.salt(), at))
        if salt != f.salt():
            self.complain(f"PTK ID {f.ptk_id} of key {fp} member {f.src:06x} with salts "
                          f"{salt.hex()} ({where}) and {f.salt().hex()} ({at})")
        for other in (f.ptk_id - 1, f.ptk_id + 1):
            if self.salts.get((*k, other), (None,))[0] == salt:
                self.complain(f"salt {salt.hex()} of PTK IDs {f.ptk_id} and {other} of key "
                              f"{fp} member {f.src:06x} ({at})")

    def count(self, fp, f, at):
        k = (fp, f.dst, f.src, f.count())
        if k in self.seen:
            self.complain(f"COUNT {f.count():08x} of key {fp} member {f.src:06x} group "
                          f"{f.dst:06x} twice: {self.seen[k]} and {at}")
        self.seen[k] = at
        k = (fp, f.src, f.ptk_id)
        group, first = self.groups.setdefault(k, (f.dst, at))
        if group != f.dst:
            self.complain(f"PTK ID {f.ptk_id} of key {fp} member {f.src:06x} in groups "
                          f"{group:06x} ({first}) and {f.dst:06x} ({at})")


def main(dirs):
    c = Checker()
    metas = sorted({m for d in dirs for m in
                    glob.glob(os.path.join(d, "**", "rec-*.jsonl"), recursive=True)})
    for m in metas:
        try:
            c.recording(m)
        except (OSError, ValueError, KeyError) as e:
            c.complain(f"{m}: {e!r}")
    if not c.frames:
        c.complain("no frame at all was recorded")
    print("TAP version 13\n1..1")
    for b in c.bad:
        print(f"# {b}")
    print(f"{'not ok' if c.bad else 'ok'} 1 recordings - {c.frames} frames of {c.files} "
          f"devices in {len(metas)} tests, {len(c.groups)} PTK IDs, {c.deciphered} deciphered")
    return 1 if c.bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["."]))
