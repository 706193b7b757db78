/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The cases: small numbers that keep all orders of waits.
 */
#include "model.h"

/* (K, S, D) in three orders; N and Nd are shorter or longer than what they stand in for */
#define TIMES_KEYS                                                                                 \
	{                                                                                          \
		.a = 1, .K = 1, .N = 2, .S = 2, .D = 2, .Nd = 1, .P = 0, .Dreg = 3, .other_K = 3,  \
		.other_S = 1                                                                       \
	}
#define TIMES_DATA                                                                                 \
	{                                                                                          \
		.a = 1, .K = 2, .N = 1, .S = 1, .D = 3, .Nd = 1, .P = 1, .Dreg = 3, .other_K = 1,  \
		.other_S = 3                                                                       \
	}
#define TIMES_DS                                                                                   \
	{                                                                                          \
		.a = 0, .K = 2, .N = 1, .S = 3, .D = 1, .Nd = 2, .P = 1, .Dreg = 3, .other_K = 1,  \
		.other_S = 1                                                                       \
	}
#define TIMES_GRADUAL                                                                              \
	{                                                                                          \
		.a = 1, .K = 1, .N = 1, .S = 2, .D = 2, .Nd = 1, .P = 0, .Dreg = 3, .G = 2,        \
		.other_K = 3, .other_S = 1                                                         \
	}
#define TIMES_MARGINS                                                                              \
	{                                                                                          \
		.a = 1, .K = 1, .N = 2, .S = 2, .D = 2, .Nd = 1, .P = 1, .Dreg = 3, .Sp = 1,       \
		.Sr = 2, .other_K = 2, .other_S = 1                                                \
	}
#define TIMES_LAST                                                                                 \
	{                                                                                          \
		.a = 1, .K = 2, .N = 1, .S = 3, .D = 2, .Nd = 1, .P = 1, .Dreg = 3, .Sp = 1,       \
		.Sr = 2, .G = 3                                                                    \
	}
/* everybody does at once what he has to do; the parent has until Dreg */
#define PROMPT .limits = {0, 0, 0, 2, 0}
/* everybody may take a tick more */
#define SLOW .limits = {1, 1, 1, 2, 1}

#define ROLLS ((guint)MODEL_OP_ROLL_KSK | (guint)MODEL_OP_ROLL_ZSK)
#define TURNS                                                                                      \
	((guint)MODEL_OP_ALGORITHM | (guint)MODEL_OP_ROLES | (guint)MODEL_OP_INSECURE |            \
	 (guint)MODEL_OP_TAKE_BACK)
#define TTLS ((guint)MODEL_OP_KEY_TTL | (guint)MODEL_OP_DATA_TTL | (guint)MODEL_OP_MARGIN)
#define FAULTS                                                                                     \
	((guint)MODEL_OP_STORE | (guint)MODEL_OP_LOSE | (guint)MODEL_OP_HOLD |                     \
	 (guint)MODEL_OP_AGAIN)
#define CLOCKS ((guint)MODEL_OP_SLEEP | (guint)MODEL_OP_STILL)

#define DS_FIRST    .types = {"KskDoubleDS", "ZskDoubleRRsig", "CskDoubleDS"}
#define ALL_AT_ONCE .types = {"KskDoubleRRset", "ZskDoubleSignature", "CskDoubleRRset"}
#define MIXED	    .types = {"KskDoubleDS", "ZskPrePublication", "CskSingleSignature"}

#define STANDBYS ((guint)MODEL_OP_STANDBY | (guint)MODEL_OP_RETIRE)
#define PEOPLE	 ((guint)MODEL_OP_RETIRE | (guint)MODEL_OP_TAKE_BACK)

#define FAST	    .fast = TRUE
#define CSK	    .csk = TRUE
#define BACKUP	    .backup = TRUE
#define LIBERAL	    .level = KASPER_LEVEL_DS
#define ADDS_FIRST  .parent = MODEL_PARENT_ADDS_FIRST
#define TWO_SERVERS .parent = MODEL_PARENT_TWO
#define OTHER_TYPES .other_types = {"KskDoubleDS", "ZskDoubleRRsig", "CskDoubleDS"}

