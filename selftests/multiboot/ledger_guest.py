# SPDX-License-Identifier: GPL-2.0
"""What runs in the guest for ledger_power_cut: a sender that never stops.

python3 ledger_guest.py go       sends and extends its range until the power goes
python3 ledger_guest.py look     a last start; sends a little and ends

The ledger and the key lie on the disk that outlives the power cut. What was
granted and sent is told on the console, which a power cut does not take back.
"""

import json
import os
import sys
import time

sys.path.insert(0, "/selftests/lib")
from prose_test import *  # noqa: E402
from prose_test import net as netmod  # noqa: E402
from prose_test.tap import T  # noqa: E402

KEY = "/persist/key"


def say(text):
    print(f"@@{text}", flush=True)


def key_show(h):
    k = json.loads(cli("-j", "key", "show", "dev", "p0", ns=h.ns).stdout)
    return (k if isinstance(k, list) else k["keys"])[0]


def main():
    t = T("ledger")
    if netmod.missing():
        run("modprobe", "prose")
    if not os.path.exists(KEY):
        with open(KEY, "w", encoding="ascii") as f:
            f.write(new_pgk().hex() + "\n")
            f.flush()
            os.fsync(f.fileno())
        os.chmod(KEY, 0o600)
        fd = os.open("/persist", os.O_RDONLY)
        os.fsync(fd)
        say(cli("ledger", "init").stdout.splitlines()[0])
    net = Net(t, 2, record=False, ids=[0x0A0B0C, 0x0A0B0D])
    h = net.m[0]
    d = h.prose()
    cli("key", "add", "dev", "p0", "id", "1", "cipher", "eea2", "integrity", "none", "range", "2",
        "file", KEY, ns=h.ns)
    k = key_show(h)
    say(f"GRANTED {k['ptk_first']} {k['ptk_last']}")
    tap = net.hear(h)
    out = Raw(h.ns, "p0", proto=0)
    frame = d.bcast(payload(4))
    out.send(frame)
    f = parse(tap.recv().raw)
    say(f"SENT {f.ptk_id} {f.sn}")
    if sys.argv[1] == "look":
        say("LOOKED")
        t.close()
        return
    blast(h.ns, "p0", 65534, frame)     # to the end of the first PTK ID
    p = blast(h.ns, "p0", 10 ** 9, frame, wait=False)
    say("READY")
    last = f.ptk_id
    end = time.monotonic() + 100
    while time.monotonic() < end and p.poll() is None:
        cli("key", "extend", "dev", "p0", "id", "1", "range", "1", ns=h.ns)
        k = key_show(h)
        say(f"GRANTED {k['ptk_first']} {k['ptk_last']}")
        tap.drain()
        q = tap.recv(1)
        f = parse(q.raw) if q else None
        if f and f.ptk_id != last:
            last = f.ptk_id
            say(f"SENT {f.ptk_id} {f.sn}")


main()
