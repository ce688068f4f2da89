# SPDX-License-Identifier: GPL-2.0
"""TAP: test functions, each isolated, with what was expected and seen."""

import os
import signal
import subprocess
import sys
import time
import traceback

KSFT_PASS, KSFT_FAIL, KSFT_SKIP = 0, 1, 4
# What is waited for comes, but not as soon on a machine that is busy: times three.
PATIENCE = 3
NAME = os.path.splitext(os.path.basename(sys.argv[0] or "test"))[0]
OUT = os.environ.get("OUT") or f"/tmp/prose-out/{NAME}"
BAD_KERNEL = ("WARNING:", "BUG:", "KASAN", "UBSAN", "Oops", "general protection",
              "refcount_t:", "INFO: task", "possible recursive locking",
              "possible circular locking", "inconsistent lock state",
              "sleeping function called", "unregister_netdevice: waiting",
              "soft lockup", "RCU Stall", "rcu_sched", "list_add corruption",
              "suspicious RCU", "stack-out-of-bounds", "kernel NULL pointer",
              "Call Trace:", "ODEBUG", "DEBUG_LOCKS_WARN_ON")


# KCSAN reports races of the kernel too; the guest looks for ours (qemu/guest).
RACES = os.environ.get("PROSE_DEBUG_KERNEL") == "kcsan"


class Failed(Exception):
    pass


class Skipped(Exception):
    pass


_tests = []


def test(fn):
    """Decorator: this function is one TAP line, of the file that is run."""
    if fn.__module__ == "__main__":
        _tests.append(fn)
    return fn


def skip(why):
    raise Skipped(why)


class T:
    """What a test function gets: checks and clean-up."""

    def __init__(self, name):
        self.name = name
        self.cleanups = []
        self.nets = []

    def defer(self, fn, *args, **kw):
        self.cleanups.append((fn, args, kw))

    def close(self):
        errors = []
        while self.cleanups:
            fn, args, kw = self.cleanups.pop()
            try:
                fn(*args, **kw)
            except Exception:    # all others must still run
                errors.append(traceback.format_exc())
        return errors

    @staticmethod
    def log(text):
        for line in str(text).rstrip().splitlines():
            print(f"# {line}", flush=True)

    def ok(self, cond, what):
        if not cond:
            raise Failed(what)

    def eq(self, saw, expected, what):
        if saw != expected:
            raise Failed(f"{what}\n  expected: {show(expected)}\n  saw:      {show(saw)}")

    def ge(self, saw, least, what):
        if not saw >= least:
            raise Failed(f"{what}\n  expected: at least {show(least)}\n  saw:      {show(saw)}")

    def le(self, saw, most, what):
        if not saw <= most:
            raise Failed(f"{what}\n  expected: at most {show(most)}\n  saw:      {show(saw)}")

    def wait(self, fn, what, timeout=10.0, step=0.05):
        """Until fn() gives something true; that is returned."""
        end = time.monotonic() + timeout * PATIENCE
        while True:
            v = fn()
            if v:
                return v
            if time.monotonic() > end:
                raise Failed(f"{what}\n  expected: within {timeout * PATIENCE:g} s\n  saw:      {show(v)}")
            time.sleep(step)

    def wait_eq(self, fn, expected, what, timeout=10.0):
        end = time.monotonic() + timeout * PATIENCE
        while True:
            v = fn()
            if v == expected:
                return
            if time.monotonic() > end:
                self.eq(v, expected, what)
            time.sleep(0.05)

    def refused(self, fn, err, what, *, says=None, attr=None):
        """fn() must be refused by netlink, with this errno (None: any) and a text,
        or the attribute that is missing told."""
        import errno
        from .nl import NlError
        try:
            fn()
        except NlError as e:
            name = errno.errorcode.get(e.errno, e.errno)
            want = [errno.errorcode[x] for x in (err if isinstance(err, tuple) else (err,))
                    if x is not None]
            if want and name not in want:
                raise Failed(f"{what}\n  expected: {'|'.join(want)}\n  saw:      {e}") from None
            if not e.msg and e.miss is None and says is not False:
                raise Failed(f"{what}\n  expected: an extack text\n  saw:      {name} without one") from None
            if says and says.lower() not in e.msg.lower():
                raise Failed(f"{what}\n  expected: a text with '{says}'\n  saw:      {e}") from None
            if attr is not None and attr not in (e.attr, e.miss):
                raise Failed(f"{what}\n  expected: the attribute {attr} named\n  saw:      {e}") from None
            return e
        raise Failed(f"{what}\n  expected: refused\n  saw:      accepted")


def show(v):
    if isinstance(v, (bytes, bytearray)):
        return v.hex()
    return repr(v) if isinstance(v, str) else str(v)


