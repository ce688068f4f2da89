# SPDX-License-Identifier: GPL-2.0
"""Five devices on which the commands of the field guide are typed.

A device is a network namespace with a mount namespace: its own /etc/prose and
/var/lib/prose, the latter on a disk. What it shares with the others is the kernel:
clock and module are one, so all see a wrong clock, and all reboot together."""

import re
import select
import shutil
import subprocess

import guide
from prose_test import *
from prose_test.tap import T

DISK = "/persist/guide"
PATIENCE = 60
# What only looks may have to look twice: the module acts within a second.
LOOKS = re.compile(r"prose (.* )?show\b")

# Programs that something else answers for, as functions of the shell. Why is in
# the guide's last table, which must name the same ones.
STAND_INS = {
    # As debian/prose-tools.postinst does.
    "apt-get": "prose ledger init",
    "iw": ":",
    "scp": 'cp -p "$2" "$WORLD/${3%%:*}${3#*:}"',
    "systemctl": r"""
        case "$*" in
        "enable --now prose-agent") echo agent >> "$HOME/enabled"; unit agent ;;
        "enable prose@fire") echo up >> "$HOME/enabled" ;;
        *) echo "no stand-in for systemctl $*"; false ;;
        esac""",
    "reboot": 'touch "$HOME/reboot"',
    # In hundredths of a second, and never behind what was: a second lost to
    # rounding would be a clock before the ledger's last write.
    "chronyc": r"""
        now=$(($(cut -d " " -f 1 /proc/uptime | tr -d .) + $(cat "$WORLD/clock")))
        date -s "@${now%??}.${now#"${now%??}"}" """,
}

# What the units run; the agent until it is killed.
UNITS = r"""
unit() {
    case $1 in
    agent)
        # With the rights that tools/prose/prose-agent.service leaves it.
        setpriv --bounding-set=-all,+net_admin --inh-caps=-all --no-new-privs \
            prose agent >> "$HOME/agent.log" 2>&1 &
        echo $! > "$HOME/agent.pid" ;;
    up) prose up fire ;;
    esac
}
start() {
    while read -r unit; do unit "$unit" || return; done < "$HOME/enabled"
}
"""


