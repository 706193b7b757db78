/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-decide.h"

G_BEGIN_DECLS

/* the time at which zones of the fixture are settled */
#define NOW ((KasperTime)1000000)

/* the numbers of rollover-model 3.1: a 300, K 3600, N 1800, S 7200, D 10800, Nd 900, P 1200, Dreg
 * 2400, Sp 600, Sr 900, V 604800, Ref 259200, Res 7200, J 43200, so G = 396000 */
void fixture_get_policy(KasperPolicy *ret_policy);
KasperDemand *
fixture_add_demand(KasperPolicy *policy, guint roles, guint8 algorithm, const gchar *roll_type);
/* a KSK and a ZSK of algorithm 13, default roll types */
void fixture_get_split_policy(KasperPolicy *ret_policy);

/* a key that fits the demand */
gint fixture_add_key(KasperSnapshot *snapshot, gint64 number, const KasperDemand *demand);
/* all records of these keys have been published for long, and nothing else is remembered */
void fixture_settle(KasperSnapshot *snapshot);
/* the split policy with settled keys: KSK number 1 in slot 0, ZSK number 2 in slot 1 */
void fixture_get_zone(KasperSnapshot *ret_snapshot);

/* decides, and goes on with what came of it */
KasperPlan *fixture_decide(KasperSnapshot *snapshot, KasperTime now);
/* decides until no key is asked for any longer; keys are numbered from @number on */
KasperPlan *fixture_decide_with_keys(KasperSnapshot *snapshot, KasperTime now, gint64 number);
/* decides at NOW + @after; what it orders is published at once, what it submits is taken at once */
KasperPlan *fixture_go_on(KasperSnapshot *snapshot, KasperSpan after);
/* the signer publishes the last order at once and entirely */
void fixture_confirm(KasperSnapshot *snapshot, KasperTime now);
/* the channel takes the last submission */
void fixture_accept(KasperSnapshot *snapshot, KasperTime now);
/* the parent shows a DS of each of these slots */
void fixture_show_ds(KasperSnapshot *snapshot, KasperKeySet keys, KasperTime now);

guint fixture_count_steps(const KasperPlan *plan, KasperStepKind kind);
const KasperStep *fixture_find_step(const KasperPlan *plan, KasperStepKind kind);
const KasperReason *fixture_find_reason(const KasperPlan *plan, gint slot, guint record);

G_END_DECLS
