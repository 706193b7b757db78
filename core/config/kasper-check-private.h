/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-policy-private.h"

G_BEGIN_DECLS

/* a policy that is looked at, and where what is found goes */
typedef struct {
	KasperConfig *config;
	const KasperPolicyConfig *policy;
	const xmlNode *node; /* the Policy element */
	KasperFindings *findings;
} KasperPolicyCheck;

/* "policy NAME: TEXT", at the element at @path below @node, or at the nearest one above */
void kasper_policy_check_say(const KasperPolicyCheck *self,
			     KasperFindingLevel level,
			     const xmlNode *node,
			     const gchar *path,
			     const gchar *format,
			     ...) G_GNUC_PRINTF(5, 6);

/* months and years, which have no fixed length */
void kasper_check_calendar(const xmlNode *node, KasperFindings *findings);

/* signatures, denial of existence, SOA and TTLs */
void kasper_policy_check_signatures(const KasperPolicyCheck *self);
void kasper_policy_check_denial(const KasperPolicyCheck *self);
/* keys one by one, and how they fit together */
void kasper_policy_check_keys(const KasperPolicyCheck *self);
/* lifetimes, margins and what is believed of the parent */
void kasper_policy_check_timing(const KasperPolicyCheck *self);

/* the files, users and folders that conf.xml names */
void
kasper_conf_check_places(const KasperConfig *self, const xmlNode *root, KasperFindings *findings);
/* repositories and plugins */
void
kasper_conf_check_plugins(const KasperConfig *self, const xmlNode *root, KasperFindings *findings);

G_END_DECLS
