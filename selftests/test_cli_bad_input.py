#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Not on the debug kernel: it is about the command, which runs on any kernel
"""Bad input to the CLI: an exit code and a message for each, nothing changed."""

import tempfile

from prose_test import *

HEX = "00" * 31 + "01"

# Words, exit code, what the message must say. FIRE is a prose device, KEY a
# good key file, DIR a directory with a ledger.
USAGE = (
    ("ke", 1, '"ke" is no command; write out "key"'),
    ("kye", 1, 'did you mean "key"?'),
    ("frobnicate", 1, "it is one of show ls list up down save restart check"),
    ("-x", 1, '"-x" is no option'),
    ("-n", 1, "-n needs a value"),
    ("-n nosuchnetns", 1, "/run/netns/nosuchnetns: No such file"),
    ("-n /proc/self/ns/pid", 1, "this is none"),
    ("show FIRE more", 1, 'nothing is expected after this: "more"'),
    ("dev ad", 1, 'write out "add"'),
    ("dev add", 1, "the name of the device is missing"),
    ("dev add a-name-that-is-too-long link low group 0x1", 1, "1 to 15 characters"),
    ("dev add x", 1, '"link" is missing'),
    ("dev add x link low", 1, '"group" is missing'),
    ("dev add x link low group 445566", 1, "write 0x445566 or 44:55:66"),
    ("dev add x link low group 0", 1, "bare digits"),
    ("dev add x link low group 0x0", 1, "0 is not used"),
    ("dev add x link low group 0x1445566", 1, "(24 bit)"),
    ("dev add x link low group 44:55", 1, "three octets"),
    ("dev add x link low group 0x1 member 112233", 1, "write 0x112233 or 11:22:33"),
    ("dev add x link low group 0x1 lcid 0", 1, "1 to 10"),
    ("dev add x link low group 0x1 lcid 11", 1, "1 to 10"),
    ("dev add x link low group 0x1 ethertype 88b5", 1, "0x0600 to 0xffff"),
    ("dev add x link low group 0x1 ethertype 0x0100", 1, "0x0600 to 0xffff"),
    ("dev add x link low group 0x1 tx maybe", 1, '"on" or "off"'),
    ("dev add x link low group 0x1 nonip aut", 1, 'write out "auto"'),
    ("dev add x link low group 0x1 margin 86401", 1, "0 to 86400"),
    ("dev add x link low group 0x1 group 0x2", 1, "given twice"),
    ("dev add x link low group", 1, '"group" needs a group ID'),
    ("dev add x link nolow group 0x1", 2, 'no device "nolow"'),
    ("dev set FIRE", 1, "nothing to change"),
    ("dev set FIRE group 0x1", 1, '"group" is fixed when the device is made'),
    ("dev set FIRE window 64", 1, '"window" is fixed when the device is made'),
    ("dev set FIRE protect off", 1, '"protect" is fixed when the device is made'),
    ("dev set FIRE ptk-packets 65536", 1, "0 to 65535"),
    ("dev add x link low group 0x1 window 31", 1, "32 to 16384"),
    ("dev add x link low group 0x1 window 16385", 1, "32 to 16384"),
    ("dev add x link low group 0x1 require eia2", 1, "none integrity aead"),
    ("dev add x link low group 0x1 choice fro", 1, 'write out "from"'),
    ("dev add x link low group 0x1 protect 0", 1, '"on" or "off"'),
    ("dev set low tx off", 2, '"low" is no prose device'),
    ("dev del low", 2, '"low" is no prose device'),
    ("dev del nodev", 2, 'no device "nodev"'),
    ("key", 0, ""),
    ("key ad", 1, 'write out "add"'),
    ("key add id 1 cipher aes256-gcm file KEY", 1, '"dev" is missing'),
    ("key add dev FIRE cipher aes256-gcm file KEY", 1, '"id" is missing'),
    ("key add dev FIRE id 256 cipher eea2 integrity none file KEY", 1, "0 to 255"),
    ("key add dev FIRE id 0x100 cipher eea2 integrity none file KEY", 1, "0x00 to 0xff"),
    ("key add dev FIRE id 010 cipher eea2 integrity none file KEY", 1, "0 to 255"),
    ("key add dev FIRE id 1 file KEY", 1, "cipher eea2 integrity none"),
    ("key add dev FIRE id 1 cipher eea2 file KEY", 1, "cipher aes256-gcm"),
    ("key add dev FIRE id 1 cipher eea0 integrity none file KEY", 1, "protects nothing"),
    ("key add dev FIRE id 1 cipher aes256-gcm integrity eia2 file KEY", 1, 'leave "integrity" out'),
    ("key add dev FIRE id 1 cipher aes integrity none file KEY", 1, 'write out "aes128-gcm"'),
    ("key add dev FIRE id 1 cipher eea2 integrity none", 1, "where is the key?"),
    ("key add dev FIRE id 1 cipher eea2 integrity none file KEY serial 5", 1, "cannot both"),
    ("key add dev FIRE id 1 cipher eea2 integrity none file /nosuch", 1, "No such file"),
    ("key add dev FIRE id 1 cipher eea2 integrity none file /tmp", 1, "directory"),
    ("key add dev FIRE id 1 cipher eea2 integrity none serial 0", 1, "1 to 2147483647"),
    ("key add dev FIRE id 1 cipher eea2 integrity none serial 2147483646", 2, "key"),
    ("key add dev FIRE id 1 cipher eea2 integrity none from yesterday file KEY", 1, "a time is"),
    ("key add dev FIRE id 1 cipher eea2 integrity none until -1h file KEY", 1, "option"),
    ("key add dev FIRE id 1 cipher eea2 integrity none until @5 file KEY", 1, "in the past"),
    ("key add dev FIRE id 1 cipher eea2 integrity none until +8 file KEY", 1, "+8h"),
    ("key add dev FIRE id 1 cipher eea2 integrity none from +2h until +1h file KEY", 1,
     "is not after"),
    ("key add dev FIRE id 1 cipher eea2 integrity none range 65536 file KEY", 1, "0 to 65535"),
    ("key add dev FIRE id 1 cipher eea2 integrity none kdf nosuch file KEY", 2, "kdf"),
    ("key add dev FIRE id 1 cipher eea2 integrity eia2 kdf direct file KEY", 1, "kdf direct"),
    ("key add dev FIRE id 1 cipher eea0 integrity eia2 kdf direct file KEY", 1, "does not cipher"),
    ("ptk", 1, "prose ptk next dev DEV"),
    ("ptk next", 1, '"dev" is missing'),
    ("ptk next dev FIRE", 2, "no key at present"),
    ("ptk next dev FIRE id 9", 2, "key show"),
    ("member reset dev FIRE id 9", 1, '"member" is missing'),
    ("member reset dev FIRE id 9 member 0x5", 2, "key show"),
    ("member reset dev FIRE id 9 member 5", 1, "bare digits"),
    ("floors sav", 1, 'write out "save"'),
    ("floors restore /nosuch/file", 3, "/nosuch: No such file"),
    ("floors restore KEY", 3, "cannot be used"),
    ("floors show all", 1, "nothing is expected"),
    ("key add dev low id 1 cipher eea2 integrity none file KEY", 2, "low:"),
    ("key use dev FIRE id 9", 2, "key show"),
    ("key use dev FIRE", 1, '"id" is missing'),
    ("key use dev FIRE id 9 at noon", 1, "a time is"),
    ("key set dev FIRE id 9", 1, "nothing to change"),
    ("key set dev FIRE id 9 until +1h", 2, "key show"),
    ("key extend dev FIRE id 9", 2, "key show"),
    ("key extend dev FIRE id 9 range 0", 1, "1 to 65535"),
    ("key del dev FIRE id 9", 2, "key show"),
    ("key revoke dev FIRE id 9", 2, "key show"),
    ("key show dev low", 2, "low:"),
    ("key show low", 2, "low:"),
    ("member add", 1, "it is one of show"),
    ("monitor all", 1, "nothing is expected"),
    ("genkey 32", 1, "nothing is expected"),
    ("ledger ini", 1, 'write out "init"'),
    ("ledger init volatil", 1, 'write out "volatile"'),
    ("ledger init", 3, "already"),
)

