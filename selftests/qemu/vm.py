# SPDX-License-Identifier: GPL-2.0
"""Boot a kernel with the module, the tools and the self-tests in QEMU.

Used by run (make check, make shell), by demo/run and by selftests/multiboot/*:

    guest = vm.Guest("6.12", out="out/demo", command="/demo/steps", disk=disk)
    guest.start()
    guest.wait_for(r"^@@READY", 60)
    guest.cut()                       # as if the power went
"""

import collections
import fcntl
import functools
import hashlib
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import tempfile
import threading
import time

import rootfs

TOP = pathlib.Path(__file__).resolve().parents[2]
CACHE = pathlib.Path(
    os.environ.get("PROSE_CACHE") or
    os.path.join(os.environ.get("XDG_CACHE_HOME") or
                 os.path.expanduser("~/.cache"), "prose"))
BUILD = CACHE / "build" / "{}-{}".format(
    TOP.name, hashlib.sha256(str(TOP).encode()).hexdigest()[:8])
CMDLINE = """panic=-1 oops=panic loglevel=5 log_buf_len=8M nokaslr
    mitigations=off audit=0 apparmor=0 cryptomgr.notests=1
    random.trust_cpu=on net.ifnames=0
    bonding.max_bonds=0 dummy.numdummies=0 ifb.numifbs=0 watchdog_thresh=60
    rcupdate.rcu_cpu_stall_timeout=120""".split()


# What a kernel begins with when it tells of its own death.
OOPS = re.compile(r"\] (BUG: |Oops|kernel BUG at |Kernel panic|general protection|"
                  r"Internal error|int3: |stack segment: |double fault)")


class Failure(Exception):
    """Something of the rig, not of a test, went wrong."""


Kernel = collections.namedtuple("Kernel", "name kver kdir vmlinuz moddir machine")
Machine = collections.namedtuple("Machine", "qemu options console triplet")
MACHINES = {
    # The older machine's interrupt routing is a program in ACPI's byte code,
    # which the debug kernel gives up on after 30 s.
    "amd64": Machine("qemu-system-x86_64", ["-machine", "q35", "-cpu", "max"],
                     "ttyS0", "x86_64-linux-gnu"),
    # "max" itself has pointer authentication that takes most of the time.
    "arm64": Machine("qemu-system-aarch64",
                     ["-machine", "virt", "-cpu", "max,pauth-impdef=on"],
                     "ttyAMA0", "aarch64-linux-gnu"),
}


def make_environment():
    """Ours without what "make check T=... V=1" left in it for sub-makes."""
    return {k: v for k, v in os.environ.items()
            if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MAKEOVERRIDES",
                         "ARCH", "CROSS_COMPILE", "KDIR", "BZIMAGE", "W", "C",
                         "V", "M", "K", "T", "O")}


def tool(command, log, **kwargs):
    """Run a command with its output in a log, shown only if it fails."""
    log = pathlib.Path(log)
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "wb") as file:
        code = subprocess.run(command, stdout=file, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL, check=False,
                              **kwargs).returncode
    if code:
        sys.stderr.write(log.read_text(errors="replace"))
        raise Failure(f"{shlex.join(map(str, command))} failed ({log})")


@functools.lru_cache(maxsize=None)
def kernel(name):
    """The kernel of that name (scripts/kernel), fetched or built if needed."""
    result = subprocess.run([TOP / "scripts/kernel", name], text=True,
                            stdout=subprocess.PIPE, check=False,
                            stdin=subprocess.DEVNULL)
    if result.returncode:
        raise Failure(f"no kernel {name}")
    values = dict(word.split("=", 1) for word in shlex.split(result.stdout))
    return Kernel(name, values["KVER"], values["KDIR"], values["VMLINUZ"],
                  values["MODDIR"], values.get("MACHINE", "amd64"))


@functools.lru_cache(maxsize=None)
def modules(name):
    """Build prose.ko, the test modules and samples; list the .ko files."""
    kern = kernel(name)
    where = BUILD / kern.kver
    if not (TOP / "prose/main.c").exists():
        return []
    env = dict(make_environment(), KDIR=kern.kdir, TESTS="1")
    if kern.machine != "amd64":
        env |= {"ARCH": kern.machine,
                "CROSS_COMPILE": f"{MACHINES[kern.machine].triplet}-"}
    tool([TOP / "scripts/build-module", where], f"{where}.log", env=env)
    return sorted(where.rglob("*.ko"))


def build_flags(machine):
    """For make and for a compiler, to build programs for that machine: the
    compiler, where headers are and where libraries."""
    if machine == "amd64":
        return "", [], []
    root, triplet = rootfs.foreign_root(machine), MACHINES[machine].triplet
    return (f"{triplet}-",
            ["-isystem", f"{root}/usr/include",
             "-isystem", f"{root}/usr/include/{triplet}"],
            [f"-L{root}/usr/lib/{triplet}"])