class Shell:
    """The prompt of a device."""

    def __init__(self, name, host):
        self.name, self.n = name, 0
        self.home = f"{DISK}/{name}"
        for d in ("etc/prose", "var/lib/prose", "root"):
            os.makedirs(f"{self.home}/{d}", mode=0o700)
        self.p = subprocess.Popen(
            ["nsenter", f"--net={ns.path(host.ns)}", "unshare", "-m", "bash", "--norc"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=dict(os.environ, HOME=f"{self.home}/root", WORLD=DISK, TZ="UTC"))
        functions = "".join(f"{name}() {{ {body}\n}}\n" for name, body in STAND_INS.items())
        self.type(f"{UNITS}{functions}mount -t sysfs sys /sys &&"
                  f"mount --bind {self.home}/etc/prose /etc/prose &&"
                  f"mount --bind {self.home}/var/lib/prose /var/lib/prose && cd")
        code, out = self.answer()
        if code:
            raise Failed(f"{name}: {out}")

    def type(self, text):
        """Sourced, so that it is no input of what it runs, and variables stay."""
        self.n += 1
        script = f"{self.home}/{self.n}.sh"
        with open(script, "w", encoding="utf-8") as f:
            f.write(text + "\n")
        self.p.stdin.write(f". {script} < /dev/null; echo \"@@{self.n} $?\"\n".encode())
        self.p.stdin.flush()

    def answer(self):
        """Exit status and output."""
        out, end = "", time.monotonic() + PATIENCE
        while True:
            m = re.search(rf"@@{self.n} (\d+)\n", out)
            if m:
                return int(m[1]), out[:m.start()]
            left = end - time.monotonic()
            if left < 0 or not select.select([self.p.stdout], [], [], left)[0]:
                return None, out + f"(nothing more in {PATIENCE} s)"
            got = os.read(self.p.stdout.fileno(), 65536)
            if not got:
                return None, out + "(the shell ended)"
            out += got.decode(errors="replace")

    def __call__(self, text):
        self.type(text)
        return self.answer()

    def close(self):
        self.p.kill()
        self.p.wait()


class World:
    """Five devices and the time of day."""

    def __init__(self):
        self.t = T("world")
        self.started = time.time() - time.monotonic()
        self.t.defer(self.set_clock, None)
        # Another world was there before, in the same boot.
        shutil.rmtree(DISK, ignore_errors=True)
        self.t.defer(shutil.rmtree, DISK, ignore_errors=True)
        self.net = Net(self.t, len(guide.DEVICES), record=False)
        os.makedirs("/etc/prose", exist_ok=True)
        self.keep_time()
        self.shells = {}
        for name, host in zip(guide.DEVICES, self.net.m):
            batch("link set low down", "link set low name wlan0", ns=host.ns)
            host.low = "wlan0"
            self.shells[name] = Shell(name, host)
            self.t.defer(self.shells[name].close)
        self.broken = None

    def keep_time(self):
        """What a time server would say from now on."""
        os.makedirs(DISK, exist_ok=True)
        with open(f"{DISK}/clock", "w", encoding="ascii") as f:
            booted = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
            f.write(str(int(100 * booted) + 2))

    def set_clock(self, when):
        now = self.started + time.monotonic() if when is None else \
            int(run("date", "-u", "-d", when, "+%s").stdout)
        time.clock_settime(time.CLOCK_REALTIME, now)

    def stage(self, stage):
        """clock: time passes; wrong-clock: it does not; type: what is not shown."""
        if stage.what == "type":
            name, *words = stage.args
            self.play(self.t, guide.Command(stage.line, (name,), " ".join(words)))
            return
        if stage.what not in ("clock", "wrong-clock"):
            raise Failed(f"line {stage.line}: nobody knows how to {stage.what}")
        self.set_clock(" ".join(stage.args))
        if stage.what == "clock":
            self.keep_time()

    def reboot(self):
        """Those who asked for it, and since there is one kernel, it is taken from all."""
        for s in self.shells.values():
            s('[ ! -e "$HOME/agent.pid" ] || kill -9 $(cat "$HOME/agent.pid")')
        run("rmmod", "prose")
        run("modprobe", "prose")
        for s in self.shells.values():
            marker = f"{s.home}/root/reboot"
            if os.path.exists(marker):
                os.unlink(marker)
                code, out = s("start")
                if code:
                    raise Failed(f"{s.name} does not start: {out}")

    def play(self, t, command):
        shells = [self.shells[d] for d in command.devices]
        for s in shells:
            s.type(command.text)
        for s, (code, out) in [(s, s.answer()) for s in shells]:
            end = time.monotonic() + 15
            while LOOKS.match(command.text) and not command.matches(out) and \
                    time.monotonic() < end:
                time.sleep(0.5)
                code, out = s(command.text)
            what = f"field-guide.rst:{command.line}: {s.name}# {command.text}\n{out}"
            refused = any(x.startswith("Error") for x in (command.prints or "").splitlines())
            t.ok((code != 0) == refused, f"{what}\n  exit status {code}")
            t.ok(command.matches(out), f"{what}\n  expected:\n{command.prints}")
        if command.text == "reboot":
            self.reboot()


def one_kernel():
    """Skip where the guide is not played."""
    if not os.path.isdir("/selftests"):
        skip("it sets the clock and unloads the module: only in the guest")
    if os.uname().release.startswith("6.1.") or os.environ.get("PROSE_DEBUG_KERNEL"):
        skip("the guide is the same on every kernel; one has to do, it takes long")


def pages(*titles):
    """Tests of these pages. The first makes the devices, each of the others begins
    where it ended, and leaves that, but for the last."""
    found = guide.pages()
    played = []

    def page(title):
        def play(t):
            one_kernel()
            if not played:
                played.append(World())
            world = played[0]
            t.nets.append(world.net)
            t.ok(not world.broken, f"the page before went wrong: {world.broken}")
            world.broken = title
            for item in found[title]:
                if isinstance(item, guide.Stage):
                    world.stage(item)
                else:
                    world.play(t, item)
            world.broken = None

        play.__name__ = re.sub(r"\W+", "_", title.lower())
        play.__doc__ = f"the guide's page \"{title}\", command by command"
        play.__module__ = "__main__"
        test(play)

    for title in titles:
        page(title)
    try:
        main()
    finally:
        for world in played:
            world.t.close()