KEYS = (
    (b"", "is empty"),
    (bytes(range(31)), "31 octets"),
    (bytes(range(128, 161)), "33 octets"),
    (bytes(range(128, 160)) + b"\n", "no newline may follow raw octets"),
    (HEX[:-1].encode(), "63 hexadecimal digits"),
    (HEX.encode() + b"0\n", "65 hexadecimal digits"),
    (HEX.encode() + b"\n\n", "only one newline"),
    (HEX.encode() + b"\r\n", "carriage return"),
    (HEX[:32].encode(), "128-bit"),
    (b"x" * 5000, "too long"),
)


def setup(t):
    net = Net(t, 1, record=False)
    d = net.m[0].prose()
    state = tempfile.TemporaryDirectory()
    t.defer(state.cleanup)
    cli("ledger", "init", "volatile", state=state.name)
    key = f"{state.name}/key"
    with open(key, "w", encoding="ascii", opener=lambda p, f: os.open(p, f, 0o600)) as f:
        f.write(HEX + "\n")
    return d, state.name, key


@test
def words(t):
    """every wrong line has its exit code and says what is wrong"""
    d, state, key = setup(t)
    before = cli("-j", "show", ns=d.ns, state=state).stdout
    wrong = []
    for line, code, says in USAGE:
        args = [{"FIRE": d.name, "KEY": key}.get(w, w) for w in line.split()]
        p = cli(*args, ns=d.ns, state=state, check=False)
        if p.returncode != code or says not in p.stderr:
            wrong.append(f"prose {line}\n  expected: exit {code}, '{says}'\n"
                         f"  saw:      exit {p.returncode}, '{p.stderr.strip()}'")
        elif code and not p.stderr.startswith("Error: "):
            wrong.append(f"prose {line}: no 'Error: ' in '{p.stderr}'")
        elif code == 2 and p.stderr.count("\n") < 2:
            wrong.append(f"prose {line}: does not say what to do: '{p.stderr}'")
    t.ok(not wrong, "\n".join(wrong))
    t.eq(cli("-j", "show", ns=d.ns, state=state).stdout, before, "state after it all")