@functools.lru_cache(maxsize=None)
def programs(machine="amd64"):
    """Build tools and test helpers; list (file, path in the guest)."""
    result = []
    cross, headers, libraries = build_flags(machine)
    build = BUILD / machine if cross else BUILD
    flags = [f"CROSS_COMPILE={cross}", f"CPPFLAGS={' '.join(headers)}",
             f"LDFLAGS={' '.join(libraries)}"] if cross else []
    for directory in ("tools/prose", "tools/iproute2"):
        if (TOP / directory / "Makefile").exists():
            where = build / directory
            where.mkdir(parents=True, exist_ok=True)
            with open(where / ".lock", "w", encoding="ascii") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                tool(["make", "-s", "-C", TOP / directory, f"O={where}",
                      "TEST_HOOKS=1", *flags], f"{where}.log",
                     env=make_environment())
    for name in ("prose", "prose-testhooks"):
        if (build / "tools/prose" / name).exists():
            result.append((build / "tools/prose" / name, f"usr/sbin/{name}"))
    plugin = build / "tools/iproute2/link_prose.so"
    if plugin.exists():
        result.append((plugin, f"usr/lib/{MACHINES[machine].triplet}/ip/link_prose.so"))
    for source in sorted((TOP / "selftests/bin").glob("*.c")):
        target = build / "bin" / source.stem
        tool([f"{cross}gcc", *headers, *libraries, "-O2", "-g", "-Wall", "-Wextra", "-I", TOP / "include",
              "-I", TOP / "include/uapi", "-o", target, source,
              "-Wl,--as-needed", "-lmnl", "-lkeyutils", "-lpthread"],
             f"{target}.log")
        result.append((target, f"usr/bin/{source.stem}"))
    return result


def new_disk(path, megabytes=64):
    """Make a disk with an empty ext4 file system."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        file.truncate(megabytes << 20)
    subprocess.run(["/sbin/mkfs.ext4", "-q", "-F", path], check=True,
                   stdout=subprocess.DEVNULL)
    return path


@functools.lru_cache(maxsize=None)
def base(machine="amd64"):
    """The archive of what comes from Debian packages, and its key."""
    key, make = rootfs.base(machine)
    return rootfs.cached(CACHE / "rootfs" / f"base-{key}.cpio", make), key


@functools.lru_cache(maxsize=None)
def kernel_modules(name):
    """The kernel's own modules as a directory and as an archive, or None."""
    kern = kernel(name)
    if not kern.moddir or not os.path.exists(f"{kern.moddir}/modules.dep"):
        return None, None
    key = hashlib.sha256(" ".join(rootfs.MODULES).encode()).hexdigest()[:8]
    stage = CACHE / "rootfs" / f"modules-{kern.kver}-{key}"
    if not stage.exists():
        stage.parent.mkdir(parents=True, exist_ok=True)
        work = tempfile.mkdtemp(dir=stage.parent)
        rootfs.stage_modules(kern.moddir, work)
        try:
            os.rename(work, stage)
        except OSError:
            # Another run was faster.
            shutil.rmtree(work)
            if not stage.exists():
                raise
    return stage, rootfs.cached(
        f"{stage}.cpio",
        lambda path: rootfs.make_modules(stage, kern.kver, path))


def ready(name):
    """Have all that guests with that kernel share."""
    machine = kernel(name).machine
    needed = [MACHINES[machine].qemu]
    if machine != "amd64":
        needed.append(f"{MACHINES[machine].triplet}-gcc")
    for program in needed:
        if not shutil.which(program):
            raise Failure(f"there is no {program}; as root: scripts/deps {machine}")
    programs(machine)
    base(machine)
    kernel_modules(name)


def initramfs(kern, settings, extra, instead=()):
    """All the guest gets to see, as one temporary file."""
    replaced = {pathlib.Path(file).name for file in instead}
    ours = [file for file in modules(kern.name) if file.name not in replaced]
    stage, archive = kernel_modules(kern.name)
    parts = [base(kern.machine)[0]] + ([archive] if archive else [])
    work = tempfile.NamedTemporaryFile(prefix="prose-payload-", delete=False)
    work.close()
    payload = rootfs.Cpio(work.name)
    rootfs.add_modules(payload, kern.kver, stage, kern.moddir,
                       ours + [pathlib.Path(file) for file in instead])
    for file, name in programs(kern.machine):
        payload.copy(file, name)
        for library in rootfs.libraries(file) if kern.machine == "amd64" else ():
            payload.data(rootfs.merged(library),
                         pathlib.Path(library).read_bytes(), 0o755)
    payload.tree(TOP / "selftests", "selftests")
    spec = "Documentation/netlink/specs/prose.yaml"
    payload.copy(TOP / spec, spec)
    guide = "Documentation/field-guide.rst"
    payload.copy(TOP / guide, guide)
    for source, name in extra:
        if os.path.isdir(source):
            payload.tree(source, name)
        else:
            payload.copy(source, name)
    payload.copy(TOP / "selftests/qemu/init", "init")
    text = "".join(f"{k}={shlex.quote(str(v))}\n" for k, v in settings.items())
    payload.data("etc/prose-run", text.encode())
    payload.close()

    whole = tempfile.NamedTemporaryFile(prefix="prose-initrd-", delete=False)
    with whole:
        for part in parts + [work.name]:
            with open(part, "rb") as file:
                shutil.copyfileobj(file, whole, 1 << 20)
    os.unlink(work.name)
    return whole.name


