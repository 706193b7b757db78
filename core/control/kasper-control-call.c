/* SPDX-License-Identifier: BSD-2-Clause */
#include <gio/gunixfdlist.h>
#include <unistd.h>

#include "kasper-control-private.h"
#include "kasper-error.h"

/* calls of one peer that wait for the world: more at once help nobody */
#define KASPER_CONTROL_PENDING_MAX 16

void
kasper_control_return(KasperControlCall *call, GVariant *tuple)
{
	g_dbus_method_invocation_return_value(call->invocation, tuple);
}

static void
kasper_control_return_error(KasperControlCall *call, GError *error)
{
	g_autofree gchar *said = NULL;

	g_assert(error != NULL);
	/* what a token or a program said may be anything; on the wire it has to be UTF-8 */
	if (!g_utf8_validate(error->message, -1, NULL)) {
		said = error->message;
		error->message = g_utf8_make_valid(said, -1);
	}
	g_dbus_method_invocation_take_error(call->invocation, error);
}

void
kasper_control_return_value(KasperControlCall *call, GVariant *value, GError *error)
{
	g_autoptr(GVariant) taken = NULL;

	if (value == NULL) {
		kasper_control_return_error(call, error);
		return;
	}
	taken = g_variant_take_ref(value);
	kasper_control_return(call, g_variant_new_tuple(&taken, 1));
}

void
kasper_control_return_count(KasperControlCall *call, gint64 count, GError *error)
{
	if (count < 0)
		kasper_control_return_error(call, error);
	else
		kasper_control_return(call, g_variant_new("(x)", count));
}

void
kasper_control_return_done(KasperControlCall *call, gboolean ok, GError *error)
{
	if (!ok)
		kasper_control_return_error(call, error);
	else
		kasper_control_return(call, NULL);
}

void
kasper_control_return_fd(KasperControlCall *call, GVariant *tuple, gint fd)
{
	/* takes the descriptor, and closes it once it was sent */
	g_autoptr(GUnixFDList) fds = g_unix_fd_list_new_from_array(&fd, 1);

	g_dbus_method_invocation_return_value_with_unix_fd_list(call->invocation, tuple, fds);
}

KasperControlCall *
kasper_control_call_keep(KasperControlCall *call)
{
	KasperControlCall *kept;

	if (call->peer->n_pending >= KASPER_CONTROL_PENDING_MAX) {
		kasper_control_return_error(
		    call,
		    g_error_new(
			KASPER_ERROR,
			KASPER_ERROR_BUSY,
			"%u calls of this client are not answered yet; wait for one of them",
			call->peer->n_pending));
		return NULL;
	}
	call->peer->n_pending++;
	kept = g_memdup2(call, sizeof(*call));
	kasper_control_peer_ref(kept->peer);
	g_object_ref(kept->engine);
	g_object_ref(kept->control);
	g_variant_ref(kept->parameters);
	return kept;
}

void
kasper_control_call_free(KasperControlCall *call)
{
	call->peer->n_pending--;
	kasper_control_peer_unref(call->peer);
	g_object_unref(call->engine);
	g_object_unref(call->control);
	g_variant_unref(call->parameters);
	g_free(call);
}
