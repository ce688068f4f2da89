# SPDX-License-Identifier: GPL-2.0
"""Boot a kernel with the module, the tools and the self-tests in QEMU.

Used by run (make check, make shell), by demo/run and by selftests/multiboot/*:

    guest = vm.Guest("6.12", out="out/demo", command="/demo/steps", disk=disk)
    guest.start()
    guest.wait_for(r"^@@READY", 60)
    guest.cut()                       # as if the power went
"""

import collections
import contextlib
import fcntl
import functools
import hashlib
import io
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
# Octets of the disk with the payload; those of the other two are in arguments().
# A saved guest has seen them, and may not find others.
PAYLOAD = 256 << 20
RESULTS = 2 << 30
DISK = 64 << 20
# Seconds after which a test counts as hanging. It is no measure of what a test may
# take: on a busy machine that is ten times what it takes alone.
HANGS = 900
# Kernels that look for bugs: slow, and in need of memory.
BUILT_HERE = ("debug", "kcsan")
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


Kernel = collections.namedtuple("Kernel", "name kver kdir vmlinuz moddir machine release")
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
                  values["MODDIR"], values.get("MACHINE", "amd64"),
                  values.get("RELEASE", ""))


@functools.lru_cache(maxsize=None)
def modules(name):
    """Build prose.ko, the test modules and samples; list the .ko files."""
    kern = kernel(name)
    where = BUILD / kern.kver
    if not (TOP / "prose/main.c").exists():
        return []
    env = dict(make_environment(), KDIR=kern.kdir, RELEASE=kern.release, TESTS="1")
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
    there = root / "usr/lib" / triplet
    # Of the packages' libraries all but libc, which the cross compiler has: the one
    # there names files by where they would be on that machine.
    ours = BUILD / machine / "libraries"
    ours.mkdir(parents=True, exist_ok=True)
    for library in there.glob("lib*.so"):
        link = ours / library.name
        # A link's target can be an absolute path of that machine.
        if library.is_symlink() and not link.is_symlink():
            link.symlink_to(there / pathlib.Path(os.readlink(library)).name)
    return (f"{triplet}-",
            ["-isystem", f"{root}/usr/include",
             "-isystem", f"{root}/usr/include/{triplet}"],
            [f"-L{ours}", f"-Wl,-rpath-link,{there}"])


@functools.lru_cache(maxsize=None)
def programs(machine="amd64"):
    """Build tools and test helpers; list (file, path in the guest)."""
    result = []
    cross, headers, libraries = build_flags(machine)
    build = BUILD / machine if cross else BUILD
    flags = [f"CROSS_COMPILE={cross}", f"CPPFLAGS={' '.join(headers)}",
             f"LDFLAGS={' '.join(libraries)}"] if cross else []
    for directory in ("tools/prose", "tools/pkmf", "tools/iproute2"):
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
    manager = build / "tools/pkmf/prose-pkmf"
    if manager.exists():
        result.append((manager, "usr/sbin/prose-pkmf"))
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


