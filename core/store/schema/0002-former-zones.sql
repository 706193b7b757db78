-- SPDX-License-Identifier: BSD-2-Clause
-- Zones that were deleted, and what is known of them: the rows of their keys and versions stay, under
-- the number that no other zone gets, until the zone comes back or one of its keys is destroyed.

CREATE TABLE former (
	name TEXT PRIMARY KEY CHECK (name <> ''),
	number INTEGER NOT NULL UNIQUE CHECK (number > 0),
	deleted INTEGER NOT NULL,
	has_ds INTEGER NOT NULL CHECK (has_ds IN (0, 1)),
	revision INTEGER NOT NULL,
	confirmed INTEGER NOT NULL,
	ordered_at INTEGER,
	gradual_until INTEGER,
	submission INTEGER NOT NULL,
	submitted_at INTEGER,
	ds_seen_at INTEGER,
	holds INTEGER NOT NULL,
	insecure INTEGER NOT NULL,
	roll_roles INTEGER NOT NULL,
	served_ttl INTEGER NOT NULL,
	slots INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX intent_pair ON intent (pair) WHERE kind = 2;
