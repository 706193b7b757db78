/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-config-private.h"
#include "kasper-key.h"

G_BEGIN_DECLS

/* an element that holds a duration, by its path below Policy, and the field that takes it */
typedef struct {
	const gchar *path;
	gsize offset;
} KasperPolicySpan;

extern const KasperPolicySpan kasper_policy_spans[];
extern const gsize kasper_policy_n_spans;

/* words of the file in the order of KasperLevel and KasperEvidenceGrade */
extern const gchar *const kasper_policy_levels[];
extern const gchar *const kasper_policy_evidence_grades[];

/* the three elements that ask for a key */
typedef struct {
	const gchar *element;		/* "KSK" */
	const gchar *roll_element;	/* "KskRollType" */
	const gchar *const *roll_types; /* the default first */
	guint roles;
} KasperKeyElement;

extern const KasperKeyElement kasper_key_elements[3];

/* what is wrong or unwise in a policy that has been read from @node */
void kasper_policy_check(KasperConfig *config,
			 const KasperPolicyConfig *self,
			 const xmlNode *node,
			 KasperFindings *findings);

G_END_DECLS
