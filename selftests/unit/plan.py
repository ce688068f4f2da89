# SPDX-License-Identifier: GPL-2.0
"""TAP of tests that run a program of ours: each in an empty directory."""

import shutil
import struct
import subprocess
import tempfile

SHOWN = 3000    # characters of why a test failed


def run(name, tests, bench):
    """Run test(bench(DIRECTORY)) for each; the docstring says what it shows.
    The exit status."""
    print(f"1..{len(tests)}\n# test: {name}", flush=True)
    failed = 0
    for n, test in enumerate(tests, 1):
        where = tempfile.mkdtemp()
        verdict = "ok"
        try:
            test(bench(where))
        except (AssertionError, OSError, subprocess.SubprocessError, struct.error) as e:
            verdict = "not ok"
            failed += 1
            for line in (str(e) or repr(e))[:SHOWN].splitlines():
                print(f"# {line}")
        finally:
            shutil.rmtree(where)
        print(f"{verdict} {n} {test.__doc__}", flush=True)
    return 1 if failed else 0


def cannot(name, why):
    """Nothing could be run. The exit status."""
    print(f"1..1\n# test: {name}\nnot ok 1 {why}", flush=True)
    return 1
