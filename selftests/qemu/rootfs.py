# SPDX-License-Identifier: GPL-2.0
"""The guest's root file system: initramfs archives made from the files of
installed Debian packages, of a kernel's module directory, and of this tree.

The kernel unpacks concatenated archives one after the other, so that what
seldom changes (packages, kernel modules) is made once and kept in the cache.
Nothing is compressed: under emulation that would cost more than it saves.
"""

import functools
import hashlib
import io
import lzma
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import tarfile
import tempfile

def host_release():
    """The code name of the release of Debian that this machine has."""
    with open("/etc/os-release", encoding="utf-8") as file:
        return re.search(r"^VERSION_CODENAME=(\w+)$", file.read(), re.M)[1]


# The release's Python is what runs this.
PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"
PACKAGES = f"""
    base-files bash busybox-static coreutils dash diffutils ethtool findutils
    grep hostapd iproute2 iputils-ping iw keyutils kmod libc-bin mawk
    {"libssl3 libtss2-tcti-device0" if host_release() == "bookworm" else
     "libssl3t64 libtss2-tcti-device0t64"}
    ncurses-base procps python3-cffi-backend python3-cryptography
    python3-minimal python3-yaml
    lib{PYTHON}-minimal lib{PYTHON}-stdlib mount {PYTHON}-minimal sed tar
    tcpdump util-linux e2fsprogs
""".split()

# To build the tools for another machine with.
DEVELOPMENT = ["libkeyutils-dev", "libmnl-dev", "libsqlite3-dev", "libssl-dev", "libtss2-dev"]

# Of the packages of another machine and all they depend on, what no test needs.
UNWANTED_THERE = ("usr/include", "usr/share", "usr/lib/aarch64-linux-gnu/gconv",
                  "usr/lib/aarch64-linux-gnu/perl-base", "usr/lib/apt",
                  "usr/lib/systemd", f"usr/lib/{PYTHON}/lib2to3",
                  f"usr/lib/{PYTHON}/pydoc_data", f"usr/lib/{PYTHON}/ensurepip",
                  "usr/bin/perl", "usr/bin/apt", "boot", "home", "var", "etc/cron")

# Of a package, what no test needs.
UNWANTED = ("/usr/share/doc", "/usr/share/man", "/usr/share/locale",
            "/usr/share/lintian", "/usr/share/bash-completion", "/etc/cron",
            f"/usr/lib/{PYTHON}/lib2to3", f"/usr/lib/{PYTHON}/pydoc_data",
            "/usr/share/gdb", f"/usr/lib/{PYTHON}/ensurepip", "/lib/systemd",
            "/etc/apparmor.d", "/usr/share/gcc", "/usr/share/info")

# Of the kernel, what a test may need, with whatever that depends on.
MODULES = """
    kernel/net/8021q kernel/net/802 kernel/net/bridge kernel/net/core
    kernel/net/ipv4 kernel/net/ipv6 kernel/net/key kernel/net/llc
    kernel/net/mac80211 kernel/net/macsec kernel/net/netfilter
    kernel/net/netlink kernel/net/openvswitch kernel/net/packet
    kernel/net/rfkill kernel/net/sched kernel/net/tls kernel/net/unix
    kernel/net/wireless kernel/net/xfrm kernel/crypto kernel/arch/x86/crypto
    kernel/arch/arm64/crypto kernel/lib kernel/drivers/net/bonding kernel/drivers/net/ipvlan
    kernel/drivers/net/team kernel/drivers/net/dummy kernel/drivers/net/ifb
    kernel/drivers/net/macsec kernel/drivers/net/macvlan
    kernel/drivers/net/macvtap kernel/drivers/net/netconsole
    kernel/drivers/net/nlmon kernel/drivers/net/tap kernel/drivers/net/tun
    kernel/drivers/net/veth kernel/drivers/net/vrf
    kernel/drivers/net/wireguard kernel/drivers/net/virtio_net
    kernel/drivers/net/wireless/mac80211_hwsim
    kernel/drivers/net/wireless/virtual kernel/drivers/block/loop
    kernel/drivers/block/virtio_blk kernel/drivers/virtio
    kernel/drivers/char/hw_random kernel/drivers/char/virtio_console
    kernel/drivers/virt/vmgenid kernel/fs/ext4 kernel/fs/jbd2
    kernel/fs/mbcache kernel/fs/overlayfs kernel/fs/configfs
""".split()


