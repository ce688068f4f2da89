#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A manager and devices by files, without a kernel module: what each refuses, and
where no key may be. prose and prose-pkmf are built with ASan and UBSan; files from
outside are made by the openssl command and by Python."""

import glob
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.abspath(os.path.join(HERE, "../.."))
sys.path.insert(0, os.path.join(HERE, "../lib"))
import prose_records as records  # noqa: E402
import plan  # noqa: E402

BUILD = os.environ.get("BUILD", os.path.join(HERE, "build"))
GROUP, MEMBER = 0x445566, 0x0A0B0C
PROGRAMS = {}


def build():
    env = {k: v for k, v in os.environ.items()
           if k not in ("MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "O", "BUILD", "T", "CFLAGS")}
    for folder, target in (("prose", "prose-sanitized"), ("pkmf", "prose-pkmf-sanitized"),
                           ("cms", "cms-tool")):
        where = os.path.join(BUILD, f"provisioning-{folder}")
        made = subprocess.run(
            ["make", "-s", "-C", os.path.join(TOP, "tools", folder), f"O={where}",
             f"{where}/{target}"], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, check=False)
        if made.returncode:
            raise SystemExit(plan.cannot("provisioning", f"build of {target}\n{made.stdout}"))
        PROGRAMS[folder] = os.path.join(where, target)


def is_in(words, text):
    assert words in text, f"expected: ...{words}...\nsaw:      {text}"


def equal(saw, expected, what):
    assert saw == expected, f"{what}\nexpected: {expected!r}\nsaw:      {saw!r}"


class Bench:
    """A directory with a manager and devices in it."""

    def __init__(self, where):
        self.where = where

    def path(self, name):
        return os.path.join(self.where, name)

    def run(self, *words, code=0, stdin=None, env=None):
        p = subprocess.run(words, input=stdin, capture_output=True, check=False, timeout=120,
                           env=dict(os.environ, LC_ALL="C", **(env or {})))
        said = (p.stdout + p.stderr).decode(errors="replace")
        if "ERROR: " in said and "Sanitizer" in said:
            raise AssertionError(said)
        if code is not None:
            equal(p.returncode, code, f"exit code of {' '.join(words)}\n{said}")
        return p

    def pkmf(self, line, code=0, env=None):
        p = self.run(PROGRAMS["pkmf"], *line.split(), code=code,
                     env=dict({"PROSE_PKMF_DIR": self.path("manager")}, **(env or {})))
        return (p.stdout + p.stderr).decode()

    def pkmf_json(self, line, code=0):
        p = self.run(PROGRAMS["pkmf"], "-j", *line.split(), code=code,
                     env={"PROSE_PKMF_DIR": self.path("manager")})
        return json.loads(p.stdout)

    def prose(self, device, line, code=0, env=None):
        p = self.run(PROGRAMS["prose"], *line.split(), code=code,
                     env=dict({"PROSE_STATE_DIR": self.path(device)}, **(env or {})))
        return (p.stdout + p.stderr).decode()

    def prose_json(self, device, line):
        p = self.run(PROGRAMS["prose"], "-j", *line.split(),
                     env={"PROSE_STATE_DIR": self.path(device)})
        return json.loads(p.stdout)

    def manager(self, words="ahead 1"):
        self.pkmf("init --offline")
        self.pkmf(f"group add fire suite aes256-gcm {words}")
        return self.pkmf_json("status")["key"]

    def device(self, name, key=None):
        """A device with a ledger and a request; the file's name."""
        os.mkdir(self.path(name), 0o700)
        self.prose(name, "ledger init volatile")
        path = self.path(f"{name}.request")
        self.prose(name, f"request {path} name {name}" + (f" manager {key}" if key else ""))
        return path

    def member(self, name, key):
        self.pkmf(f"request add {self.device(name, key)}")
        self.pkmf(f"approve fire {name}")

    def export(self, name, group="fire"):
        self.pkmf(f"export {group} {name} to {self.where}")
        return self.path(f"{name}.prose")

    def text_of(self, *patterns):
        """All octets of files."""
        octets = b""
        for pattern in patterns:
            for name in glob.glob(self.path(pattern), recursive=True):
                if os.path.isfile(name):
                    with open(name, "rb") as f:
                        octets += f.read()
        return octets

    def openssl(self, *words, stdin=None, code=0):
        return self.run("openssl", *words, code=code, stdin=stdin).stdout


