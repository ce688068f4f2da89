#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Kernels: every
# KCSAN: yes
"""The kernel's own asynchronous driver, cryptd, under AES-CTR and AES-GCM.

prose_test_ctr is late as it is told, with timers; cryptd is late as real drivers
are: every request goes through the queue of the CPU it is made on, to a worker.
What is instantiated here is the best driver while a test runs, and gone after it.
"""

import collections
import contextlib
import errno

from prose_test import *
from test_refresh import NUMBER, Ear, lost, ptk_ids, put, setup

NETLINK_CRYPTO = 21
MSG_DELALG, MSG_UPDATEALG = 0x11, 0x12
PRIORITY_VAL = 1
BEST = 1 << 20
UNBOUND = "/sys/devices/virtual/workqueue/cpumask"
# cryptd takes no driver that is asynchronous already, as the SIMD wrappers say of
# themselves, so it is the generic code that it is put over.
DRIVERS = {"ctr(aes)": ("skcipher", "ctr(aes-generic)"),
           "gcm(aes)": ("aead", "gcm_base(ctr(aes-generic),ghash-generic)")}


def proc_crypto():
    """What /proc/crypto says, a dict a driver."""
    with open("/proc/crypto", encoding="ascii") as f:
        blocks = f.read().split("\n\n")
    for block in blocks:
        d = dict(field(line) for line in block.splitlines() if line)
        if d and d.get("type") != "larval":
            yield d


def field(line):
    k, v = line.split(":", 1)
    return k.strip(), v.strip()


class Cryptd:
    """cryptd over a driver of an algorithm: while it is here, the one that everybody
    gets. A socket of AF_ALG has it made; that alone would give it a priority of 50
    above the generic driver's, and SIMD is far beyond."""

    def __init__(self, t, algorithm):
        self.t, self.algorithm = t, algorithm
        kind, inner = DRIVERS[algorithm]
        self.driver, self.inner = f"cryptd({inner})", inner
        self.alg = af_alg(t)
        try:
            self.alg.bind((kind, self.driver))
        except OSError as e:
            if os.path.isdir("/sys/module/cryptd"):
                raise
            skip(f"no cryptd: {e}")
        try:
            self.nl = nl.Sock(NETLINK_CRYPTO)
        except OSError as e:
            self.nl = None
            if self.best() != self.driver:
                skip(f"{self.best()} comes first, and no crypto_user to change that: {e}")
        t.defer(self.remove)
        if self.nl:
            self.request(MSG_UPDATEALG, nl.attr(PRIORITY_VAL, struct.pack("=I", BEST)))
        t.eq(self.best(), self.driver, f"driver of {algorithm} with the highest priority")
        t.wait_eq(self.uses, 0, "handles of it before there is a key")
        self.others = self.refs()

    def request(self, kind, attrs=b""):
        # struct crypto_user_alg
        alg = struct.pack("=64s64s64s4I", b"", self.driver.encode(), b"", 0, 0, 0, 0)
        self.nl.request(kind, 0, alg + attrs, len(alg))

    def best(self):
        """The driver that a handle is made with; of equal ones the newer, listed first."""
        return max((d for d in proc_crypto() if d["name"] == self.algorithm
                    and d["internal"] == "no"), key=lambda d: int(d["priority"]))["driver"]

    def refs(self):
        """References to the other drivers of the algorithm."""
        return {d["driver"]: int(d["refcnt"]) for d in proc_crypto()
                if d["name"] == self.algorithm and
                d["driver"] not in (self.driver, self.inner)}

    def uses(self):
        """Handles of others than the test: one reference is the socket's, one is
        that it is registered."""
        return next(int(d["refcnt"]) for d in proc_crypto()
                    if d["driver"] == self.driver) - 2

    def used(self, least):
        """The module's handles are all of this driver, and it has so many."""
        self.t.ge(self.uses(), least, f"handles of {self.driver}")
        now = self.refs()
        self.t.eq({d: now.get(d) for d in self.others}, self.others,
                  "references to the other drivers")

    def unused(self, what):
        """Every handle is given back; namespaces and PTKs end in their own time."""
        self.t.wait_eq(self.uses, 0, f"{what}: handles that are left", 30)

    def remove(self):
        """The kernel refuses to remove what somebody still has a handle of; then at
        least no test after this one gets it."""
        if self.nl:
            self.request(MSG_UPDATEALG, nl.attr(PRIORITY_VAL, struct.pack("=I", 0)))
        self.unused("at the end")
        self.alg.close()
        if self.nl:
            self.t.wait(self.removed, f"{self.driver} can be removed")
            self.nl.close()
            self.t.ok(self.driver not in [d["driver"] for d in proc_crypto()],
                      f"{self.driver} is gone")

    def removed(self):
        try:
            self.request(MSG_DELALG)
        except NlError as e:
            if e.errno != errno.EBUSY:
                raise
            return False
        return True


