/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "cli.h"
#include "kasper-config.h"
#include "kasper-explain.h"
#include "kasper-simulation.h"

G_BEGIN_DECLS

/* what `kasper simulate` is asked for; it is all read before anything is simulated */
typedef struct {
	KasperConfig *config;
	const gchar *name;  /* of the policy */
	const gchar *name2; /* NULL, or that of the later one */
	const KasperPolicy *policy;
	guint backup;
	GPtrArray *policies; /* of KasperPolicy: what happenings point to */
	GArray *happenings;  /* of KasperHappening */
	KasperWorld world;
	KasperTime start;
	KasperTime until;
	const gchar *title; /* NULL: nothing is to be said but the policy */
	gboolean settled;
	gboolean verbose;
	guint zones;
} CliSimulation;

void cli_simulation_clear(CliSimulation *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CliSimulation, cli_simulation_clear)

/* simulate-event.c: "KIND[=VALUE][@TIME]", several with commas between them; without a time it is
 * so from the start */
gboolean cli_simulation_add_events(CliSimulation *self, const gchar *text, GError **error);
/* lines of "TIME KIND [VALUE]"; "#" begins a comment */
gboolean cli_simulation_read_scenario(CliSimulation *self, const gchar *path, GError **error);
/* an instant, or a span from the start on */
gboolean cli_simulation_parse_time(const CliSimulation *self,
				   const gchar *text,
				   KasperTime *ret_time,
				   GError **error);
/* (transfer none): the policy of that name, as a simulation takes it */
const KasperPolicy *cli_simulation_get_policy(CliSimulation *self,
					      const gchar *name,
					      guint *ret_backup,
					      GError **error);
gboolean cli_simulation_add_policy_change(CliSimulation *self,
					  const gchar *name,
					  KasperTime time,
					  GError **error);

G_END_DECLS
