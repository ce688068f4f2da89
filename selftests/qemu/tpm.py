# SPDX-License-Identifier: GPL-2.0
"""A TPM for a guest: swtpm with a state of its own, which outlives a boot."""

import pathlib
import subprocess
import time

import vm


class Tpm:
    """start() gives QEMU's arguments; a boot later the same TPM starts again."""

    def __init__(self, work, name="tpm"):
        self.state = pathlib.Path(work) / name
        self.state.mkdir()
        self.socket = self.state / "socket"
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            ["swtpm", "socket", "--tpm2", "--tpmstate", f"dir={self.state}", "--ctrl",
             f"type=unixio,path={self.socket}", "--terminate"], stdin=subprocess.DEVNULL)
        while not self.socket.exists():
            if self.process.poll() is not None:
                raise vm.Failure("swtpm did not start; as root: scripts/deps")
            time.sleep(0.05)
        return ["-chardev", f"socket,id=tpm,path={self.socket}", "-tpmdev",
                "emulator,id=tpm0,chardev=tpm", "-device", "tpm-tis,tpmdev=tpm0"]

    def stop(self):
        """It ends with QEMU."""
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.socket.unlink(missing_ok=True)