/* name, where it begins, room for keys, operations, how many of them, numbers, and more */
#define CASE(label, first, room, operations, n, numbers, ...)                                      \
	{                                                                                          \
		.name = label, .start = MODEL_START_##first, .n_keys = room, .ops = operations,    \
		.n_ops = n, .times = numbers, __VA_ARGS__                                          \
	}

/* clang-format off */
const ModelCase model_cases[] = {
    /* --- a few seconds --- */
    CASE("fast/split", SIGNED, 4, ROLLS | TURNS, 2, TIMES_KEYS, PROMPT, FAST),
    CASE("fast/csk", SIGNED, 3, ROLLS | TURNS | TTLS, 2, TIMES_GRADUAL, PROMPT, CSK, FAST),
    CASE("fast/first", UNSIGNED, 4, ROLLS | FAULTS, 1, TIMES_MARGINS, SLOW, ADDS_FIRST, BACKUP, FAST),
    CASE("fast/pairs", PAIRS, 2, 0, 0, TIMES_KEYS, PROMPT, CSK, FAST),
    CASE("fast/slow", SIGNED, 3, ROLLS | CLOCKS, 1, TIMES_DS, SLOW, ADDS_FIRST, FAST),
    CASE("fast/watched", SIGNED, 2, ROLLS, 1, TIMES_GRADUAL, SLOW, CSK, FAST, .watched = TRUE),
    CASE("fast/blind", SIGNED, 2, ROLLS, 1, TIMES_GRADUAL, SLOW, CSK, FAST, .blind = TRUE, .assumed = TRUE),
    CASE("fast/adopted", ADOPTED, 2, ROLLS | TURNS, 1, TIMES_MARGINS, SLOW, CSK, FAST),
    CASE("fast/broken", BROKEN, 1, ROLLS | TURNS, 1, TIMES_KEYS, SLOW, CSK, FAST),
    CASE("fast/large-ttl", SIGNED, 2, ROLLS | TTLS, 2, TIMES_DS, PROMPT, CSK, FAST, .large_ttl = TRUE),
    /* --- a few seconds: one rollover, and how long it takes --- */
    CASE("bound/zsk-pre-publication", SIGNED, 3, MODEL_OP_ROLL_ZSK, 1, TIMES_LAST, SLOW, FAST, .bound = MODEL_BOUND_ZSK_PRE_PUBLICATION),
    CASE("bound/zsk-double-signature", SIGNED, 3, MODEL_OP_ROLL_ZSK, 1, TIMES_MARGINS, SLOW, ALL_AT_ONCE, FAST, .bound = MODEL_BOUND_ZSK_DOUBLE_SIGNATURE),
    CASE("bound/zsk-double-rrsig", SIGNED, 3, MODEL_OP_ROLL_ZSK, 1, TIMES_MARGINS, SLOW, DS_FIRST, FAST, .bound = MODEL_BOUND_ZSK_DOUBLE_RRSIG),
    CASE("bound/ksk-double-ksk", SIGNED, 3, MODEL_OP_ROLL_KSK, 1, TIMES_MARGINS, SLOW, FAST, .bound = MODEL_BOUND_KSK_DOUBLE_KSK),
    CASE("bound/ksk-double-ds", SIGNED, 3, MODEL_OP_ROLL_KSK, 1, TIMES_MARGINS, SLOW, DS_FIRST, FAST, .bound = MODEL_BOUND_KSK_DOUBLE_DS),
    CASE("bound/ksk-double-rrset", SIGNED, 3, MODEL_OP_ROLL_KSK, 1, TIMES_MARGINS, SLOW, ALL_AT_ONCE, FAST, .bound = MODEL_BOUND_KSK_DOUBLE_KSK),
    CASE("bound/algorithm-conservative", SIGNED, 4, MODEL_OP_ALGORITHM, 1, TIMES_MARGINS, SLOW, FAST, .bound = MODEL_BOUND_CONSERVATIVE),
    CASE("bound/algorithm-liberal", SIGNED, 4, MODEL_OP_ALGORITHM, 1, TIMES_MARGINS, SLOW, LIBERAL, FAST, .bound = MODEL_BOUND_LIBERAL),
    CASE("bound/csk-pre-publication", SIGNED, 2, MODEL_OP_ROLL_KSK, 1, TIMES_LAST, SLOW, CSK, FAST, .bound = MODEL_BOUND_CSK),
    CASE("bound/split-to-csk", SIGNED, 3, MODEL_OP_ROLES, 1, TIMES_LAST, SLOW, FAST, .bound = MODEL_BOUND_CSK),
    CASE("bound/csk-to-split", SIGNED, 3, MODEL_OP_ROLES, 1, TIMES_LAST, SLOW, CSK, FAST, .bound = MODEL_BOUND_CSK),
    CASE("bound/first-signing", UNSIGNED, 2, 0, 0, TIMES_MARGINS, SLOW, FAST, .bound = MODEL_BOUND_FIRST),
    CASE("bound/going-unsigned", SIGNED, 2, MODEL_OP_INSECURE, 1, TIMES_MARGINS, SLOW, FAST, .bound = MODEL_BOUND_UNSIGNED),
    /* --- minutes: roll types, parents, levels --- */
    CASE("split/default/atomic", SIGNED, 4, ROLLS | TURNS, 2, TIMES_KEYS, SLOW),
    CASE("split/default/adds-first", SIGNED, 4, ROLLS | TURNS, 2, TIMES_DATA, PROMPT, ADDS_FIRST, LIBERAL),
    CASE("split/default/two", SIGNED, 4, ROLLS | TURNS, 2, TIMES_DS, SLOW, TWO_SERVERS),
    CASE("split/ds-first/atomic", SIGNED, 4, ROLLS | TURNS, 2, TIMES_KEYS, SLOW, DS_FIRST, LIBERAL),
    CASE("split/ds-first/adds-first", SIGNED, 4, ROLLS | TURNS, 2, TIMES_DATA, PROMPT, DS_FIRST, ADDS_FIRST),
    CASE("split/ds-first/two", SIGNED, 4, ROLLS | TURNS, 2, TIMES_DS, SLOW, DS_FIRST, TWO_SERVERS, LIBERAL),
    CASE("split/at-once/atomic", SIGNED, 4, ROLLS | TURNS, 2, TIMES_KEYS, PROMPT, ALL_AT_ONCE),
    CASE("split/at-once/adds-first", SIGNED, 4, ROLLS | TURNS, 2, TIMES_DATA, PROMPT, ALL_AT_ONCE, ADDS_FIRST, LIBERAL),
    CASE("split/at-once/two", SIGNED, 4, ROLLS | TURNS, 2, TIMES_DS, PROMPT, ALL_AT_ONCE, TWO_SERVERS),
    CASE("split/mixed/atomic", SIGNED, 4, ROLLS | TURNS, 2, TIMES_KEYS, SLOW, MIXED, LIBERAL),
    CASE("split/mixed/adds-first", SIGNED, 4, ROLLS | TURNS, 2, TIMES_DATA, PROMPT, MIXED, ADDS_FIRST),
    CASE("split/mixed/two", SIGNED, 4, ROLLS | TURNS, 2, TIMES_DS, SLOW, MIXED, TWO_SERVERS, LIBERAL),
    CASE("csk/default/atomic", SIGNED, 3, ROLLS | TURNS, 2, TIMES_KEYS, SLOW, CSK),
    CASE("csk/default/adds-first", SIGNED, 3, ROLLS | TURNS, 2, TIMES_DATA, PROMPT, CSK, ADDS_FIRST, LIBERAL),
    CASE("csk/default/two", SIGNED, 3, ROLLS | TURNS, 2, TIMES_DS, SLOW, CSK, TWO_SERVERS),
    CASE("csk/ds-first/atomic", SIGNED, 3, ROLLS | TURNS, 2, TIMES_KEYS, SLOW, CSK, DS_FIRST, LIBERAL),
    CASE("csk/ds-first/adds-first", SIGNED, 3, ROLLS | TURNS, 2, TIMES_DATA, PROMPT, CSK, DS_FIRST, ADDS_FIRST),
    CASE("csk/ds-first/two", SIGNED, 3, ROLLS | TURNS, 2, TIMES_DS, SLOW, CSK, DS_FIRST, TWO_SERVERS, LIBERAL),
    CASE("csk/at-once/atomic", SIGNED, 3, ROLLS | TURNS, 2, TIMES_KEYS, PROMPT, CSK, ALL_AT_ONCE),
    CASE("csk/at-once/adds-first", SIGNED, 3, ROLLS | TURNS, 2, TIMES_DATA, PROMPT, CSK, ALL_AT_ONCE, ADDS_FIRST, LIBERAL),
    CASE("csk/at-once/two", SIGNED, 3, ROLLS | TURNS, 2, TIMES_DS, PROMPT, CSK, ALL_AT_ONCE, TWO_SERVERS),
    CASE("csk/mixed/atomic", SIGNED, 3, ROLLS | TURNS, 2, TIMES_KEYS, SLOW, CSK, MIXED, LIBERAL),
    CASE("csk/mixed/adds-first", SIGNED, 3, ROLLS | TURNS, 2, TIMES_DATA, PROMPT, CSK, MIXED, ADDS_FIRST),
    CASE("csk/mixed/two", SIGNED, 3, ROLLS | TURNS, 2, TIMES_DS, SLOW, CSK, MIXED, TWO_SERVERS, LIBERAL),
    /* --- what changes, fails, or is late meanwhile --- */
    CASE("split/ttl", SIGNED, 4, ROLLS | TTLS, 2, TIMES_MARGINS, SLOW, ADDS_FIRST),
    CASE("split/gradual", SIGNED, 4, ROLLS | TURNS, 2, TIMES_GRADUAL, SLOW),
    CASE("split/watched", SIGNED, 4, ROLLS | TURNS, 2, TIMES_GRADUAL, SLOW, .watched = TRUE),
    CASE("split/faults", SIGNED, 4, ROLLS | FAULTS, 2, TIMES_KEYS, SLOW),
    CASE("split/clock", SIGNED, 4, ROLLS | CLOCKS | (guint)MODEL_OP_ALGORITHM, 3, TIMES_DATA, SLOW),
    CASE("split/gates", SIGNED, 4, ROLLS | (guint)MODEL_OP_GATES, 3, TIMES_DS, SLOW, OTHER_TYPES),
    CASE("split/standby", SIGNED, 4, ROLLS | STANDBYS, 2, TIMES_KEYS, SLOW, .standby = 1),
    CASE("split/people", SIGNED, 4, ROLLS | PEOPLE, 2, TIMES_KEYS, SLOW, ADDS_FIRST, .by_people = TRUE),
    CASE("split/large-ttl", SIGNED, 4, ROLLS | TURNS | TTLS, 2, TIMES_DS, SLOW, .large_ttl = TRUE),
    CASE("split/backup", UNSIGNED, 4, ROLLS | TURNS, 2, TIMES_KEYS, SLOW, BACKUP),
    CASE("split/adopted", ADOPTED, 4, ROLLS | TURNS | TTLS, 2, TIMES_MARGINS, SLOW),
    CASE("split/three-operations", SIGNED, 4, ROLLS | TURNS, 3, TIMES_DATA, PROMPT),
    CASE("csk/ttl", SIGNED, 3, ROLLS | TTLS, 2, TIMES_MARGINS, SLOW, ADDS_FIRST, CSK),
    CASE("csk/gradual", SIGNED, 3, ROLLS | TURNS, 2, TIMES_GRADUAL, SLOW, CSK),
    CASE("csk/watched", SIGNED, 3, ROLLS | TURNS, 2, TIMES_GRADUAL, SLOW, .watched = TRUE, CSK),
    CASE("csk/faults", SIGNED, 3, ROLLS | FAULTS, 2, TIMES_KEYS, SLOW, CSK),
    CASE("csk/clock", SIGNED, 3, ROLLS | CLOCKS | (guint)MODEL_OP_ALGORITHM, 3, TIMES_DATA, SLOW, CSK),
    CASE("csk/gates", SIGNED, 3, ROLLS | (guint)MODEL_OP_GATES, 3, TIMES_DS, SLOW, OTHER_TYPES, CSK),
    CASE("csk/standby", SIGNED, 3, ROLLS | STANDBYS, 2, TIMES_KEYS, SLOW, .standby = 1, CSK),
    CASE("csk/people", SIGNED, 3, ROLLS | PEOPLE, 2, TIMES_KEYS, SLOW, ADDS_FIRST, .by_people = TRUE, CSK),
    CASE("csk/large-ttl", SIGNED, 3, ROLLS | TURNS | TTLS, 2, TIMES_DS, SLOW, .large_ttl = TRUE, CSK),
    CASE("csk/backup", UNSIGNED, 3, ROLLS | TURNS, 2, TIMES_KEYS, SLOW, BACKUP, CSK),
    CASE("csk/adopted", ADOPTED, 3, ROLLS | TURNS | TTLS, 2, TIMES_MARGINS, SLOW, CSK),
    CASE("csk/three-operations", SIGNED, 3, ROLLS | TURNS, 3, TIMES_KEYS, PROMPT, CSK),
    CASE("split/people-standby", SIGNED, 5, ROLLS | STANDBYS | PEOPLE, 2, TIMES_KEYS, PROMPT, .by_people = TRUE, .standby = 1),
    CASE("split/assumed", SIGNED, 4, ROLLS | TURNS, 2, TIMES_KEYS, SLOW, ADDS_FIRST, .assumed = TRUE),
    CASE("csk/assumed", SIGNED, 3, ROLLS | TURNS, 2, TIMES_DATA, SLOW, CSK, .assumed = TRUE),
    CASE("split/blind", SIGNED, 4, ROLLS | TURNS, 2, TIMES_GRADUAL, SLOW, .blind = TRUE),
    CASE("csk/blind", SIGNED, 3, ROLLS | TURNS | TTLS, 2, TIMES_GRADUAL, SLOW, CSK, .blind = TRUE, .assumed = TRUE),
    /* --- whatever somebody else has left behind --- */
    CASE("pairs/csk-2-liberal", PAIRS, 2, ROLLS | TURNS, 1, TIMES_DATA, SLOW, CSK, LIBERAL),
    CASE("pairs/csk-2-ds-first", PAIRS, 2, ROLLS | TURNS, 1, TIMES_KEYS, SLOW, CSK, DS_FIRST),
    CASE("broken/csk-2", BROKEN, 2, 0, 0, TIMES_KEYS, SLOW, CSK),
    CASE("broken/csk-2-operation", BROKEN, 2, ROLLS | TURNS, 1, TIMES_DATA, PROMPT, CSK, LIBERAL),
    CASE("broken/split-3", BROKEN, 3, 0, 0, TIMES_DS, PROMPT),
    CASE("pairs/split-3", PAIRS, 3, 0, 0, TIMES_KEYS, SLOW),
    CASE("pairs/split-4", PAIRS, 4, 0, 0, TIMES_DATA, PROMPT, LIBERAL),
};
/* clang-format on */

const guint n_model_cases = G_N_ELEMENTS(model_cases);