class Foreign(Bench):
    """A device, and a manager that is nothing but openssl."""

    def __init__(self, where):
        super().__init__(where)
        request = self.device("radio")
        # Who signed the request is the device: its certificate is in it.
        inner = self.openssl("cms", "-verify", "-noverify", "-inform", "PEM", "-in", request,
                             "-signer", self.path("radio.pem"))
        parts = dict(records.elements(inner[2:]))
        self.ledger, self.recipient = parts[8], hashlib.sha256(parts[16]).digest()
        self.ec("manager")
        self.hash = self.spki("manager")

    def ec(self, name, *more):
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                     "-nodes", "-keyout", self.path(f"{name}.key"), "-out", self.path(f"{name}.pem"),
                     "-subj", f"/CN={name}", *more)

    def rsa(self, name):
        self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout",
                     self.path(f"{name}.key"), "-out", self.path(f"{name}.pem"), "-subj",
                     f"/CN={name}")

    def spki(self, name):
        public = self.openssl("x509", "-in", self.path(f"{name}.pem"), "-pubkey", "-noout")
        der = self.openssl("pkey", "-pubin", "-outform", "DER", stdin=public)
        return hashlib.sha256(der).digest()

    def keys(self, n=2, first=1, start=None):
        start = int(time.time()) - 100 if start is None else start
        return [(first + i, bytes([0x55, first + i] * 16), start + 3600 * i,
                 start + 3600 * (i + 2)) for i in range(n)]

    def content(self, epoch=1 << 32 | 1, keys=None, ledger=None, recipient=None, device=b"radio",
                expires=3600, snapshots=None, manager=None, serial=1, member=MEMBER):
        now = int(time.time())
        manager = manager or self.hash[:16]
        if snapshots is None:
            snapshots = [records.snapshot(manager, GROUP, member, epoch,
                                          self.keys() if keys is None else keys, now)]
        return records.bundle(manager, recipient or self.recipient, device, ledger or self.ledger,
                              serial, now - 60, now + expires, snapshots)

    def sign(self, content, signer="manager", *more):
        return self.openssl("cms", "-sign", "-binary", "-nodetach", "-md", "sha256", "-nosmimecap",
                            "-signer", self.path(f"{signer}.pem"), "-inkey",
                            self.path(f"{signer}.key"), "-outform", "DER", *more, stdin=content)

    def encrypt(self, signed, *recipients, cipher="-aes-256-gcm", options=None, more=()):
        words = ["cms", "-encrypt", "-binary", cipher, "-outform", "DER", *more]
        for r in recipients or ("radio",):
            words += ["-recip", self.path(f"{r}.pem")]
            words += options if options is not None else ["-keyopt", "ecdh_kdf_md:sha256"]
        if options is None:
            words.append("-aes256-wrap")
        return self.openssl(*words, stdin=signed)

    def file(self, octets, name="file"):
        with open(self.path(name), "wb") as f:
            f.write(octets)
        return self.path(name)

    def good(self, **kw):
        return self.encrypt(self.sign(self.content(**kw)))

    def importing(self, octets, code=0, words=""):
        return self.prose("radio", f"import {self.file(octets)} manager {self.hash.hex()} {words}",
                          code=code)

    def refused(self, octets, words):
        before = self.text_of("radio/ledger", "radio/group-*")
        is_in(words, self.importing(octets, code=1))
        equal(self.text_of("radio/ledger", "radio/group-*"), before, "what the device has")


