#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Kernels: 6.12, 6.1, deb13-6.12
# KCSAN: yes
"""Asynchronous and failing ciphers: order kept, and an error lets nothing out.

prose_test_ctr registers a ctr(aes) that behaves as told; a failed encryption of
it leaves the plain text in the buffer.
"""

from prose_test import *

PARAMS = "/sys/module/prose_test_ctr/parameters"


def param(name, value=None):
    with open(f"{PARAMS}/{name}", "r" if value is None else "w", encoding="ascii") as f:
        if value is None:
            return f.read().strip()
        f.write(str(value))
    return None


def unload():
    for _ in range(50):
        if not run("rmmod", "prose_test_ctr", check=False).returncode:
            return
        time.sleep(0.1)
    raise Failed("prose_test_ctr is still in use after all keys were detached")


class Pair:
    """Two members that use the test cipher."""

    def __init__(self, t, mode="sync", suite=None, **kw):
        ko = os.environ.get("PROSE_TEST_CTR")
        p = run(*(["insmod", ko] if ko else ["modprobe", "prose_test_ctr"]), check=False)
        if not os.path.isdir(PARAMS):
            skip(f"no module prose_test_ctr: {p.stderr.strip()}")
        t.defer(unload)
        param("mode", mode)
        for k, v in {"after": 0, "delay_ms": 0, "setkey_error": 0, "requests": 0, **kw}.items():
            param(k, v)
        self.t = t
        self.net = Net(t, 2)
        (self.a, self.b), (self.ka, self.kb) = self.net.group(n=4, suite=suite)
        self.out = self.a.tap(incoming=False)
        self.sink = udp_sink(self.b.host)
        self.n = 0
        t.defer(param, "mode", "sync")

    def send(self, n):
        for _ in range(n):
            self.out.send(self.a.bcast(payload(40) + struct.pack(">I", self.n)))
            self.n += 1

    def got(self, n, timeout=5.0):
        out = []
        while len(out) < n:
            d = recv_udp(self.sink, timeout)
            if d is None:
                break
            out.append(struct.unpack(">I", d[-4:])[0])
        return out

    def clean(self):
        for h in self.net.m:
            for raw in h.sent():
                self.t.ok(PHRASE[4:16] not in raw, f"clear text on the wire: {raw.hex()}")


@test
def used(t):
    """the test's cipher is the one that is used"""
    p = Pair(t)
    p.send(5)
    t.eq(p.got(5), list(range(5)), "datagrams")
    t.ge(int(param("requests")), 10, "requests to the test cipher")


@test
def order(t):
    """asynchronous requests keep the order of frames, both ways"""
    p = Pair(t, "async")
    p.send(200)
    t.eq(p.got(200), list(range(200)), "datagrams in order")
    t.eq([parse(f).sn for f in p.a.host.sent()], list(range(1, 201)), "SNs in order")
    p.clean()


@test
def backlog(t):
    """a full queue of the cipher: -EBUSY with backlog, or drops, never a stuck frame"""
    p = Pair(t, "busy")
    p.send(50)
    got = p.got(50, 2)
    drops = p.a.counter("tx-crypto") + p.b.counter("rx-crypto")
    t.eq(len(got) + drops, 50, "datagrams received or counted as dropped")
    t.eq(got, sorted(got), "their order")
    param("mode", "sync")
    p.send(5)
    t.eq(len(p.got(5)), 5, "datagrams after it")
    p.clean()


def failing(t, mode, counter_at):
    """Errors come and go; meanwhile nothing gets out."""
    p = Pair(t)
    p.send(5)
    t.eq(len(p.got(5)), 5, "datagrams before")
    before = p.a.host.n_sent()
    param("mode", mode)
    p.send(20)
    t.wait_eq(lambda: p.a.counter("tx-crypto"), 20, "tx-crypto")
    time.sleep(0.2)
    t.eq(p.a.host.n_sent(), before, "frames sent while the cipher fails")
    t.eq(p.ka.counters()["tx-crypto"], 20, "tx-crypto of the key")
    param("mode", "sync")
    p.send(5)
    t.eq(len(p.got(5)), 5, "datagrams after")
    sns = [parse(f).sn for f in p.a.host.sent()]
    t.eq(len(set(sns)), len(sns), "SNs used once, failed ones not again")
    t.ge(sns[-1], 10, "last SN")
    # And at the receiver
    rx = p.b.counter("rx-packets")
    for i in range(20):
        f = p.ka.build(0x0A0B0C, codec.udp4("10.33.0.9", "255.255.255.255", payload(30),
                                            dport=4000), sn=i + 1)
        if i == 10:
            param("mode", mode)
        p.net.inject(f, p.b.host)
        time.sleep(0.005)
    t.wait_eq(lambda: p.b.counter("rx-crypto"), 10, "rx-crypto")
    t.eq(p.b.counter("rx-packets") - rx, 10, "rx-packets")
    p.clean()


@test
def wiped(t):
    """what the cipher left in a request is gone before its memory is used again"""
    p = Pair(t)
    for mode in ("sync", "async", "sync_error", "async_error", "sync"):
        param("mode", mode)
        p.send(20)
        t.wait_eq(lambda: param("pending"), "0", "requests that are not done")
        p.got(20, 0.5)
    t.ge(int(param("requests")), 140, "requests")
    t.eq(param("unwiped"), "0", "requests in the memory of one that was not wiped")


@test
def sync_errors(t):
    """errors at once"""
    failing(t, "sync_error", 0)


@test
def async_errors(t):
    """errors of the completion"""
    failing(t, "async_error", 0)


@test
def no_space(t):
    """a full queue without backlog, -ENOSPC"""
    failing(t, "no_space", 0)


@test
def error_in_the_middle(t):
    """of many asynchronous requests in flight, those that fail are missing, no others"""
    # The receiver's requests are counted too: they must come after all of these.
    p = Pair(t, "async_error", after=10, delay_ms=1000)
    p.send(20)
    param("delay_ms", 5)
    t.wait_eq(lambda: p.a.counter("tx-crypto"), 10, "tx-crypto")
    t.eq([struct.unpack(">I", parse(f).plain(p.ka.pgk)[-4:])[0] for f in p.a.host.sent()],
         list(range(10)), "datagrams sent, in order")
    param("delay_ms", 0)
    p.clean()


if __name__ == "__main__":
    main()
