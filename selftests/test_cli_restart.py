#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Not on the debug kernel: it is about the command, which runs on any kernel
"""prose up --dry-run, check, showconf and restart: what is told is what is done."""

from prose_conf import DEVICE, KEY, LATER, hooked, rig
from prose_test import *


def steps(p):
    """Those of a dry run, without the line over them."""
    return [s.strip() for s in p.stdout.splitlines()[1:]]


@test
def dry_run(t):
    """up --dry-run tells the steps, of a new device and of one that is there, and does none"""
    r = rig(t)
    r.write(DEVICE + "Address = 10.33.0.1/24\n" + hooked(r) + KEY + "Range = 20\n")
    before = r.state_of()
    p = r(f"up {r.path} --dry-run")
    told = steps(p)
    t.eq([s.split(",")[0].split(":")[0] for s in told],
         ["run PreUp", "make the device over low", "attach key 1", "add address 10.33.0.1/24",
          "set it up", "run PostUp"], "steps of a new one")
    t.eq((r.state_of(), r.marks()), (before, []), "nothing was done")
    t.eq(r.json(f"up {r.path} --dry-run")["would"], told, "as JSON")
    r.up()
    t.ok("nothing would be done" in r(f"--dry-run up {r.path}").stdout, "once it is done")

    r("dev set p0 margin 33 tx off")
    r.host.run("ip", "address", "del", "10.33.0.1/24", "dev", "p0")
    r.host.run("ip", "link", "set", "p0", "down")
    r("key set dev p0 id 1 until +1h")
    before, marks = r.state_of(), r.marks()
    told = steps(r(f"up {r.path} --dry-run"))
    t.eq(told, ["set Tx = on", "set Margin = 10", "set Until = never of key 1",
                "add address 10.33.0.1/24", "set it up"], "steps of one that is there")
    t.eq((r.state_of(), r.marks()), (before, marks), "nothing was done")
    done = r.up().stdout
    t.ok(done.strip().endswith("is mended: Tx, Margin, Until of key 1, address 10.33.0.1/24, being down"),
         f"up does these: {done}")
    r.write(DEVICE + "Lcid = 7\n" + KEY)
    t.eq(r(f"up {r.path} --dry-run", 1).stderr, r.up(1).stderr, "what cannot be is refused alike")
    t.ok("import alone" in r(f"down {r.path} --dry-run", 1).stderr, "down is not tried")
    t.eq(r.json("show p0")[0]["ifname"], "p0", "and was not done")


@test
def showconf(t):
    """showconf prints what save writes; its text is that device"""
    r = rig(t)
    r.write("# ours\n" + DEVICE + "PostUp = true\n" + KEY + f"Until = {LATER}\n")
    r.up()
    r("dev set p0 margin 33")
    text = r(f"showconf {r.path}").stdout
    t.ok("Margin = 33" not in r.read(), "nothing is written")
    r(f"save {r.path}")
    t.eq(text, r.read(), "what save writes")
    t.ok("\nMargin = 33\n" in text and "# ours" in text and "\nFile = key\n" in text, text)
    bare = r("showconf p0")     # of which there is no file
    t.ok("\nMargin = 33\n" in bare.stdout and "\nSerial = " in bare.stdout, bare.stdout)
    t.eq(r("showconf dev p0").stdout, bare.stdout, "with dev")
    r.write("[Devise]\n")
    p = r(f"showconf {r.path}")
    t.ok("[Devise] is no section" in p.stderr and "\nMargin = 33\n" in p.stdout,
         f"a wrong file is told, and what runs is shown: {p.stderr}{p.stdout}")
    t.ok("there is no device" in r("showconf p7", 2).stderr, "of no device")


@test
def restart(t):
    """restart takes PTK IDs of its own, and leaves a device alone whose file is wrong"""
    r = rig(t)
    good = DEVICE + hooked(r) + KEY + "Range = 20\n"
    r.write(good)
    r(f"restart {r.path}")
    t.eq(r.marks(), ["PreUp-p0", "PostUp-p0"], "one that is not there is made")
    d = r.json("show p0")[0]
    r.host.run("ip", "address", "add", "10.33.0.9/24", "dev", "p0")
    r.host.run("ping", "-c", "1", "-W", "1", "10.33.0.8", check=False)
    t.wait(lambda: "ptk_id" in r.json("key show")[0], "a PTK ID is in use")
    used = r.json("key show")[0]["ptk_id"]
    r(f"restart {r.path}")
    now = r.json("show p0")[0]
    t.ok(now["ifindex"] != d["ifindex"], "another device")
    t.ok(now["keys"][0]["ptk_first"] > used, f"PTK IDs {now['keys'][0]} after {used}")
    t.eq(r.marks()[2:], ["PreDown-p0", "PostDown-p0", "PreUp-p0", "PostUp-p0"], "hooks")
    before = r.state_of()
    for text, code in ((good + "Until = tomorrow\n", 1), (good + "Until = 1999-01-01T00:00:00Z\n", 1),
                       (good.replace("File = key", "File = nokey"), 1)):
        r.write(text)
        p = r(f"restart {r.path}", code)
        t.ok("was left as it is" in p.stderr, p.stderr)
        t.eq(r.state_of(), before, f"the device after {p.stderr}")
        t.eq(r(f"check {r.path}", code).stderr.splitlines()[0], p.stderr.splitlines()[0], "check")
    r.write(good)
    t.ok("is good" in r(f"check {r.path}").stdout, "check")


@test
def not_root(t):
    """who is not root is told so in one line"""
    r = rig(t)
    r.write(DEVICE + KEY)
    r.up()
    for line in ("show", "key show", "showconf p0", "dev set p0 tx off", "key del p0 id 1"):
        p = run("setpriv", "--reuid=65534", "--clear-groups", "--bounding-set=-all",
                "--inh-caps=-all", "prose", "--state-dir", r.state, *line.split(), ns=r.ns,
                check=False)
        t.eq((p.returncode, p.stderr.count("\n")), (2, 1), f"prose {line}: {p.stderr}")
        t.ok("run it as root" in p.stderr, p.stderr)


main()
