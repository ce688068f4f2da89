-- SPDX-License-Identifier: GPL-2.0
-- The tables. What an online manager needs is in them from the first version:
-- tokens, PMKs with their counters, deliveries by channel.

CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE manager_key (id INTEGER PRIMARY KEY CHECK (id = 1), wrapped BLOB NOT NULL);

-- A device is its two keys; its ledger is what its PTK IDs are counted in.
CREATE TABLE device (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
 hash BLOB NOT NULL UNIQUE, cms BLOB NOT NULL, tls BLOB NOT NULL, ledger BLOB NOT NULL,
 environment INTEGER NOT NULL, ciphers INTEGER NOT NULL, integrities INTEGER NOT NULL,
 enrolled INTEGER NOT NULL, heard INTEGER NOT NULL, serial INTEGER NOT NULL DEFAULT 0,
 clock_offset INTEGER, restored INTEGER NOT NULL DEFAULT 0);
CREATE TABLE device_next (device INTEGER NOT NULL REFERENCES device, ledger BLOB NOT NULL,
 fingerprint BLOB NOT NULL, member INTEGER NOT NULL, next INTEGER NOT NULL,
 PRIMARY KEY (device, ledger, fingerprint, member)) WITHOUT ROWID;
CREATE TABLE grp (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
 cipher INTEGER NOT NULL, integrity INTEGER NOT NULL, kdf TEXT NOT NULL,
 validity INTEGER NOT NULL, overlap INTEGER NOT NULL, ahead INTEGER NOT NULL,
 epoch INTEGER NOT NULL, created INTEGER NOT NULL, changed INTEGER NOT NULL);
CREATE TABLE grp_policy (grp INTEGER NOT NULL REFERENCES grp ON DELETE CASCADE,
 policy INTEGER NOT NULL, value INTEGER NOT NULL, PRIMARY KEY (grp, policy)) WITHOUT ROWID;

-- A prefix; a member's address in it is its number.
CREATE TABLE grp_address (grp INTEGER NOT NULL REFERENCES grp ON DELETE CASCADE,
 family INTEGER NOT NULL, prefix INTEGER NOT NULL, octets BLOB NOT NULL,
 PRIMARY KEY (grp, family, octets, prefix)) WITHOUT ROWID;
CREATE TABLE member (grp INTEGER NOT NULL REFERENCES grp ON DELETE CASCADE,
 device INTEGER NOT NULL REFERENCES device, state TEXT NOT NULL
 CHECK (state IN ('pending', 'member', 'denied', 'removed')),
 member INTEGER, ledger BLOB, number INTEGER, must INTEGER NOT NULL DEFAULT 0,
 since INTEGER NOT NULL, PRIMARY KEY (grp, device)) WITHOUT ROWID;

-- Every member ID that was ever given, and to which ledger: never a second time.
CREATE TABLE given (grp INTEGER NOT NULL, member INTEGER NOT NULL,
 device INTEGER NOT NULL, ledger BLOB NOT NULL, at INTEGER NOT NULL,
 PRIMARY KEY (grp, member)) WITHOUT ROWID;
CREATE TABLE pgk (seq INTEGER PRIMARY KEY AUTOINCREMENT,
 grp INTEGER NOT NULL REFERENCES grp ON DELETE CASCADE, pgk_id INTEGER NOT NULL,
 epoch INTEGER NOT NULL, made INTEGER NOT NULL, start INTEGER NOT NULL,
 until INTEGER NOT NULL, live INTEGER NOT NULL, ended INTEGER,
 cipher INTEGER NOT NULL, integrity INTEGER NOT NULL, kdf TEXT NOT NULL,
 fingerprint BLOB NOT NULL, wrapped BLOB);
CREATE UNIQUE INDEX pgk_live ON pgk (grp, pgk_id & 31) WHERE live;
CREATE TABLE sent (pgk INTEGER NOT NULL, device INTEGER NOT NULL,
 member INTEGER NOT NULL, ledger BLOB NOT NULL, at INTEGER NOT NULL,
 PRIMARY KEY (pgk, device)) WITHOUT ROWID;
CREATE TABLE delivery (device INTEGER NOT NULL, grp INTEGER NOT NULL,
 serial INTEGER NOT NULL, epoch INTEGER NOT NULL, channel TEXT NOT NULL,
 state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'stored', 'in use', 'refused',
 'unknown', 'superseded', 'stale')), result INTEGER, at INTEGER NOT NULL, answered INTEGER,
 PRIMARY KEY (device, grp, serial)) WITHOUT ROWID;
CREATE TABLE token (hash BLOB PRIMARY KEY, grp INTEGER NOT NULL, expires INTEGER NOT NULL,
 spent_by BLOB) WITHOUT ROWID;
CREATE TABLE pmk (device INTEGER NOT NULL REFERENCES device, id INTEGER NOT NULL,
 counter INTEGER NOT NULL, wrapped BLOB NOT NULL, state TEXT NOT NULL,
 PRIMARY KEY (device, id)) WITHOUT ROWID;
CREATE TABLE audit (n INTEGER PRIMARY KEY, at INTEGER NOT NULL, who INTEGER NOT NULL,
 what TEXT NOT NULL, hash BLOB NOT NULL);

-- Members, with what became of the newest file that carried the group to them.
CREATE VIEW member_list AS
SELECT grp.id AS id, grp.name AS grp, device.name AS device, member.state AS state,
 coalesce(member.member, 0) AS member, device.heard AS heard, d.serial AS serial,
 d.epoch AS epoch, d.state AS delivery, coalesce(d.answered, d.at) AS at, d.result AS result
FROM member JOIN grp ON grp.id = member.grp JOIN device ON device.id = member.device
LEFT JOIN delivery d ON d.device = member.device AND d.grp = member.grp AND d.serial =
 (SELECT max(serial) FROM delivery e WHERE e.device = member.device AND e.grp = member.grp);

-- Who was given which key, and what is known of it.
CREATE VIEW inventory AS
SELECT grp.id AS id, pgk.seq AS seq, grp.name AS grp, pgk.pgk_id AS pgk_id, pgk.live AS live,
 device.name AS device, sent.member AS member,
 coalesce((SELECT state FROM delivery d WHERE d.device = sent.device AND d.grp = pgk.grp
  AND d.epoch >= pgk.epoch ORDER BY serial DESC LIMIT 1), 'sent') AS state
FROM sent JOIN pgk ON pgk.seq = sent.pgk JOIN grp ON grp.id = pgk.grp
JOIN device ON device.id = sent.device;

-- What a person has to do.
CREATE VIEW need AS
SELECT 'restored' AS what, name AS device FROM device WHERE restored
UNION
SELECT 'unassigned', name FROM device WHERE id NOT IN (SELECT device FROM member)
UNION
SELECT 'not_exported', device.name FROM member JOIN device ON device.id = member.device
JOIN grp ON grp.id = member.grp WHERE member.state = 'member' AND NOT EXISTS
 (SELECT 1 FROM delivery d WHERE d.device = member.device AND d.grp = member.grp
  AND d.epoch = grp.epoch)
UNION
SELECT 'refused', device.name FROM delivery d JOIN device ON device.id = d.device
WHERE d.state = 'refused' AND d.serial = device.serial;