class KernelLog:
    """What the kernel says while a test runs."""

    def __init__(self):
        self.fd = None
        try:
            self.fd = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
            os.lseek(self.fd, 0, os.SEEK_END)
        except OSError:
            pass
        self.lines = []

    def new(self):
        got = []
        while self.fd is not None:
            try:
                rec = os.read(self.fd, 8192).decode(errors="replace")
            except BlockingIOError:
                break
            except BrokenPipeError:    # overwritten meanwhile
                continue
            except OSError:
                break
            got.append(rec.split(";", 1)[-1].splitlines()[0])
        self.lines = (self.lines + got)[-300:]
        return got


def hold(t, name):
    """Stop at a prompt, with all that the test made still there."""
    print(f"@@HOLD {NAME} {name}")
    for n in t.nets:
        print(f"# namespaces: {' '.join(n.namespaces())}")
    print(f"# {name} has failed, and nothing of it is taken away yet:\n"
          "#   ip netns exec NAMESPACE COMMAND, prose -n NAMESPACE show\n"
          "# exit goes on, poweroff -f ends", flush=True)
    with open("/dev/console", "r+b", buffering=0) as console:
        subprocess.run(["setsid", "-c", "bash", "-i"], stdin=console, stdout=console,
                       stderr=console, check=False)


def save(t, name):
    """Leave what helps to understand a failure."""
    from .ns import run
    from . import net
    where = os.path.join(OUT, name)
    os.makedirs(where, exist_ok=True)
    for n in t.nets:
        for ns in n.namespaces():
            for file, cmd in ((f"{ns}-prose.json", [net.PROSE, "-j", "show"]),
                              (f"{ns}-link.txt", ["ip", "-d", "-s", "addr"]),
                              (f"{ns}-neigh.txt", ["ip", "neigh"])):
                try:
                    p = run(*cmd, ns=ns, check=False, timeout=10)
                    with open(os.path.join(where, file), "w", encoding="utf-8") as f:
                        f.write(p.stdout + p.stderr)
                except Exception as e:  # the test has failed already
                    T.log(f"cannot save {file}: {e}")
        for line in n.state()[:30]:
            T.log(line)
    p = run("dmesg", check=False)
    with open(os.path.join(where, "dmesg.txt"), "w", encoding="utf-8") as f:
        f.write(p.stdout[-60000:])
    T.log(f"left in {where}")


def main():
    """Run all tests of the file; exit as kselftest wants it."""
    from . import net
    only = sys.argv[1:]
    tests = [f for f in _tests if not only or f.__name__ in only]
    print("TAP version 13")
    print(f"1..{len(tests)}", flush=True)
    why = net.missing()
    failed = skipped = 0
    klog = KernelLog()
    limit = int(os.environ.get("PROSE_TEST_LIMIT", "0"))

    def on_alarm(*_):
        raise Failed(f"the test did not end within {limit} s")

    signal.signal(signal.SIGALRM, on_alarm)
    for i, fn in enumerate(tests, 1):
        name = fn.__name__
        desc = f"{name} - {(fn.__doc__ or '').strip().splitlines()[0] if fn.__doc__ else ''}".rstrip(" -")
        t = T(name)
        verdict, reason = "ok", ""
        klog.new()
        start = time.monotonic()
        if limit:
            signal.alarm(limit)
        try:
            if why:
                raise Skipped(why)
            fn(t)
        except Skipped as e:
            verdict, reason = "ok", f" # SKIP {e}"
            skipped += 1
        except Exception as e:
            verdict = "not ok"
            signal.alarm(0)
            if isinstance(e, Failed):
                where = traceback.extract_tb(e.__traceback__)
                at = [f for f in where if not f.filename.endswith("tap.py")]
                T.log(str(e))
                if at:
                    T.log(f"  at {os.path.basename(at[-1].filename)}:{at[-1].lineno}: {at[-1].line}")
            else:
                T.log(traceback.format_exc())
            save(t, name)
            if os.environ.get("PROSE_HOLD"):
                hold(t, name)
        signal.alarm(0)
        errors = t.close()
        for e in errors:
            T.log(f"clean-up: {e}")
            if verdict == "ok" and not reason:
                verdict = "not ok"
        bad = [x for x in klog.new() if any(b in x for b in BAD_KERNEL) and not RACES]
        if bad:
            verdict, reason = "not ok", ""
            T.log("the kernel said:\n" + "\n".join(klog.lines[-60:]))
        if verdict != "ok":
            failed += 1
            T.log(f"rerun: make check T={NAME}")
        took = time.monotonic() - start
        print(f"{verdict} {i} {desc}{reason}", flush=True)
        T.log(f"{took:.1f} s")
    if failed:
        sys.exit(KSFT_FAIL)
    sys.exit(KSFT_SKIP if skipped == len(tests) else KSFT_PASS)
