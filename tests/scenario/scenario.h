/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "sim.h"

G_BEGIN_DECLS

/*
 * A scenario file: a policy, keys, what people and the world do and when, and all that is to come
 * of it. One statement a line; `#` begins a comment.
 *
 *   policy ROLE ALGORITHM ROLLTYPE [standby N]   an element of the policy
 *   set NAME VALUE                               a number of the policy, as in `kasper_policy.h`
 *   key NAME ROLE ALGORITHM [standby]            a key that the zone has had for long
 *   spare NAME ROLE ALGORITHM                    a key to hand out, in this order
 *   signer gradual | latency SECONDS
 *   parent swaps|adds-first|only-adds|idle [LATENCY [STEP]]
 *   at TIME COMMAND                              see scenario_run_command()
 *   level any|ds|strict good|bad                 the verdict of the oracle
 *   bad TIME TIME LEVEL                          with margins of 0, what was published at the first
 *                                                time must not be there at the second
 *   worse TIME LEVEL ds|dnskey|data [KEY...]     nor must this set be published at that time; with
 *                                                `*` behind its name a key signs it
 *   open                                         it does not end with all keys at their goals
 *   | TIME | FORMULA | STATES | PUBLISHED |      all that is to be seen at a time
 */

typedef struct {
	gint64 time;
	gchar **words;
} ScenarioCommand;

typedef struct {
	gint64 from;
	gint64 to;
	OracleLevel level;
} ScenarioBad;

typedef struct {
	gint64 time;
	OracleLevel level;
	KasperLedgerKind kind;
	gchar **names;
} ScenarioWorse;

typedef struct {
	gchar *path;
	KasperPolicy policy;
	GArray *keys;	  /* of ScenarioKey, in scenario.c */
	GArray *commands; /* of ScenarioCommand */
	GArray *bad;	  /* of ScenarioBad */
	GArray *worse;	  /* of ScenarioWorse */
	GPtrArray *rows;  /* of gchar: canonical */
	gint verdicts[3]; /* by level: 0 not asked, 1 good, -1 bad */
	gboolean gradual;
	gint64 signer_latency;
	SimParentModel parent_model;
	gint64 parent_latency;
	gint64 parent_step;
	gboolean open;
} Scenario;

Scenario *scenario_load(const gchar *path);
void scenario_free(Scenario *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Scenario, scenario_free)
/* @margins: FALSE: publish and retire safety are zero, whatever the scenario says */
Sim *scenario_run(const Scenario *self, gboolean margins);
/* the same until just after @until; KASPER_TIME_NEVER: to its end */
Sim *scenario_run_until(const Scenario *self, gboolean margins, KasperTime until);
/* a row of the simulation as scenario files have it */
gchar *scenario_dup_row(const SimRow *row);

G_END_DECLS
