-- SPDX-License-Identifier: BSD-2-Clause
-- The first schema. Never edited after its release; doc/store.md explains the tables.
-- Times are seconds since 1970 UTC; NULL: has not happened; 9223372036854775807: not by itself.

CREATE TABLE store (
	one INTEGER PRIMARY KEY CHECK (one = 1),
	secret BLOB NOT NULL CHECK (length(secret) = 16),
	epoch INTEGER NOT NULL CHECK (epoch >= 0),
	highest_time INTEGER NOT NULL CHECK (highest_time >= 0),
	last_zone INTEGER NOT NULL CHECK (last_zone >= 0),
	last_pair INTEGER NOT NULL CHECK (last_pair >= 0),
	last_intent INTEGER NOT NULL CHECK (last_intent >= 0),
	audit_rows INTEGER NOT NULL CHECK (audit_rows >= 0),
	audit_hash BLOB NOT NULL CHECK (length(audit_hash) = 32),
	opened_in TEXT
) STRICT;
INSERT INTO store VALUES (1, randomblob(16), 0, 0, 0, 0, 0, 0, zeroblob(32), NULL);

CREATE TABLE repository (
	number INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE CHECK (name <> ''),
	require_backup INTEGER NOT NULL CHECK (require_backup IN (0, 1))
) STRICT;

CREATE TABLE policy (
	number INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE CHECK (name <> ''),
	zones INTEGER NOT NULL DEFAULT 0 CHECK (zones >= 0),
	salt TEXT,
	salt_made INTEGER,
	CHECK ((salt IS NULL) = (salt_made IS NULL))
) STRICT;

-- what was taken from a configuration file last ("zones", "policy 1"), as a digest of its contents
CREATE TABLE applied (
	what TEXT PRIMARY KEY CHECK (what <> ''),
	digest TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE zone (
	number INTEGER PRIMARY KEY CHECK (number > 0),
	policy INTEGER NOT NULL REFERENCES policy,
	next_due INTEGER,
	revision INTEGER NOT NULL DEFAULT 0 CHECK (revision >= 0),
	confirmed INTEGER NOT NULL DEFAULT 0 CHECK (confirmed >= 0),
	ordered_at INTEGER,
	gradual_until INTEGER,
	submission INTEGER NOT NULL DEFAULT 0 CHECK (submission >= 0),
	submitted_at INTEGER,
	ds_seen_at INTEGER,
	holds INTEGER NOT NULL DEFAULT 0,
	insecure INTEGER NOT NULL DEFAULT 0 CHECK (insecure IN (0, 1)),
	roll_roles INTEGER NOT NULL DEFAULT 0 CHECK (roll_roles BETWEEN 0 AND 3),
	served_ttl INTEGER NOT NULL DEFAULT 0,
	slots INTEGER NOT NULL DEFAULT 0 CHECK (slots BETWEEN 0 AND 32),
	state TEXT,
	waiting_for TEXT,
	name TEXT NOT NULL UNIQUE CHECK (name <> ''),
	signer_configuration TEXT,
	input_type TEXT,
	input TEXT,
	output_type TEXT,
	output TEXT
) STRICT;
CREATE INDEX zone_due ON zone (next_due) WHERE next_due IS NOT NULL;
CREATE INDEX zone_policy ON zone (policy);

CREATE TABLE pair (
	number INTEGER PRIMARY KEY CHECK (number > 0),
	repository INTEGER NOT NULL REFERENCES repository,
	policy INTEGER REFERENCES policy,
	algorithm INTEGER NOT NULL CHECK (algorithm BETWEEN 1 AND 255),
	bits INTEGER NOT NULL CHECK (bits BETWEEN 0 AND 65535),
	state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3),
	pooled INTEGER NOT NULL DEFAULT 1 CHECK (pooled IN (0, 1)),
	zones INTEGER NOT NULL DEFAULT 0 CHECK (zones >= 0),
	backup INTEGER NOT NULL DEFAULT 0 CHECK (backup BETWEEN 0 AND 3),
	created INTEGER NOT NULL,
	backup_prepared INTEGER,
	backup_done INTEGER,
	id BLOB NOT NULL UNIQUE CHECK (length(id) BETWEEN 1 AND 255),
	public_key BLOB,
	CHECK (state <> 1 OR length(public_key) > 0),
	CHECK (zones = 0 OR state = 1)
) STRICT;
CREATE INDEX pair_planned ON pair (repository, algorithm, bits) WHERE state = 0;
CREATE INDEX pair_pool ON pair (repository, algorithm, bits, policy) WHERE state = 1 AND pooled = 1;
CREATE INDEX pair_destroying ON pair (repository) WHERE state = 2;
CREATE INDEX pair_backup ON pair (backup, repository) WHERE backup IN (1, 2) AND state = 1;