def died_of_emulator(lines):
    """Whether these lines of a console tell of a death that is QEMU's fault.

    To switch a static key, Linux has a breakpoint in its own code for a moment.
    QEMU, with a thread for each CPU, can go on with it when it is gone, and the
    kernel dies of a breakpoint that nobody set. Code of ours is not excused."""
    for number, line in enumerate(lines):
        if re.search(r"\bint3: 0000 \[#1\]", line):
            where = [text for text in lines[number:number + 12] if "RIP: " in text]
            return bool(where) and "[prose" not in where[0]
    return False


def seconds_left():
    """Until no more test may begin (PROSE_DEADLINE, see .ci/run), or ""."""
    deadline = os.environ.get("PROSE_DEADLINE")
    return max(0, int(deadline) - int(time.time())) if deadline else ""


class Guest:
    """One boot.

    out      directory for console.log and what the guest leaves in /out
    mode     "tests", "command" or "shell" (see init)
    disk     image to mount as /persist; None: a fresh one
    extra    (host path, guest path) pairs to copy in, directories too
    qemu     more arguments for QEMU
    echo     called with every line of the console
    count    let the guest's clock count instructions: one CPU, and nothing
             that lets an instruction copy more than a word
    threads  "multi": emulate each CPU in a thread of its own; "single": in
             turn, slower, without the races that QEMU has between them
    modules  kernel modules to take in place of ours of the same name
    hold     a test that fails stops at a prompt (see interact())
    """

    def __init__(self, name="6.12", out="out/guest", mode="command",
                 command="", tests=(), timeout=None, disk=None, extra=(),
                 qemu=(), echo=None, load=True, append=(), count=False,
                 modules=(), hold=False, threads="multi"):
        self.kernel = kernel(name)
        self.debug = name.startswith("debug")
        self.out = pathlib.Path(out).absolute()
        self.mode = mode
        self.echo = echo
        self.timeout = timeout or (300 if self.debug else 120)
        self.settings = {
            "MODE": mode, "COMMAND": command, "TESTS": " ".join(tests),
            "TIMEOUT": self.timeout, "LOAD": "1" if load else "",
            "DEBUG_KERNEL": "1" if self.debug else "",
            "LEFT": "" if hold else seconds_left(),
            "HOLD": "1" if hold else "",
        }
        self.extra = extra
        self.more = list(qemu)
        self.append = list(append)
        self.disk = disk
        self.count = count
        self.modules = modules
        self.threads = threads
        self.lines = []
        self.news = threading.Condition()
        self.process = None
        self.ended = False
        self.dir = None
        self.initrd = None
        self.reader = None

    def arguments(self, console):
        results = self.dir / "results.img"
        with open(results, "wb") as file:
            file.truncate(2 << 30)
        disk = self.disk or new_disk(self.dir / "disk.img")
        drive = "if=none,format=raw,cache=unsafe,file="
        machine = MACHINES[self.kernel.machine]
        processors = ["-accel", f"tcg,thread={self.threads}", "-smp", "2"]
        if self.count:
            processors = ["-accel", "tcg", "-icount", "shift=0,sleep=off",
                          "-cpu", "max,-erms,-fsrm", "-smp", "1"]
        return [
            # No guest outlives who started it, however that ends.
            "setpriv", "--pdeathsig", "KILL", "--",
            machine.qemu, "-nodefaults", "-no-user-config",
            "-nographic", "-no-reboot", *machine.options, *processors,
            "-m", "2G" if self.debug else "1G",
            "-kernel", self.kernel.vmlinuz, "-initrd", self.initrd,
            "-append", " ".join([f"console={machine.console}", *CMDLINE,
                                 *self.append]),
            "-uuid", "5e1f7e57-50a3-4000-8000-000000000001",
            "-drive", f"id=results,{drive}{results}",
            "-device", "virtio-blk-pci,drive=results",
            # Not "unsafe": a power cut must not lose what was synced, and
            # QEMU's own page cache outlives it.
            "-drive", f"id=disk,if=none,format=raw,cache=writeback,file={disk}",
            "-device", "virtio-blk-pci,drive=disk",
            "-device", "virtio-rng-pci",
            "-qmp", f"unix:{self.dir}/qmp,server=on,wait=off",
            *console, *self.more,
        ]

    def _prepare(self):
        self.out.mkdir(parents=True, exist_ok=True)
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="prose-vm-"))
        self.initrd = initramfs(self.kernel, self.settings, self.extra,
                                self.modules)

    def start(self):
        self._prepare()
        self.process = subprocess.Popen(
            self.arguments(["-chardev", "stdio,id=con,signal=off",
                            "-serial", "chardev:con"]),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, start_new_session=True)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        return self

    def interact(self):
        """Give the console to whoever sits at the terminal."""
        self._prepare()
        code = subprocess.run(self.arguments(["-serial", "mon:stdio"]),
                              check=False).returncode
        self._collect()
        return code

    def _read(self):
        with open(self.out / "console.log", "ab", buffering=0) as log:
            for raw in self.process.stdout:
                log.write(raw)
                line = raw.decode(errors="replace").rstrip("\r\n")
                with self.news:
                    self.lines.append(line)
                    self.news.notify_all()
                if self.echo:
                    self.echo(line)
        self.process.wait()
        with self.news:
            self.ended = True
            self.news.notify_all()

    def follow(self, idle):
        """Yield the console's lines; stop when QEMU ends, or with a None
        when nothing came for as long as idle() says."""
        index = 0
        while True:
            with self.news:
                if index == len(self.lines) and not self.ended:
                    if not self.news.wait(idle()):
                        yield None
                        return
                if index == len(self.lines):
                    if self.ended:
                        return
                    continue
                line = self.lines[index]
            index += 1
            yield line

    def wait_for(self, pattern, timeout=120, after=0):
        """Wait for a line of the console that matches; give the match."""
        end = time.monotonic() + timeout
        index = after
        with self.news:
            while True:
                while index < len(self.lines):
                    match = re.search(pattern, self.lines[index])
                    if match:
                        return match
                    index += 1
                left = end - time.monotonic()
                if self.ended or left <= 0:
                    break
                self.news.wait(left)
        oops = [n for n, line in enumerate(self.lines) if OOPS.search(line)]
        shown = self.lines[oops[0]:][:60] if oops else self.lines[-25:]
        tail = "\n".join(shown)
        why = "QEMU ended" if self.ended else f"{timeout} s passed"
        raise Failure(f"{why} before the console said {pattern!r}:\n{tail}")

    def send(self, text):
        """Type something on the console."""
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    def qmp(self, command, **arguments):
        """One QMP command, its answer's "return"."""
        with socket.socket(socket.AF_UNIX) as sock:
            sock.settimeout(60)
            sock.connect(f"{self.dir}/qmp")
            file = sock.makefile("rw")
            file.readline()
            for request in ({"execute": "qmp_capabilities"},
                            {"execute": command, "arguments": arguments}):
                file.write(json.dumps(request) + "\n")
                file.flush()
                answer = {}
                while not {"return", "error"} & set(answer):
                    line = file.readline()
                    if not line:
                        raise ConnectionError(f"QEMU ended before it did {command}")
                    answer = json.loads(line)
                if "error" in answer:
                    raise Failure(f"{command}: {answer['error']}")
            return answer["return"]

    def cut(self):
        """The power goes."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.finish(10)

    def finish(self, timeout=120):
        """Wait for the end and collect what the guest left in /out; the
        status of a command, or None if the guest did not get that far."""
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.reader.join(10)
        self._collect()
        for line in reversed(self.lines):
            match = re.match(r"@@RESULT command (\d+) ", line)
            if match:
                return int(match.group(1))
        return None

    def _collect(self):
        if not self.dir:
            return
        results = self.dir / "results.img"
        end = 0
        with open(results, "r+b") as file:
            try:
                while True:
                    end = os.lseek(file.fileno(), os.lseek(
                        file.fileno(), end, os.SEEK_DATA), os.SEEK_HOLE)
            except OSError:
                pass
            file.truncate(end)
        if end:
            with tarfile.open(results, ignore_zeros=True) as archive:
                for member in archive:
                    member.name = member.name.lstrip("./")
                    if ".." in member.name.split("/"):
                        continue
                    if member.isdir() or member.isreg() or member.issym():
                        member.uid, member.gid = os.getuid(), os.getgid()
                        member.mode |= 0o600 if member.isreg() else 0o700
                        archive.extract(member, self.out)
        os.unlink(self.initrd)
        shutil.rmtree(self.dir)
        self.dir = None
