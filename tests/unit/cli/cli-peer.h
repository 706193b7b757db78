/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <gio/gio.h>

#include "kasper-error.h"

/*
 * The other end of the socket, without an engine: it gives the answers that it was told to give,
 * and remembers what it was asked. It serves the interface as core/client describes it, so an
 * answer or a question of the wrong type fails.
 */
typedef struct _CliPeer CliPeer;

CliPeer *cli_peer_new(void);
const gchar *cli_peer_get_socket(CliPeer *self);
/* @reply: the tuple, as GVariant prints it, or "" for none; of Monitor: the text of its stream.
 * Answers of one method are given in turn; the last one stays */
void cli_peer_answer(CliPeer *self, const gchar *method, const gchar *reply);
void cli_peer_refuse(CliPeer *self, const gchar *method, KasperError code, const gchar *message);
/* one key; ListKeys and StreamKeys give all that were added, whatever the filter */
void cli_peer_add_key(CliPeer *self,
		      const gchar *zone,
		      const gchar *keytype,
		      const gchar *state,
		      guint tag,
		      const gchar *id,
		      const gchar *waiting_for);
/* "KeyRollover ('example.org', '', 1)\n" and so on, since the last time; (transfer full) */
gchar *cli_peer_take_calls(CliPeer *self);
void cli_peer_free(CliPeer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CliPeer, cli_peer_free)