def one_cpu(t):
    """All work of the test on CPU 0. cryptd has a queue for each CPU: what two of
    them do has no order, and neither has what a task does that moves between them."""
    t.defer(os.sched_setaffinity, 0, os.sched_getaffinity(0))
    os.sched_setaffinity(0, {0})
    if os.path.exists(UNBOUND):
        t.defer(put, UNBOUND, put(UNBOUND, "1"))


@contextlib.contextmanager
def workers_wait():
    """In here no worker of this CPU runs, cryptd's included, until we sleep. That
    must be soon: the scheduler lets nobody do this for a second."""
    os.sched_setscheduler(0, os.SCHED_FIFO | os.SCHED_RESET_ON_FORK, os.sched_param(50))
    try:
        yield
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def while_pending(t, d, send, action):
    """send() and action(), with none of the frames out in between."""
    for _ in range(5):
        before = d.counter("tx-packets")
        with workers_wait():
            send()
            if d.counter("tx-packets") == before:
                action()
                return
        time.sleep(0.5)     # a machine so slow that the second was over
    raise Failed(f"{d.ns}: the requests of {send.__name__}() were never all pending")


class Talker:
    """Sends numbered datagrams, one after the other, from this very task."""

    def __init__(self, t, d):
        self.d, self.n = d, 0
        self.raw = Raw(d.ns, "p0", proto=0)
        t.defer(self.raw.close)

    def send(self, n):
        for _ in range(n):
            self.raw.send(self.d.bcast(payload(16) + struct.pack(">I", self.n)))
            self.n += 1


def heard(t, ear, want, what, ordered=True):
    def there():
        ear.take()
        return len(ear.got) >= len(want)
    try:
        t.wait(there, what, 30)
    except Failed:
        t.eq(len(ear.got), len(want), f"{what}: datagrams heard")
    t.eq(len(ear.got), len(want), f"{what}: datagrams heard")
    if ordered:
        t.ok(ear.got == want, f"{what}: their order")


def not_clear(t, hosts):
    for h in hosts:
        for raw in h.sent():
            t.ok(PHRASE[4:16] not in raw, f"clear text on the wire: {raw.hex()}")


def start(t, algorithm, suite, members=2):
    """Members that know each other, whose ciphers are cryptd; nothing is under way."""
    driver = Cryptd(t, algorithm)
    net, devs, keys = setup(t, suite, members)
    for d in devs:
        t.wait_eq(lambda d=d: (d.counter("tx-packets"), d.counter("rx-packets")),
                  (4, 4 * (members - 1)), f"{d.ns}: frames of the start, sent and received")
    # Each its own PTK, and one of each other
    driver.used(members * members)
    return driver, net, devs, keys


def both_ways(t, algorithm, suite):
    """Two members at once; then rollovers with requests of the old PTK pending."""
    driver, net, devs, keys = start(t, algorithm, suite)
    one_cpu(t)
    drops = [lost(d) for d in devs]
    ears = [Ear(d.host) for d in devs]
    n = 300     # all of them fit into one queue
    jobs = [blast(d.ns, "p0", n, d.bcast(payload(16) + bytes(4)), at=NUMBER, wait=False)
            for d in devs]
    for job in jobs:
        out, err = job.communicate(timeout=60)
        t.eq((job.returncode, out.split()), (0, [str(n), "0"]), f"blast: {err}")
    for d, ear in zip(devs, reversed(ears)):
        heard(t, ear, list(range(n)), f"of {d.ns}")
    for d, k in zip(devs, keys):
        raws = d.host.sent()
        t.eq([count_of(r) for r in raws], [1 << 16 | sn for sn in range(1, n + 5)],
             f"COUNTs of {d.ns}, with those of the start")
        for i in range(0, n, 20):
            t.eq(parse(raws[4 + i]).plain(k)[-20:], payload(16) + struct.pack(">I", i),
                 f"datagram {i} of {d.ns}, deciphered")

    (a, _), (ka, _) = devs, keys
    talker = Talker(t, a)
    ears[1].got = []

    def some():
        talker.send(40)

    def next_ptk():
        a.genl.do("ptk-next", ifindex=a.ifindex, pgk_id=ka.id)
        talker.send(40)

    for _ in range(3):
        while_pending(t, a, some, next_ptk)
        heard(t, ears[1], list(range(talker.n)), "around ptk-next")
    t.eq(ptk_ids(a.host.sent()), [1, 2, 3, 4], "PTK IDs on the air, COUNTs ascending")
    t.eq(ka.get()["ptk-id"], 4, "PTK ID at the end")
    t.eq([lost(d) for d in devs], drops, "drops, and those before")
    driver.used(4)
    not_clear(t, net.m)


@test
def cipher_only(t):
    """cryptd under eea2: all in order both ways, also around a rollover"""
    both_ways(t, "ctr(aes)", Suite("eea2"))


@test
def integrity(t):
    """cryptd under eea2 with eia2: the same, and every MAC-I fits"""
    both_ways(t, "ctr(aes)", Suite("eea2", "eia2"))


