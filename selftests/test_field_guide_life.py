#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Not on the debug kernel: it is about the command, which runs on any kernel
"""Every command of the field guide, read from there: what can happen to a device."""

from guide_world import pages

pages("From nothing to talking", "A reboot", "A wrong clock", "A device is lost")