class Cpio:
    """A writer of the "newc" format."""

    def __init__(self, path):
        self.file = open(path, "wb")
        self.seen = set()
        self.ino = 0

    def _entry(self, name, mode, data):
        self.ino += 1
        encoded = name.encode() + b"\0"
        fields = (self.ino, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0,
                  len(encoded), 0)
        head = b"070701" + b"".join(b"%08X" % f for f in fields) + encoded
        self.file.write(head + b"\0" * (-len(head) % 4))
        self.file.write(data)
        self.file.write(b"\0" * (-len(data) % 4))

    def _parents(self, name):
        parent = os.path.dirname(name)
        if parent and parent not in self.seen:
            self.directory(parent)

    def directory(self, name):
        name = name.strip("/")
        if not name or name in self.seen:
            return
        self._parents(name)
        self.seen.add(name)
        self._entry(name, stat.S_IFDIR | 0o755, b"")

    def data(self, name, data, mode=0o644):
        name = name.strip("/")
        if name in self.seen:
            return
        self._parents(name)
        self.seen.add(name)
        self._entry(name, stat.S_IFREG | mode, data)

    def symlink(self, name, target):
        name = name.strip("/")
        if name in self.seen:
            return
        self._parents(name)
        self.seen.add(name)
        self._entry(name, stat.S_IFLNK | 0o777, target.encode())

    def copy(self, source, name):
        """Copy a file or symlink; other kinds are not needed."""
        mode = os.lstat(source).st_mode
        if stat.S_ISLNK(mode):
            self.symlink(name, os.readlink(source))
        elif stat.S_ISDIR(mode):
            self.directory(name)
        elif stat.S_ISREG(mode):
            self.data(name, pathlib.Path(source).read_bytes(), mode & 0o777)

    def tree(self, source, name):
        for root, dirs, files in os.walk(source):
            dirs[:] = sorted(d for d in dirs if d != "__pycache__")
            where = os.path.join(name, os.path.relpath(root, source))
            self.directory(os.path.normpath(where))
            for entry in sorted(files) + [d for d in dirs if os.path.islink(
                    os.path.join(root, d))]:
                self.copy(os.path.join(root, entry),
                          os.path.normpath(os.path.join(where, entry)))

    def close(self):
        self._entry("TRAILER!!!", 0, b"")
        self.file.write(b"\0" * (-self.file.tell() % 512))
        self.file.close()


class Tar(Cpio):
    """The same as a tar archive, for what is unpacked over a root file system
    that is there."""

    def __init__(self, path):
        super().__init__(os.devnull)
        self.archive = tarfile.open(path, "w", format=tarfile.GNU_FORMAT)

    def _entry(self, name, mode, data):
        entry = tarfile.TarInfo(name)
        entry.mode = stat.S_IMODE(mode)
        if stat.S_ISDIR(mode):
            entry.type = tarfile.DIRTYPE
        elif stat.S_ISLNK(mode):
            entry.type, entry.linkname = tarfile.SYMTYPE, data.decode()
        else:
            entry.size = len(data)
        self.archive.addfile(entry, io.BytesIO(data) if entry.size else None)

    def close(self):
        self.archive.close()
        self.file.close()


def cached(path, make):
    """Have PATH, made by make(temporary path) if it is not there yet."""
    path = pathlib.Path(path)
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as tmp:
        pass
    try:
        make(tmp.name)
        os.replace(tmp.name, path)
    finally:
        if os.path.exists(tmp.name):
            os.unlink(tmp.name)
    return path


def libraries(path):
    """The shared objects that an ELF file is loaded with."""
    result = subprocess.run(["ldd", path], capture_output=True, text=True,
                            check=False)
    for line in result.stdout.splitlines():
        for word in line.split():
            if word.startswith("/"):
                yield word
                break


def merged(path):
    """Where a path of a package is with /usr merged: /usr/bin for /bin."""
    parent, name = os.path.split(path)
    return os.path.join(os.path.realpath(parent), name)


def is_elf(path):
    if os.path.islink(path) or not os.path.isfile(path):
        return False
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"


def add_ground(archive):
    """What no package brings."""
    for name in ("proc", "sys", "dev", "run", "tmp", "out", "root", "mnt",
                 "persist", "var/lib/prose", "etc", "var/tmp"):
        archive.directory(name)
    archive.data("etc/passwd", b"root:x:0:0:root:/root:/bin/bash\n"
                 b"nobody:x:65534:65534:nobody:/:/bin/sh\n"
                 b"prose:x:1000:1000:an ordinary user:/tmp:/bin/sh\n")
    archive.data("etc/group", b"root:x:0:\nnogroup:x:65534:\nprose:x:1000:\n")
    archive.data("etc/hosts", b"127.0.0.1 localhost\n::1 localhost\n")
    # Fixed, because a ledger is bound to it and must outlive a reboot.
    archive.data("etc/machine-id", b"5e1f7e5750a3e0000000000000000001\n")
    # What alternatives and maintainer scripts would have made.
    archive.symlink("usr/bin/awk", "mawk")
    archive.symlink("usr/bin/sh", "dash")
    for name in ("hostname", "reboot", "vi", "less", "nc", "ifconfig", "ftpget"):
        archive.symlink(f"usr/bin/{name}", "busybox")


@functools.lru_cache(maxsize=None)
def foreign_root(machine):
    """The packages for another machine, unpacked: a directory."""
    return pathlib.Path(subprocess.run(
        [pathlib.Path(__file__).resolve().parents[2] / "scripts/release-root",
         host_release(), machine, *PACKAGES, *DEVELOPMENT], stdout=subprocess.PIPE, text=True,
        stdin=subprocess.DEVNULL, check=True).stdout.strip())