def foreign_good(b):
    """a file that openssl makes is taken, by its signer's key, whatever dates its certificate has"""
    is_in("stored", b.importing(b.good()))
    is_in("stored", b.importing(b.good()))
    # Of yesterday, for a day that is over: the key counts, and nothing else.
    b.openssl("req", "-new", "-key", b.path("manager.key"), "-out", b.path("m.csr"), "-subj", "/CN=x")
    b.openssl("x509", "-req", "-in", b.path("m.csr"), "-signkey", b.path("manager.key"), "-days",
              "-1", "-out", b.path("manager.pem"))
    is_in("stored", b.importing(b.good(epoch=1 << 32 | 2)))


def foreign_envelopes(b):
    """each way in which a file can be wrapped wrongly has its own words, and changes nothing"""
    good = b.sign(b.content())
    b.ec("other")
    b.ec("stranger")
    b.refused(b.encrypt(good, "other"), "for another device")
    b.refused(b.encrypt(b.sign(b.content(), "stranger")), "another manager")
    b.refused(b.encrypt(good, "radio", "other"), "more than one recipient")
    b.refused(b.encrypt(b.content()), "not signed")
    two = b.sign(b.content(), "manager", "-signer", b.path("other.pem"), "-inkey",
                 b.path("other.key"))
    b.refused(b.encrypt(two), "signed by more than one")
    b.refused(b.encrypt(good, cipher="-aes-256-cbc"), "not encrypted with a tag")
    b.refused(b.encrypt(good, cipher="-aes-128-gcm"), "something else than AES-256-GCM")
    b.refused(b.encrypt(good, options=[]), "weaker than SHA-256")
    b.refused(b.encrypt(good, more=("-stream",)), "indefinite lengths")
    b.refused(good, "not encrypted")
    weak = b.openssl("cms", "-sign", "-binary", "-nodetach", "-md", "sha1", "-signer",
                     b.path("manager.pem"), "-inkey", b.path("manager.key"), "-outform", "DER",
                     stdin=b.content())
    b.refused(b.encrypt(weak), "digest weaker")


