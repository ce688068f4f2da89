# SPDX-License-Identifier: GPL-2.0
"""Library of the ProSe selftests. A test file says:

    from prose_test import *

    @test
    def something(t):
        '''What is claimed, in one line.'''
        net = Net(t, 2)
        ...

    main()
"""

import errno
import os
import socket
import struct
import sys
import time

# In the guest the library is compiled once, not for every test file.
if os.path.isdir("/selftests"):
    sys.dont_write_bytecode = False

from . import codec, keyring, nl, ns, pcap, wire
from .afalg import af_alg
from .codec import BadFrame, Suite, count_of, crypt, parse
from .keyring import PROCESS
from .net import (GROUP, PHRASE, PROSE, Device, Host, Key, Ledger, Net, add_pgk, cli,
                  new_pgk, payload, recv_udp, udp_sink, udp_source)
from .nl import Events, Genl, NlError, Rtnl, SpecError
from .ns import batch, popen, run, sysctl
from .tap import OUT, Failed, Skipped, main, skip, test
from .wire import Raw, Recorder, blast
