#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""decipher.py KEYFILE < FRAME: one ProSe frame in hex, deciphered without the module."""
import hashlib, hmac, sys
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

def kdf(key, fc, *params):                  # TS 33.220 Annex B
    s = bytes([fc]) + b"".join(p + len(p).to_bytes(2, "big") for p in params)
    return hmac.new(key, s, hashlib.sha256).digest()

pgk = bytes.fromhex(open(sys.argv[1]).read())
frame = bytes.fromhex(sys.stdin.read())
member, group, lcid = frame[15:18], frame[18:21], frame[21] & 31
ptk_id, sn, data = frame[23:25], frame[25:27], frame[27:]
ptk = kdf(pgk, 0x4A, member, ptk_id, group)             # TS 33.303 A.3
pek = kdf(ptk, 0x4B, b"\0", b"\2")[16:]                 # A.4, 128-EEA2
iv = ptk_id + sn + bytes([lcid << 3]) + bytes(11)       # TS 33.401 B.1.3
packet = Cipher(algorithms.AES(pek), modes.CTR(iv)).decryptor().update(data)
print("IPv4 from", ".".join(map(str, packet[12:16])), "says:", packet[28:].decode())