-- zone_key and version are written by one function, right after the zone's own row, and removed by
-- one: a reference to zone would be looked up for each of their rows again
CREATE TABLE zone_key (
	zone INTEGER NOT NULL CHECK (zone > 0),
	slot INTEGER NOT NULL CHECK (slot BETWEEN 0 AND 31),
	pair INTEGER NOT NULL REFERENCES pair,
	tag INTEGER NOT NULL CHECK (tag BETWEEN 0 AND 65535),
	flags INTEGER NOT NULL CHECK (flags BETWEEN 0 AND 65535),
	roles INTEGER NOT NULL CHECK (roles BETWEEN 0 AND 3),
	records INTEGER NOT NULL CHECK (records BETWEEN 0 AND 15),
	goal INTEGER NOT NULL CHECK (goal IN (0, 1)),
	availability INTEGER NOT NULL CHECK (availability BETWEEN 0 AND 3),
	origin INTEGER NOT NULL CHECK (origin BETWEEN 0 AND 2),
	ds_phase INTEGER NOT NULL CHECK (ds_phase BETWEEN 0 AND 5),
	standby INTEGER NOT NULL CHECK (standby IN (0, 1)),
	keep INTEGER NOT NULL CHECK (keep IN (0, 1)),
	roll INTEGER NOT NULL CHECK (roll BETWEEN 0 AND 3),
	ds_state INTEGER NOT NULL CHECK (ds_state BETWEEN 0 AND 4),
	dnskey_state INTEGER NOT NULL CHECK (dnskey_state BETWEEN 0 AND 4),
	rsk_state INTEGER NOT NULL CHECK (rsk_state BETWEEN 0 AND 4),
	rsz_state INTEGER NOT NULL CHECK (rsz_state BETWEEN 0 AND 4),
	ds_since INTEGER,
	dnskey_since INTEGER,
	rsk_since INTEGER,
	rsz_since INTEGER,
	created INTEGER,
	published INTEGER,
	ready INTEGER,
	active INTEGER,
	retired INTEGER,
	dead INTEGER,
	word TEXT,
	next_word TEXT,
	waiting_for TEXT,
	next_time INTEGER,
	PRIMARY KEY (zone, slot)
) STRICT, WITHOUT ROWID;
CREATE INDEX zone_key_pair ON zone_key (pair);

CREATE TABLE version (
	zone INTEGER NOT NULL CHECK (zone > 0),
	ledger INTEGER NOT NULL CHECK (ledger BETWEEN 0 AND 2),
	ordinal INTEGER NOT NULL CHECK (ordinal BETWEEN 0 AND 23),
	keys INTEGER NOT NULL CHECK (keys BETWEEN 0 AND 4294967295),
	signers INTEGER NOT NULL CHECK (signers BETWEEN 0 AND 4294967295),
	view_sha1 INTEGER NOT NULL CHECK (view_sha1 BETWEEN 0 AND 4294967295),
	view_sha256 INTEGER NOT NULL CHECK (view_sha256 BETWEEN 0 AND 4294967295),
	view_sha384 INTEGER NOT NULL CHECK (view_sha384 BETWEEN 0 AND 4294967295),
	flags INTEGER NOT NULL CHECK (flags >= 0),
	ttl INTEGER NOT NULL,
	since INTEGER,
	gone INTEGER,
	ends INTEGER,
	PRIMARY KEY (zone, ledger, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE shared (
	policy INTEGER NOT NULL REFERENCES policy,
	repository INTEGER NOT NULL REFERENCES repository,
	algorithm INTEGER NOT NULL,
	bits INTEGER NOT NULL,
	roles INTEGER NOT NULL CHECK (roles BETWEEN 1 AND 3),
	pair INTEGER NOT NULL REFERENCES pair,
	PRIMARY KEY (policy, repository, algorithm, bits, roles)
) STRICT, WITHOUT ROWID;
CREATE INDEX shared_pair ON shared (pair);

CREATE TABLE intent (
	number INTEGER PRIMARY KEY CHECK (number > 0),
	kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 4),
	due INTEGER NOT NULL,
	zone INTEGER NOT NULL DEFAULT 0,
	pair INTEGER NOT NULL DEFAULT 0,
	sequence INTEGER NOT NULL DEFAULT 0,
	stage INTEGER NOT NULL DEFAULT 0,
	tries INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
	created INTEGER NOT NULL,
	id TEXT NOT NULL CHECK (id <> ''),
	target TEXT,
	payload TEXT,
	token TEXT,
	error TEXT
) STRICT;
CREATE INDEX intent_due ON intent (kind, due);
CREATE UNIQUE INDEX intent_zone ON intent (zone, kind) WHERE kind IN (0, 1);
CREATE INDEX intent_failing ON intent (number) WHERE error IS NOT NULL;

CREATE TABLE audit (
	number INTEGER PRIMARY KEY CHECK (number > 0),
	time INTEGER NOT NULL,
	actor TEXT,
	action TEXT,
	zone TEXT,
	key_id TEXT,
	detail TEXT,
	hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE TRIGGER audit_is_not_edited BEFORE UPDATE ON audit
BEGIN
	SELECT RAISE(ABORT, 'the audit journal is only added to');
END;
CREATE TRIGGER audit_is_not_cut BEFORE DELETE ON audit
BEGIN
	SELECT RAISE(ABORT, 'the audit journal is only added to');
END;