def new_disk(path, octets=DISK):
    """Make a disk with an empty ext4 file system."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        file.truncate(octets)
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
    key = hashlib.sha256(pathlib.Path(rootfs.__file__).read_bytes()).hexdigest()[:8]
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
        lambda path: rootfs.make_modules(stage, kern.kver, kern.moddir, path))


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


@functools.lru_cache(maxsize=None)
def initrd(name):
    """What a guest boots with: packages, the kernel's modules, init. It is the
    same for all guests with that kernel, whatever they then do."""
    kern = kernel(name)
    tree = kernel_modules(name)[1]
    parts = [base(kern.machine)[0]] + ([tree] if tree else [])
    init = TOP / "selftests/qemu/init"
    key = hashlib.sha256("".join(map(str, parts)).encode() + init.read_bytes())

    def make(path):
        archive = rootfs.Cpio(path)
        archive.copy(init, "init")
        archive.close()
        with open(path, "ab") as whole:
            for part in parts:
                with open(part, "rb") as file:
                    shutil.copyfileobj(file, whole, 1 << 20)

    where = CACHE / f"rootfs/boot-{kern.kver}-{key.hexdigest()[:12]}.cpio"
    return rootfs.cached(where, make)


def payload(kern, settings, extra, instead, path):
    """All of this tree that a guest gets to see: the disk that init unpacks."""
    replaced = {pathlib.Path(file).name for file in instead}
    ours = [file for file in modules(kern.name) if file.name not in replaced]
    archive = rootfs.Tar(path)
    rootfs.add_modules(archive, kern.kver, kernel_modules(kern.name)[0], kern.moddir,
                       ours + [pathlib.Path(file) for file in instead])
    for file, name in programs(kern.machine):
        archive.copy(file, name)
        for library in rootfs.libraries(file) if kern.machine == "amd64" else ():
            archive.data(rootfs.merged(library),
                         pathlib.Path(library).read_bytes(), 0o755)
    archive.tree(TOP / "selftests", "selftests")
    for name in ("Documentation/netlink/specs/prose.yaml", "Documentation/lab-guide.rst",
                 "Documentation/field-guide.rst"):
        archive.copy(TOP / name, name)
    for source, name in extra:
        if os.path.isdir(source):
            archive.tree(source, name)
        else:
            archive.copy(source, name)
    text = "".join(f"{k}={shlex.quote(str(v))}\n" for k, v in settings.items())
    archive.data("etc/prose-run", text.encode())
    archive.close()
    os.truncate(path, PAYLOAD)


class Guest:
    """One boot.

    out      directory for console.log and what the guest leaves in /out
    mode     "tests", "command" or "shell" (see selftests/qemu/guest)
    disk     image to mount as /persist; None: a fresh one
    extra    (host path, guest path) pairs to copy in, directories too
    qemu     more arguments for QEMU
    echo     called with every line of the console
    count    let the guest's clock count instructions: one CPU, and nothing
             that lets an instruction copy more than a word
    cpus     how many. More than one are emulated in turn by one thread: with a
             thread for each, QEMU was seen to go on with a breakpoint of the
             kernel that was gone, and to have a task run on another's stack
    parallel a thread for each all the same, to measure what they cost one another
    modules  kernel modules to take in place of ours of the same name
    console  the name there of what the console says
    hold     a test that fails stops at a prompt (see interact())
    """

    def __init__(self, name="6.12", out="out/guest", mode="command",
                 command="", tests=(), timeout=None, disk=None, extra=(),
                 qemu=(), echo=None, load=True, append=(), count=False,
                 modules=(), hold=False, cpus=1, parallel=False,
                 console="console.log"):
        self.kernel = kernel(name)
        self.debug = name.startswith(BUILT_HERE)
        self.out = pathlib.Path(out).absolute()
        self.mode = mode
        self.echo = echo
        self.timeout = timeout or HANGS
        self.settings = {
            "MODE": mode, "COMMAND": command, "TESTS": " ".join(tests),
            "TIMEOUT": self.timeout, "LOAD": "1" if load else "",
            "DEBUG_KERNEL": name if self.debug else "",
            "HOLD": "1" if hold else "",
        }
        self.extra = extra
        self.more = list(qemu)
        self.append = list(append)
        self.disk = disk
        self.count = count
        self.modules = modules
        self.cpus = cpus
        self.parallel = parallel
        self.console = self.out / console
        self.taken = 0
        self.lines = []
        self.news = threading.Condition()
        self.process = None
        self.ended = False
        self.dir = None
        self.reader = None

    def initrd(self):
        """What it boots with."""
        return initrd(self.kernel.name)

    def memory(self):
        """Octets of it, in QEMU's words."""
        return "2G" if self.debug else "1G"

    def machine(self):
        """What makes the machine, whatever is on its disks."""
        machine = MACHINES[self.kernel.machine]
        threads = "multi" if self.parallel else "single"
        processors = ["-accel", f"tcg,thread={threads}", "-smp", str(self.cpus)]
        if self.count:
            processors = ["-accel", "tcg", "-icount", "shift=0,sleep=off",
                          "-cpu", "max,-erms,-fsrm", "-smp", "1"]
        return [
            machine.qemu, "-nodefaults", "-no-user-config",
            "-nographic", "-no-reboot", *machine.options, *processors,
            "-m", self.memory(),
            "-kernel", str(self.kernel.vmlinuz), "-initrd", str(self.initrd()),
            "-append", " ".join([f"console={machine.console}", *CMDLINE,
                                 *self.append]),
            "-uuid", "5e1f7e57-50a3-4000-8000-000000000001",
        ]

    def disks(self):
        """Results, the disk that is kept, the payload: vda, vdb, vdc."""
        with open(self.dir / "results", "wb") as file:
            file.truncate(RESULTS)
        payload(self.kernel, self.settings, self.extra, self.modules,
                self.dir / "payload")
        drive = "if=none,format=raw,cache="
        disk = self.disk or new_disk(self.dir / "disk")
        # Not "unsafe" for the one that is kept: a power cut must not lose what was
        # synced, and QEMU's own page cache outlives it.
        files = {"results": f"unsafe,file={self.dir}/results",
                 "disk": f"writeback,file={disk}",
                 "payload": f"unsafe,file={self.dir}/payload"}
        for name, rest in files.items():
            yield from ("-drive", f"id={name},{drive}{rest}",
                        "-device", f"virtio-blk-pci,drive={name}")

    def arguments(self, console):
        return [
            # No guest outlives who started it, however that ends.
            "setpriv", "--pdeathsig", "KILL", "--",
            *self.machine(), *self.disks(), "-device", "virtio-rng-pci",
            "-qmp", f"unix:{self.dir}/qmp,server=on,wait=off",
            *console, *self.more,
        ]

    def _prepare(self):
        self.out.mkdir(parents=True, exist_ok=True)
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="prose-vm-"))

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
        self.close()
        return code

    def _read(self):
        with open(self.console, "ab", buffering=0) as log:
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

    def reaches(self, command, wanted, seconds=120):
        """Wait until QEMU answers that command with one of these as "status"; the
        status then, or at the end of that time or of QEMU."""
        end = time.monotonic() + seconds
        while True:
            status = None
            # QEMU may not have come up yet, or have ended.
            with contextlib.suppress(OSError):
                status = self.qmp(command).get("status")
            if status in wanted or self.ended or time.monotonic() > end:
                return status
            time.sleep(0.05)

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
        self.close()
        for line in reversed(self.lines):
            match = re.match(r"@@RESULT command (\d+) ", line)
            if match:
                return int(match.group(1))
        return None

    def cpu_seconds(self):
        """What it has cost this machine until now."""
        try:
            with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
                fields = file.read().rsplit(")", 1)[1].split()
        except OSError:
            return 0
        user, system = 11, 12
        return (int(fields[user]) + int(fields[system])) / os.sysconf("SC_CLK_TCK")

    def collect(self, blocks=0):
        """Take over what the guest has written of /out since the last time; it
        told that so many blocks are written by now."""
        with open(self.dir / "results", "rb") as file:
            end = self.taken
            try:
                while True:
                    end = os.lseek(file.fileno(), os.lseek(
                        file.fileno(), end, os.SEEK_DATA), os.SEEK_HOLE)
            except OSError:
                pass
            file.seek(self.taken)
            new = file.read(end - self.taken)
        if not new:
            return
        with tarfile.open(fileobj=io.BytesIO(new), ignore_zeros=True) as archive:
            for member in archive:
                # An archive is not whole yet, or is followed by another.
                block = tarfile.BLOCKSIZE
                size = -(-member.size // block) * block
                if member.offset_data + size > len(new):
                    break
                member.name = member.name.lstrip("./")
                if ".." in member.name.split("/"):
                    continue
                if member.isdir() or member.isreg() or member.issym():
                    member.uid, member.gid = os.getuid(), os.getgid()
                    member.mode |= 0o600 if member.isreg() else 0o700
                    archive.extract(member, self.out)
        self.taken = blocks * tarfile.BLOCKSIZE

    def close(self):
        """Take over the rest, and leave nothing."""
        if self.dir:
            self.collect()
            shutil.rmtree(self.dir)
            self.dir = None