@test
def aead(t):
    """cryptd under aes128-gcm: the same, and every tag fits"""
    both_ways(t, "gcm(aes)", Suite("aes128-gcm"))


@test
def all_cpus(t):
    """rollovers while two send from any CPU: each COUNT once, no frame unaccounted for"""
    _, net, devs, keys = start(t, "ctr(aes)", Suite("eea2", "eia2"))
    before = [d.counters() for d in devs]
    ears = [Ear(d.host) for d in devs]
    rounds, n = 3, 200
    for _ in range(rounds):
        jobs = [blast(d.ns, "p0", n, d.bcast(payload(16) + bytes(4)), at=NUMBER, gap=1000,
                      wait=False) for d in devs]
        for _ in range(3):
            time.sleep(0.15)
            for d, k in zip(devs, keys):
                d.genl.do("ptk-next", ifindex=d.ifindex, pgk_id=k.id)
        for job in jobs:
            out, err = job.communicate(timeout=60)
            t.eq((job.returncode, out.split()), (0, [str(n), "0"]), f"blast: {err}")

    def since(i):
        """What a device has counted: sent, received, sends and receptions that failed."""
        now = devs[i].counters()
        diff = {k: now[k] - before[i][k] for k in now}
        bad = {k: v for k, v in diff.items() if v and
               k.split("-", 1)[1] not in ("packets", "bytes")}
        return diff["tx-packets"], diff["rx-packets"], bad

    total = rounds * n
    for i, (d, ear) in enumerate(zip(devs, ears)):
        def accounted(i=i):
            sent, got, bad = since(i)
            return (sent + sum(v for k, v in bad.items() if k.startswith("tx-")),
                    got + sum(v for k, v in bad.items() if k.startswith("rx-")))
        t.wait_eq(accounted, (total, total), f"{d.ns}: frames sent and received, with drops",
                  30)
        sent, got, bad = since(i)
        t.eq(sent, total, f"{d.ns}: frames sent, drops {bad}")
        # Frames of two PTKs in the queues of two CPUs may overtake each other, and
        # what comes after the PTK that it belongs to is not let in.
        t.eq({k for k in bad if k not in ("rx-old-ptk", "rx-late")}, set(),
             f"{d.ns}: other reasons of drops, of {bad}")
        t.log(f"{d.ns}: {got} received, drops {bad}")
        heard(t, ear, [0] * got, f"by {d.ns}", ordered=False)
        most = max(collections.Counter(ear.got).values())
        t.le(most, rounds, f"{d.ns}: how often a number was heard")
        counts = [count_of(r) for r in d.host.sent()]
        t.eq(len(counts), total + 4, f"{d.ns}: frames on the air")
        t.eq(len(set(counts)), len(counts), f"{d.ns}: their COUNTs, each once")
        t.ge(len({c >> 16 for c in counts}), 4, f"{d.ns}: PTK IDs on the air")
    not_clear(t, net.m)


def deleted(t, algorithm, suite):
    """Key, device and lower device of one member each deleted with requests pending,
    of both directions."""
    driver, net, devs, keys = start(t, algorithm, suite, members=3)
    one_cpu(t)
    src = 0x0A0B0C

    def build(sn):
        return keys[0].build(src, codec.udp4("10.33.0.9", "255.255.255.255", payload(30)),
                             sn=sn)
    first, rest = build(1), [build(sn) for sn in range(2, 22)]
    lows = [d.rtnl.index("low") for d in devs]
    for d, k, low, what in zip(devs, keys, lows, ("key", "device", "lower device")):
        talker = Talker(t, d)
        net.inject(first, d.host)
        t.wait(lambda d=d: [m for m in d.members() if m["member"] == src],
               f"{what}: the sender is heard, so its PTK is there")
        handles = driver.uses()

        def load(d=d, talker=talker):
            for raw in rest:
                talker.send(1)
                net.inject(raw, d.host)

        action = {"key": k.delete, "device": d.delete,
                  "lower device": lambda d=d, low=low: d.rtnl.delete(low)}[what]
        while_pending(t, d, load, action)
        t.wait(lambda h=handles: driver.uses() <= h - 2,
               f"{what}: handles given back, of {handles}", 30)
    devs[0].delete()
    driver.unused("after all")
    for h in net.m:
        counts = [count_of(r) for r in h.sent()]
        t.eq(len(set(counts)), len(counts), f"{h.ns}: COUNTs, each once")
    not_clear(t, net.m)


@test
def deleted_cipher(t):
    """cryptd under eea2 with eia2: key, device, lower device deleted with requests pending"""
    deleted(t, "ctr(aes)", Suite("eea2", "eia2"))


@test
def deleted_aead(t):
    """cryptd under aes128-gcm: key, device, lower device deleted with requests pending"""
    deleted(t, "gcm(aes)", Suite("aes128-gcm"))


main()
