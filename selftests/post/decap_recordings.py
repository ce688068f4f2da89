#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What the module sent in one boot, through prose-decap.

    decap_recordings.py DIR...

Of each suite some recordings (rec-*.jsonl with their pcap files) below the
directories: prose-decap must make of the first frames of a key the same packets
as the tests' codec. Prints TAP; exits 1 if anything is wrong.
"""

import collections
import glob
import json
import os
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.join(HERE, "../..")
sys.path.insert(0, os.path.join(HERE, "../lib"))
from prose_test import codec, pcap  # noqa: E402

FILES = 6       # of each suite
FRAMES = 12     # of each file


def build(where):
    env = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKEOVERRIDES")}
    subprocess.run(["make", "-s", "-C", os.path.join(TOP, "tools/decap"), f"O={where}"],
                   env=env, check=True, stdout=sys.stderr)
    return os.path.join(where, "prose-decap")


def recordings(dirs):
    """Path of a pcap file, and what is noted of keys: from which frame on, note."""
    for top in dirs:
        for meta in sorted(glob.glob(os.path.join(top, "**/rec-*.jsonl"), recursive=True)):
            with open(meta, encoding="ascii") as f:
                lines = [json.loads(line) for line in f]
            notes = [d for d in lines if "pgk" in d and d.get("attached", True)]
            for d in lines:
                if "file" in d and d.get("only_prose"):
                    yield os.path.join(os.path.dirname(meta), d["file"]), d["ethertype"], \
                        [(n["at"].get(d["file"], 0), n) for n in notes]


def sound(f, plain):
    """Not one that a test made with a wrong checksum on purpose."""
    return not (f.sdu_type == codec.SDU_IP and plain[:1] >= b"\x40" and plain[0] >> 4 == 4 and
                codec.checksum(plain[:4 * (plain[0] & 15)]))


def of_one_key(path, ethertype, notes):
    """PGK, suite, frames and their plain Data, of the key that is seen first."""
    todo, keys, first, frames = list(notes), {}, None, []
    for n, raw in enumerate(pcap.read(path), 1):
        while todo and todo[0][0] < n:
            d = todo.pop(0)[1]
            keys[(d["group"], d["member"], d["index"])] = \
                (bytes.fromhex(d["pgk"]), codec.Suite(*d.get("suite", ())))
        try:
            f = codec.parse(raw, ethertype)
        except codec.BadFrame:
            continue
        key = keys.get((f.dst, f.src, f.index))
        if not key or f.clear() or key[1].kdf not in ("3gpp", "direct"):
            continue
        first = first or key
        if key != first:
            continue
        try:
            plain = f.plain(*key)
        except codec.BadFrame:
            continue        # check_recordings.py says so
        if sound(f, plain):
            frames.append((raw, f, plain))
        if len(frames) == FRAMES:
            break
    return first, frames


def written(path):
    with open(path, "rb") as f:
        buf = f.read()
    at = 24
    while at < len(buf):
        n, = struct.unpack_from("<I", buf, at + 8)
        yield buf[at + 16:at + 16 + n]
        at += 16 + n


def decap(tool, where, key, ethertype, frames):
    """What is wrong, or None."""
    pgk, suite = key
    paths = [os.path.join(where, name) for name in ("in.pcap", "key", "out.pcap")]
    pcap.write(paths[0], [raw for raw, _, _ in frames])
    with open(os.open(paths[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as f:
        f.write(pgk)
    ran = subprocess.run([tool, "-e", hex(ethertype), paths[0], "key", paths[1], "cipher",
                          suite.cipher, "integrity", suite.integrity, "kdf", suite.kdf,
                          paths[2]], capture_output=True, text=True, check=False)
    if ran.returncode:
        return f"exit status {ran.returncode}: {ran.stderr}"
    out = list(written(paths[2]))
    if len(out) != len(frames):
        return f"{len(out)} frames, {len(frames)} were sent"
    for clear, (raw, f, plain) in zip(out, frames):
        whole = f.sdu_type == codec.SDU_NONIP
        if clear[0 if whole else 14:] != plain or \
                not (whole or clear[6:12] == codec.member_mac(f.src)):
            return f"{raw.hex()} became {clear.hex()}, not {plain.hex()}"
    return None


def main(dirs):
    bad, files, count = [], collections.Counter(), 0
    with tempfile.TemporaryDirectory() as where:
        tool = build(where)
        for path, ethertype, notes in recordings(dirs):
            suites = {tuple(n.get("suite", ())) for _, n in notes}
            if all(files[codec.Suite(*s)] >= FILES for s in suites):
                continue
            key, frames = of_one_key(path, ethertype, notes)
            if not frames:
                continue
            files[key[1]] += 1
            count += len(frames)
            why = decap(tool, where, key, ethertype, frames)
            if why:
                bad.append(f"{path}, {key[1]}: {why}")
    print("1..1")
    for line in bad[:20]:
        print("# " + line.replace("\n", " "))
    good = count and not bad
    print(f"{'ok' if good else 'not ok'} 1 prose-decap deciphers {count} frames of "
          f"{sum(files.values())} recordings, {len(files)} suites")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["."]))
