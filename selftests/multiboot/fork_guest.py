# SPDX-License-Identifier: GPL-2.0
"""What runs in the guest of vm_fork: sends, waits to be copied, and looks."""

import sys
import time

sys.path.insert(0, "/selftests/lib")
from prose_cli import Cli  # noqa: E402
from prose_test import *  # noqa: E402
from prose_test.tap import T  # noqa: E402


def say(text):
    print(f"@@{text}", flush=True)


class Agent:
    """A device with a cipher alone and one with a salt, granted to by the agent."""

    def __init__(self, t, suites):
        self.d = Net(t, 1, record=False).m[0].prose()
        self.prose = Cli(t, self.d.ns)
        for i, suite in suites.items():
            self.prose(f"key add dev {self.d.name} id {i} {suite} range 8 file -",
                       stdin=new_pgk())
            # The one of the later second is sent with; of one second, the first.
            time.sleep(1)
        self.prose.start("agent")

    def keys(self):
        return {k["pgk-id"]: k for k in self.d.genl.dump("key-get", ifindex=self.d.ifindex)}

    def marked(self):
        return ["forked" in r for r in self.prose.json("ledger show")["records"]]


def wait(what, seconds=30):
    end = time.monotonic() + seconds
    while not what() and time.monotonic() < end:
        time.sleep(0.2)
    return what()


def main():
    t = T("fork")
    agent = Agent(t, {1: "cipher eea2 integrity none", 2: "cipher aes128-gcm integrity none"})
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

    wait(lambda: len(agent.marked()) == 2 and agent.keys()[2]["key-state"] == "active")
    say(f"BEFORE {send()} {agent.marked()}")
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
    # The new range makes the key one to be sent with, once its PTK is derived.
    wait(lambda: all(agent.marked()) and agent.keys()[2]["key-state"] == "active")
    keys = agent.keys()
    say(f"LEDGER {agent.marked()} forked {'forked' in agent.prose.json('ledger show')}")
    say(f"CIPHER {keys[1].get('ptk-left', 0)} {keys[1]['ptk-next-free']}")
    say(f"SALTED {keys[2]['key-state']} {keys[2].get('ptk-left', 0) > 0} "
        f"{keys[2]['ptk-next-free'] > 9}")
    say("DONE")
    t.close()


main()
