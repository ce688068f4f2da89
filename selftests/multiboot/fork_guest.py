# SPDX-License-Identifier: GPL-2.0
"""What runs in the guest of vm_fork: sends, waits to be copied, and looks."""

import sys
import time

sys.path.insert(0, "/selftests/lib")
from prose_test import *  # noqa: E402
from prose_test.tap import T  # noqa: E402


def say(text):
    print(f"@@{text}", flush=True)


def main():
    t = T("fork")
    net = Net(t, 2, record=False)
    (a, b), (k, kb) = net.group(n=8)
    ev = a.host.events()
    air = net.hear(a.host)
    out = a.tap(incoming=False)
    frame = a.bcast(payload(50))

    def send():
        air.drain()
        out.send(frame)
        p = air.recv(1)
        return f"{parse(p.raw).ptk_id} {parse(p.raw).sn}" if p else "nothing"

    say(f"BEFORE {send()}")
    say("READY")
    end = time.monotonic() + 200
    while k.state() == "active" and time.monotonic() < end:
        time.sleep(0.2)
    say(f"STATE {k.state()} {k.get().get('ptk-left', 0)}")
    say(f"EVENT {'range-ended' if ev.wait('range-ended', timeout=5) else 'none'}")
    say(f"AFTER {send()} drops {a.counter('tx-no-range')}")
    free = k.get()["ptk-next-free"]
    say(f"FREE {free}")
    try:
        k.grant(first=free, last=free + 1)
        say(f"GRANTED {send()}")
    except NlError as e:
        say(f"REFUSED {e}")
    say("DONE")
    t.close()


main()