def foreign_octets(b):
    """cut off at each 64 octets, or with more behind it, a file is refused; what is too large is not read"""
    good = b.good()
    for n in range(0, len(good), 64):
        b.refused(good[:n], "cut off")
    b.refused(good + b"\0", "behind the end")
    for n in (100, len(good) // 2, len(good) - 5):
        changed = bytearray(good)
        changed[n] ^= 1
        is_in("Error", b.importing(bytes(changed), code=1))
    with open(b.path("large"), "wb") as f:
        f.truncate(100 << 20)
    out = b.prose("radio", f"import {b.path('large')}", code=1)
    is_in("larger than any", out)


def foreign_contents(b):
    """what a manager signed for somebody else, for another ledger, or too long ago is refused"""
    b.refused(b.good(recipient=b"x" * 32), "for another device")
    b.refused(b.good(ledger=b"y" * 16), "another ledger")
    b.refused(b.good(expires=-10), "expired")
    b.refused(b.good(manager=b"z" * 16), "another manager than the one that signed")
    b.refused(b.encrypt(b.sign(b"hello")), "no bundle")
    k = b.keys()
    b.refused(b.good(keys=[k[0], (33,) + k[1][1:]]), "same five low bits")
    b.refused(b.good(snapshots=[records.snapshot(b.hash[:16], GROUP, MEMBER, 1 << 32, k, 1,
                                                 records.element(99, b""))]), "must not be passed over")
    is_in("stored", b.importing(b.good(snapshots=[records.snapshot(
        b.hash[:16], GROUP, MEMBER, 1 << 32 | 1, k, 1, records.element(99, b"", must=False))])))


def foreign_epochs(b):
    """a device does not go back: old epochs, and one epoch with two contents, are refused"""
    b.importing(b.good(epoch=2 << 32 | 7))
    b.refused(b.good(epoch=2 << 32 | 6), "old epoch")
    b.refused(b.good(epoch=1 << 32 | 9), "old epoch")
    b.refused(b.good(epoch=2 << 32 | 7, keys=b.keys(3)), "other content")
    b.refused(b.good(epoch=2 << 32 | 8, member=MEMBER + 1), "other member")
    is_in("stored", b.importing(b.good(epoch=2 << 32 | 8)))
    is_in("stored", b.importing(b.good(epoch=3 << 32)))


def foreign_rsa(b):
    """a device whose key is RSA takes OAEP with SHA-256, and nothing weaker"""
    b.rsa("card")
    signed = b.sign(b.content())

    def take(octets, code):
        p = b.run(PROGRAMS["cms"], "take", b.path("card.key"), b.path("card.pem"),
                  b.path("manager.pem"), stdin=octets, code=code)
        return p.stdout, p.stderr.decode()

    oaep = ["-keyopt", "rsa_padding_mode:oaep"]
    good = b.encrypt(signed, "card", options=oaep + ["-keyopt", "rsa_oaep_md:sha256"])
    assert take(good, 0)[0].startswith(b"\x02\x01"), "a bundle"
    is_in("weaker", take(b.encrypt(signed, "card", options=oaep), 1)[1])
    is_in("weaker", take(b.encrypt(signed, "card", options=[]), 1)[1])


def unknown_manager(b):
    """a manager that nobody named is told with its key, and what to do"""
    out = b.prose("radio", f"import {b.file(b.good())}", code=1)
    is_in(b.hash.hex(), out)
    is_in("prose-pkmf status", out)
    is_in("stored", b.importing(b.good()))
    is_in("stored", b.prose("radio", f"import {b.file(b.good(epoch=1 << 32 | 2))}"))


def no_key_octets(b):
    """no octet of a key is in a file, an argument or an output of device or manager"""
    key = b.manager("ahead 3")
    b.member("radio1", key)
    path = b.export("radio1")
    said = b.prose("radio1", f"import {path}") + b.pkmf("group show fire") + b.pkmf("inventory")
    b.pkmf("rotate fire")
    b.pkmf("changeover fire now")
    said += b.prose("radio1", f"import {b.export('radio1')}")
    # The keys themselves, as the device would attach them: the only place is its memory.
    fingerprints = [k["fingerprint"] for k in b.pkmf_json("group show fire")[0]["keys"]]
    everything = b.text_of("manager/*", "radio1/*", "*.prose", "*.receipt") + said.encode()
    # A window of 32 octets that has one of the fingerprints would be a key.
    found = [i for i in range(len(everything) - 31)
             if records.fingerprint(everything[i:i + 32]).hex() in fingerprints]
    equal(found, [], "keys in clear")
    hexes = [i for i in range(len(everything) - 63)
             if everything[i:i + 64].isalnum() and is_hex(everything[i:i + 64]) and
             records.fingerprint(bytes.fromhex(everything[i:i + 64].decode())).hex() in fingerprints]
    equal(hexes, [], "keys in hexadecimal digits")


def is_hex(octets):
    return not octets.strip(b"0123456789abcdefABCDEF")


def search_finds(b):
    """the search of the test before would find a key"""
    octets = bytes(range(50, 82))
    where = b"noise" + octets + b"more"
    assert any(records.fingerprint(where[i:i + 32]) == records.fingerprint(octets)
               for i in range(len(where) - 31))


def manager_words(b):
    """every command of the manager says what is wrong, and changes nothing by it"""
    is_in("there is no group manager", b.pkmf("status", 1))
    is_in("--offline", b.pkmf("init", 2))
    key = b.manager()
    is_in("already", b.pkmf("init --offline", 1))
    before = b.text_of("manager/pkmf.db", "manager/pkmf.db-wal")
    for line, code, words in (
            ("frob", 2, "frob"),
            ("group add", 2, "needs a name"),
            ("group add x", 2, "\"suite\" is missing"),
            ("group add ../x suite aes256-gcm", 2, "needs a name"),
            ("group add x suite aes256", 2, "aes256-gcm"),
            ("group add x suite eea2", 2, "integrity"),
            ("group add x suite eea0 integrity none", 2, "protects nothing"),
            ("group add x suite eea2 integrity eia2 kdf direct", 2, "kdf direct"),
            ("group add x suite aes256-gcm validity 5", 2, "span of time"),
            ("group add x suite aes256-gcm validity 5s", 2, "from 600"),
            ("group add x suite aes256-gcm ahead 99", 2, "0 to 26"),
            ("group add x suite aes256-gcm address 10.0.0.1/24", 2, "bits behind the prefix"),
            ("group add x suite aes256-gcm address x", 2, "a prefix is expected"),
            ("group add fire suite aes256-gcm", 1, "already"),
            ("group show fier", 1, "did you mean fire"),
            ("group set fire suite eea2", 2, "rotate"),
            ("approve fire nobody", 1, "no device"),
            ("approve fire", 2, "approve GROUP DEVICE"),
            ("export fire nobody", 1, "no device"),
            ("export fire all", 1, "no members"),
            ("remove fire nobody", 1, "no device"),
            ("remove fire", 2, "remove GROUP DEVICE"),
            ("changeover fire", 2, "when?"),
            ("changeover fire at yesterday", 2, "yesterday"),
            ("request add /nonexistent", 1, "No such file"),
            ("request add /etc/passwd", 1, "no CMS file"),
            ("receipt add /etc/passwd", 1, "no CMS file"),
            ("--frob status", 2, "unknown")):
        is_in(words, b.pkmf(line, code))
    equal(b.text_of("manager/pkmf.db", "manager/pkmf.db-wal"), before, "the database")
    request = b.device("radio1", key)
    b.pkmf(f"request add {request}")
    b.pkmf(f"request add {request}")
    is_in("no member", b.pkmf("export fire radio1", 1))
    b.pkmf("deny fire radio1")
    is_in("but denied", b.pkmf("remove fire radio1", 1))
    b.pkmf("approve fire radio1 member 0x0a0b0c")
    is_in("already", b.pkmf("approve fire radio1", 1))
    is_in("is a member", b.pkmf("deny fire radio1", 1))
    is_in("who would keep its keys", b.pkmf("group del fire", 1))
    path = b.device("radio2", key)
    b.pkmf(f"request add {path}")
    is_in("not given twice", b.pkmf("approve fire radio2 member 0x0a0b0c", 1))


def removals(b):
    """32 removals in a row work, and the removed gets nothing that was made after its own"""
    key = b.manager()
    b.member("stays", key)
    b.member("goes", key)
    seen = set()
    for n in range(32):
        ids = {k["pgk_id"]: k["fingerprint"] for k in b.pkmf_json("group show fire")[0]["keys"]}
        equal(len({i & 31 for i in ids}), len(ids), "PGK indexes")
        assert not seen & set(ids.values()), "a key from before a removal"
        seen |= set(ids.values())
        b.pkmf("remove fire goes", 4)
        out = b.prose("goes", f"import {b.export('goes')}")
        is_in("no member any more", out)
        held = {x["pgk_id"] for x in b.pkmf_json("inventory fire")
                if x["device"] == "goes" and x["live"]}
        equal(held, set(), "live keys of the removed")
        b.pkmf("approve fire goes")
        # It comes back as somebody else; its own device must leave what it was.
        b.prose("goes", "leave " + b.pkmf_json("group show fire")[0]["group"])
        b.prose("goes", f"import {b.export('goes')}")
    members = {x["member"] for x in b.pkmf_json("inventory fire") if x["device"] == "goes"}
    equal(len(members), 32, "member IDs, each given once")


def dry_removal(b):
    """remove --dry-run tells the bound and changes nothing"""
    key = b.manager()
    b.member("radio1", key)
    b.member("radio2", key)
    before = b.pkmf_json("group show fire")
    out = b.pkmf("remove fire radio1 --dry-run")
    is_in("would be removed", out)
    is_in("radio2", out)
    equal(b.pkmf_json("group show fire"), before, "the group")
    equal(b.pkmf_json("member list fire")[0]["state"], "member", "state")


def restored_database(b):
    """a database that was put back from an older copy is refused, be it one change older"""
    key = b.manager()
    b.member("radio1", key)
    b.member("radio2", key)
    b.export("radio1")
    shutil.copytree(b.path("manager"), b.path("copy"))
    b.pkmf("remove fire radio2", 4)
    for name in os.listdir(b.path("manager")):
        if name.startswith("pkmf.db"):
            os.unlink(os.path.join(b.path("manager"), name))
    for name in os.listdir(b.path("copy")):
        if name.startswith("pkmf.db"):
            shutil.copy2(os.path.join(b.path("copy"), name), b.path("manager"))
    out = b.pkmf("export fire all", 1)
    is_in("older copy", out)


def not_a_dry_run(b):
    """a command that has no dry run does nothing with --dry-run, and files of all need a directory"""
    key = b.manager()
    b.member("radio1", key)
    before = b.pkmf_json("group show fire")
    is_in("remove alone", b.pkmf("changeover fire now --dry-run", 2))
    equal(b.pkmf_json("group show fire"), before, "the group")
    is_in("a directory", b.pkmf(f"export fire all to {b.path('one')}", 2))


def no_epochs(b):
    """a database without the file of epochs beside it is refused; a commit that fails locks nobody out"""
    key = b.manager()
    b.member("radio1", key)
    epochs = b.path("manager/epochs")
    with open(epochs, encoding="ascii") as f:
        good = f.read()
    os.unlink(epochs)
    is_in("missing", b.pkmf("status", 1))
    with open(epochs, "w", encoding="ascii") as f:
        f.write(good)
    # As two commits leave it that failed after the file was written.
    db = b.path("manager/pkmf.db")
    for _ in range(3):
        for name in (db, db + "-wal", db + "-shm"):
            if os.path.exists(name):
                shutil.copy2(name, name + ".before")
        b.pkmf("group set fire overlap 200s")
        with open(epochs, encoding="ascii") as f:
            after = f.read()
        for name in (db, db + "-wal", db + "-shm"):
            if os.path.exists(name):
                os.unlink(name)
            if os.path.exists(name + ".before"):
                os.replace(name + ".before", name)
        # The change's own line is written only when it is committed.
        lines = [x if not x.startswith("audit=") else
                 [y for y in good.splitlines() if y.startswith("audit=")][0]
                 for x in after.splitlines()[:-1]]
        text = "\n".join(lines) + "\n"
        with open(epochs, "w", encoding="ascii") as f:
            f.write(text + f"sha256={hashlib.sha256(text.encode()).hexdigest()}\n")
    b.pkmf("status")
    b.pkmf("group set fire overlap 200s")


def restored_device(b):
    """a device whose disk was put back gets no file until it has a new ledger"""
    key = b.manager()
    b.member("radio1", key)
    b.prose("radio1", f"import {b.export('radio1')}")
    ledger = b.path("radio1/ledger")
    fp = b.pkmf_json("group show fire")[0]["keys"][0]["fingerprint"]
    member = b.pkmf_json("member list fire")[0]["member"]

    def used(next_id):
        with open(ledger, encoding="ascii") as f:
            lines = [x for x in f.read().splitlines()[:-1] if not x.startswith("record")]
        lines.append(f"record fingerprint={fp} member={member} next={next_id} first=1 written=1")
        text = "\n".join(lines) + "\n"
        with open(ledger, "w", encoding="ascii") as f:
            f.write(text + f"sha256={hashlib.sha256(text.encode()).hexdigest()}\n")

    used(513)
    b.prose("radio1", f"request {b.path('r')}")
    b.pkmf(f"request add {b.path('r')}")
    used(257)
    b.prose("radio1", f"request {b.path('r')}")
    is_in("old copy", b.pkmf(f"request add {b.path('r')}", 1))
    is_in("old copy", b.pkmf("export fire radio1", 1))
    is_in("old copy", b.pkmf("status"))
    os.unlink(ledger)
    b.prose("radio1", "ledger init volatile")
    is_in("another ledger", b.prose("radio1", f"request {b.path('r')}", 3))
    b.prose("radio1", "wipe")
    b.prose("radio1", f"request {b.path('r')} name radio1b")
    b.pkmf(f"request add {b.path('r')}")


def audit_chain(b):
    """an edited line of the audit is found"""
    import sqlite3
    b.manager()
    b.pkmf("status")
    db = sqlite3.connect(b.path("manager/pkmf.db"))
    db.execute("UPDATE audit SET what = 'group add water' WHERE n = 2")
    db.commit()
    db.close()
    is_in("was changed", b.pkmf("status", 1))


def moved_row(b):
    """a wrapped key is bound to its row: under another it does not open"""
    import sqlite3
    key = b.manager()
    b.member("radio1", key)
    db = sqlite3.connect(b.path("manager/pkmf.db"))
    one, two = [x[0] for x in db.execute("SELECT wrapped FROM pgk ORDER BY seq")]
    db.execute("UPDATE pgk SET wrapped = ? WHERE wrapped = ?", (one, two))
    db.commit()
    db.close()
    is_in("not what was written there", b.pkmf("export fire radio1", 1))


def receipts(b):
    """the manager knows what was stored and what was refused; foreign receipts are not taken"""
    key = b.manager()
    b.member("radio1", key)
    b.member("radio2", key)
    b.prose("radio1", f"import {b.export('radio1')}")
    is_in("stored", b.pkmf(f"receipt add {b.path('radio1.prose.receipt')}"))
    equal(b.pkmf_json("member list fire")[0]["delivery"], "stored", "state")
    is_in("not encrypted", b.prose("radio1", f"import {b.path('radio1.prose.receipt')}", 1))
    is_in("no receipt", b.pkmf(f"receipt add {b.path('radio1.request')}", 1))
    other = Bench(b.path("other"))
    os.mkdir(other.where)
    other.manager()
    is_in("never enrolled", other.pkmf(f"receipt add {b.path('radio1.prose.receipt')}", 1))
    names = [m["device"] for m in b.pkmf_json("member list fire") if "serial" not in m]
    equal(names, ["radio2"], "who has no file yet")
    is_in("radio2 has no file yet", b.pkmf("status"))


def seal_words(b):
    """seal status says what it protects against; a seal that is gone is told with the way back"""
    b.device("radio1")
    is_in("nobody who has the disk", b.prose("radio1", "seal status"))
    os.unlink(b.path("radio1/seal"))
    is_in("nothing is sealed", b.prose("radio1", "seal status"))
    is_in("damaged", b.prose("radio1", f"request {b.path('r')}", 3))


FOREIGN = [foreign_good, foreign_envelopes, foreign_octets, foreign_contents, foreign_epochs,
           foreign_rsa, unknown_manager]
OWN = [no_key_octets, search_finds, manager_words, removals, dry_removal, restored_database,
       not_a_dry_run, no_epochs, restored_device, audit_chain, moved_row, receipts, seal_words]

if __name__ == "__main__":
    build()
    bad = plan.run("foreign_files", FOREIGN, Foreign)
    sys.exit(plan.run("provisioning", OWN, Bench) | bad)
