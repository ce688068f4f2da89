# SPDX-License-Identifier: GPL-2.0
"""The experiment in vector/, of make bench: built here for guest and host, and
timed on this machine's processor."""

import subprocess

import vm

HERE = vm.TOP / "selftests/bench/vector"
TARGET = vm.BUILD / "bench/vector"
SIZES = (50, 1328)      # octets: payloads of 22 and 1300, and 28 of headers
NO_SUCH_CPU = 77    # what it exits with
# As the kernel is compiled, as far as it matters: no registers but the general
# ones for the module's code, and addresses that are constants
COMMON = ["-O2", "-Wall", "-Wextra", "-Wno-sign-compare", "-fno-pie",
          "-fno-strict-aliasing",
          *(f"-I{vm.TOP / path}" for path in
            ("selftests/unit/shim", "prose", "include"))]


def build():
    """The program and None, or None and why there is none."""
    machine = subprocess.run(["gcc", "-dumpmachine"], text=True, check=False,
                             stdout=subprocess.PIPE).stdout.strip()
    if not machine.startswith("x86_64"):
        return None, f"gcc is for {machine or 'nothing'}, this needs x86-64"
    portable = []
    for name in ("snow3g", "zuc"):
        portable.append(TARGET.with_name(f"portable-{name}.o"))
        vm.tool(["gcc", *COMMON, "-mgeneral-regs-only", "-c", "-o", portable[-1],
                 vm.TOP / f"prose/{name}.c"], f"{portable[-1]}.log")
    vm.tool(["gcc", *COMMON, "-static", "-no-pie", "-o", TARGET,
             *sorted(HERE.glob("*.c")), *portable], f"{TARGET}.log")
    return TARGET, None


def real_time(program):
    """Lines as guest.py tells them: what it takes on this processor, if it can."""
    def run(*words):
        result = subprocess.run([program, *words], text=True, check=False,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if result.returncode not in (0, NO_SUCH_CPU):
            raise vm.Failure(f"vector {' '.join(words)}: {result.stderr}")
        return result

    result = run("check", "all")
    if result.returncode:
        yield {"vector_skipped": "real time", "why": result.stderr.strip()}
        return
    for size in SIZES:
        for line in run("time", str(size)).stdout.splitlines():
            cipher, name, streams, *numbers = line.split()
            cost, ratio, low, high = map(float, numbers)
            yield {"vector_time": cipher, "code": name, "streams": int(streams),
                   "octets": size, "cost": cost, "ratio": ratio, "low": low,
                   "high": high}