@test
def key_files(t):
    """every wrong key is refused with its reason, from a file and from stdin"""
    d, state, _ = setup(t)
    args = ["key", "add", "dev", d.name, "id", 1, "cipher", "eea2", "integrity", "none", "file"]
    for data, says in KEYS:
        p = cli(*args, "-", ns=d.ns, state=state, check=False, stdin=data)
        t.eq(p.returncode, 1, f"exit code for {data[:70]!r}")
        t.ok(says.encode() in p.stderr, f"'{says}' expected for {data[:70]!r}, saw {p.stderr!r}")
    t.eq(d.genl.dump("key-get", ifindex=d.ifindex), [], "attached keys")


@test
def unprivileged(t):
    """without CAP_NET_ADMIN every command says that root is needed"""
    d, state, key = setup(t)
    for line in ("show", "key show", "member show", "monitor",
                 "key add dev FIRE id 1 cipher eea2 integrity none file KEY",
                 "key del dev FIRE id 1", "key extend dev FIRE id 1",
                 "key use dev FIRE id 1", "ptk next dev FIRE", "floors show", "floors save",
                 "member reset dev FIRE id 1 member 0x5", "dev set FIRE tx off", "dev del FIRE"):
        args = [{"FIRE": d.name, "KEY": key}.get(w, w) for w in line.split()]
        p = run("setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin", "prose", *args,
                ns=d.ns, check=False, env={"PROSE_STATE_DIR": state})
        t.eq(p.returncode, 2, f"exit code of prose {line}: {p.stderr}")
        t.ok("root" in p.stderr, f"prose {line}: {p.stderr}")


main()