def make_foreign_base(root, path):
    """As make_base(), but with all packages depend on: no program there can be
    asked what it needs."""
    archive = Cpio(path)
    for link in ("bin", "sbin", "lib"):
        archive.symlink(link, f"usr/{link}")
    add_ground(archive)
    for where, dirs, files in os.walk(root):
        inside = os.path.relpath(where, root)
        dirs.sort()
        for name in sorted(files) + [d for d in dirs if os.path.islink(
                os.path.join(where, d))]:
            inner = os.path.normpath(os.path.join(inside, name))
            if not inner.startswith(UNWANTED_THERE) and not name.endswith(".a"):
                archive.copy(os.path.join(where, name), inner)
    archive.close()


def make_base(path):
    archive = Cpio(path)
    for link in ("bin", "sbin", "lib", "lib32", "lib64", "libx32"):
        if os.path.islink("/" + link):
            archive.symlink(link, os.readlink("/" + link))
    add_ground(archive)

    listing = subprocess.run(["dpkg", "-L", *PACKAGES], capture_output=True,
                             text=True, check=True).stdout
    files = set()
    for line in listing.splitlines():
        if line.startswith("/") and not line.startswith(UNWANTED) and \
                os.path.lexists(line) and (os.path.islink(line) or
                                           not os.path.isdir(line)):
            files.add(merged(line))
    for file in list(files):
        parent, name = os.path.split(file)
        if name.endswith(".py"):
            compiled = f"{parent}/__pycache__/{name[:-3]}.{sys.implementation.cache_tag}.pyc"
            if os.path.exists(compiled):
                files.add(compiled)
    queue = sorted(f for f in files if is_elf(f))
    while queue:
        for library in libraries(queue.pop()):
            library = merged(library)
            while library not in files:
                files.add(library)
                if not os.path.islink(library):
                    queue.append(library)
                    break
                target = os.path.join(os.path.dirname(library),
                                      os.readlink(library))
                library = merged(target)
    for name in sorted(files):
        archive.copy(name, name)
    archive.close()


def base(machine="amd64"):
    """A key, and what makes the archive that has it."""
    if machine != "amd64":
        root = foreign_root(machine)
        key = hashlib.sha256(pathlib.Path(__file__).read_bytes())
        return (f"{root.name}-{key.hexdigest()[:8]}",
                lambda path: make_foreign_base(root, path))
    versions = subprocess.run(
        ["dpkg-query", "-W", "-f=${Package} ${Version} ${Architecture}\n"],
        capture_output=True, text=True, check=True).stdout
    key = hashlib.sha256(versions.encode() +
                         pathlib.Path(__file__).read_bytes())
    return key.hexdigest()[:16], make_base


def stage_modules(moddir, stage):
    """Copy the wanted modules of a kernel, and what they need, to a
    directory, uncompressed."""
    moddir, stage = pathlib.Path(moddir), pathlib.Path(stage)
    needs = {}
    for line in (moddir / "modules.dep").read_text().splitlines():
        name, _, rest = line.partition(":")
        needs[name] = rest.split()

    def wanted(name):
        stem = name.split(".ko")[0]
        return any(stem == m or stem.startswith(m + "/") for m in MODULES)

    queue = [name for name in needs if wanted(name)]
    chosen = set()
    while queue:
        name = queue.pop()
        if name not in chosen:
            chosen.add(name)
            queue += needs.get(name, [])
    for name in chosen:
        data = (moddir / name).read_bytes()
        if name.endswith(".xz"):
            data = lzma.decompress(data)
            name = name[:-3]
        (stage / name).parent.mkdir(parents=True, exist_ok=True)
        (stage / name).write_bytes(data)


def make_modules(stage, kver, moddir, path):
    """The archive of what was staged, and depmod's indices over it."""
    archive = Cpio(path)
    archive.tree(stage, f"usr/lib/modules/{kver}")
    add_modules(archive, kver, stage, moddir, [])
    archive.close()


def add_modules(archive, kver, stage, moddir, files):
    """Put our own modules into an archive, and depmod's indices over these
    and the kernel's in stage: in the guest depmod would take ten seconds."""
    with tempfile.TemporaryDirectory(prefix="prose-depmod-") as work:
        top = pathlib.Path(work, "lib/modules", kver)
        top.mkdir(parents=True)
        if stage:
            os.symlink(os.path.join(stage, "kernel"), top / "kernel")
        (top / "updates").mkdir()
        for file in files:
            shutil.copy(file, top / "updates" / file.name)
            archive.copy(file, f"usr/lib/modules/{kver}/updates/{file.name}")
        for name in ("modules.builtin", "modules.builtin.modinfo",
                     "modules.order"):
            if moddir and os.path.exists(f"{moddir}/{name}"):
                shutil.copy(f"{moddir}/{name}", top / name)
        subprocess.run(["/sbin/depmod", "-b", work, kver], check=True)
        for file in top.glob("modules.*"):
            archive.copy(file, f"usr/lib/modules/{kver}/{file.name}")
