# SPDX-License-Identifier: GPL-2.0
"""The results of everything, told as they come, and what they cost."""

import os
import re
import threading
import time

WORDS = {"pass": "ok  ", "fail": "FAIL", "skip": "skip"}
# Lines of a failed test's output that are shown; all of it is in a file.
SHOWN = 100
SLOWEST = 15


class Report:
    """One run of make check. Its methods may be called by several threads."""

    def __init__(self, prefix="", verbose=False):
        self.counts = {"pass": 0, "fail": 0, "skip": 0}
        self.lock = threading.Lock()
        self.prefix = prefix
        self.verbose = verbose
        self.failed = []
        self.costs = []
        self.begun = time.monotonic()

    def add(self, where, name, verdict, seconds, directory=None, rerun=None,
            why="", cpu=None):
        """A test has ended. *where*: the kernel, "unit" or "multi"; *seconds* on the
        clock, *cpu* of this machine's processors if that is known; *directory* holds
        its output, *rerun* is the command that runs it alone."""
        output = ""
        if directory and (directory / "output").exists():
            output = (directory / "output").read_text(errors="replace")
        if verdict == "skip":
            reasons = re.findall(r"# *SKIP:? *(.*)", output, re.I)
            why = reasons[0] if reasons else "(does not say why)"
        with self.lock:
            note = f": {why}" if why else ""
            cost = f"{seconds:.0f} s" + (f", CPU {cpu:.0f}" if cpu is not None else "")
            print(f"{WORDS[verdict]} {where:6} {name} ({cost}){note}", flush=True)
            self.counts[verdict] += 1
            if cpu is not None:
                self.costs.append((cpu, seconds, where, name))
            if verdict != "fail":
                return
            self.failed.append(f"{where} {name}{note}")
            if not self.verbose:
                lines = output.splitlines()
                for line in lines[-SHOWN:]:
                    print(f"    | {line}")
                if len(lines) > SHOWN:
                    print("    | (the end only; all of it in output, below)")
            if directory:
                print(f"    logs:  {os.path.relpath(directory)}/")
            if rerun:
                print(f"    again: {rerun}", flush=True)

    def cost(self, where, name, cpu):
        """CPU seconds that no test is to blame for, as of a boot."""
        with self.lock:
            self.costs.append((cpu, 0, where, name))

    def table(self):
        """The slowest, and the sums."""
        tests = sorted((c for c in self.costs if c[1]), reverse=True)
        print(f"\nthe slowest{'CPU s':>27}{'s':>6}")
        for cpu, seconds, where, name in tests[:SLOWEST]:
            print(f"  {where + ' ' + name:30} {cpu:5.0f} {seconds:5.0f}")
        sums = {}
        for cpu, _, where, _ in self.costs:
            sums[where] = sums.get(where, 0) + cpu
        print("CPU seconds by kernel: " + ", ".join(
            f"{where} {cpu:.0f}" for where, cpu in sorted(sums.items())) +
              f"; in all {sum(sums.values()):.0f}, in "
              f"{time.monotonic() - self.begun:.0f} s\n")

    def end(self):
        """The last line, and the exit status."""
        counts = self.counts
        if len(self.costs) > 1:
            self.table()
        line = f"{counts['pass']} passed, {counts['fail']} failed"
        if counts["skip"]:
            line += f", {counts['skip']} skipped"
        if self.failed:
            print("failed: " + "; ".join(self.failed))
        if not sum(counts.values()):
            print("no test matches")
        print(f"{self.prefix}{line}", flush=True)
        return 1 if counts["fail"] or not sum(counts.values()) else 0
