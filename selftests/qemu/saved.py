# SPDX-License-Identifier: GPL-2.0
"""A booted machine kept in files, to go on from instead of booting.

It has got as far as init's "@@WAIT": nothing of this tree but init has run there,
no disk has been read. So it serves every test and every state of the tree until
the kernel, the packages, init or QEMU change. Its memory is a file that all who go
on from it share, and of which each gets copies of the pages that it writes.
"""

import fcntl
import hashlib
import os
import secrets
import shutil
import subprocess
import tempfile
import time

import vm

# How long a boot may take where nothing is known of the machine.
BOOT_TIME = 300
# Machines of this tree and of others with the same kernel; older ones go.
KEEP = 6
IGNORE_SHARED = [{"capability": "x-ignore-shared", "state": True}]


def until(guest, command, wanted):
    """Wait for that status, or fail."""
    status = guest.reaches(command, (wanted, "failed"))
    if status != wanted:
        raise vm.Failure(f"{command} tells {status}, not {wanted}")


class Booting(vm.Guest):
    """The boot that is saved."""

    def __init__(self, like, directory):
        super().__init__(like.kernel.name, directory, cpus=like.cpus,
                         parallel=like.parallel, append=["savepoint"])
        self.directory = directory

    def machine(self):
        return [*super().machine(), *memory_file(self, self.directory, "on")]

    def save(self):
        self.start()
        try:
            self.wait_for("^@@WAIT", BOOT_TIME)
            self.qmp("stop")
            self.qmp("migrate-set-capabilities", capabilities=IGNORE_SHARED)
            self.qmp("migrate", uri=f"exec:cat > {self.directory}/state")
            until(self, "query-migrate", "completed")
        finally:
            self.cut()


def memory_file(guest, directory, share):
    return ["-machine", "memory-backend=memory", "-object",
            f"memory-backend-file,id=memory,size={guest.memory()},"
            f"mem-path={directory}/memory,share={share}"]


def have(like):
    """The directory with such a machine, saved now if there is none."""
    emulator = subprocess.run([like.machine()[0], "--version"], check=True,
                              stdout=subprocess.PIPE, text=True).stdout
    built = [os.stat(file).st_mtime_ns for file in
             (like.kernel.vmlinuz, vm.initrd(like.kernel.name))]
    key = hashlib.sha256(f"{emulator} {like.machine()} {built}".encode()).hexdigest()
    kind = vm.CACHE / f"saved/{like.kernel.name}-{like.cpus}"
    directory = kind / key[:16]
    kind.mkdir(parents=True, exist_ok=True)
    with open(kind / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not directory.exists():
            work = tempfile.mkdtemp(dir=kind, prefix=".")
            try:
                Booting(like, work).save()
                os.rename(work, directory)
            finally:
                shutil.rmtree(work, ignore_errors=True)
        os.utime(directory)
        # Who goes on from one of these has its files open already.
        for old in sorted((path for path in kind.iterdir() if path.is_dir()),
                          key=os.path.getmtime)[:-KEEP]:
            shutil.rmtree(old)
    return directory


class Guest(vm.Guest):
    """As vm.Guest, but it goes on from a booted machine."""

    def start(self):
        if self.disk and os.path.getsize(self.disk) != vm.DISK:
            raise vm.Failure("a saved machine has seen a disk of another size")
        self.saved = have(self)
        self.more += [*memory_file(self, self.saved, "off"), "-incoming", "defer"]
        super().start()
        until(self, "query-status", "inmigrate")
        self.qmp("migrate-set-capabilities", capabilities=IGNORE_SHARED)
        self.qmp("migrate-incoming", uri=f"exec:cat {self.saved}/state")
        # It stands still, as when it was saved.
        until(self, "query-status", "paused")
        self.qmp("cont")
        self.send(f"{time.time():.3f} {secrets.token_hex(32)}\n")
        return self

    def machine(self):
        # As that one was started, so that it finds itself the same.
        return [word + " savepoint" if word.startswith("console=") else word
                for word in super().machine()]
