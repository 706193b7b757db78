/* SPDX-License-Identifier: BSD-2-Clause */
#include <gio/gunixsocketaddress.h>
#include <string.h>

#include "contract.h"
#include "softhsm.h"

#define TOKEN_LABEL "kasper-contract"
#define TOKEN_PIN   "contract-4711"

/* how a module of this tree is brought up */
typedef struct {
	const gchar *module;
	gboolean persistent;
	gboolean (*prepare)(Contract *self);
} Subject;

static void
set(Contract *self, const gchar *name, const gchar *value)
{
	g_hash_table_insert(self->settings, g_strdup(name), g_strdup(value));
}

static void
set_path(Contract *self, const gchar *name, const gchar *file)
{
	g_autofree gchar *path = contract_get_path(self, file);

	set(self, name, path);
}

static void
tidy_up_nothing(gpointer props)
{
}

static void
tidy_up_softhsm(gpointer props)
{
	soft_hsm_free(props);
}

/* --- key stores --- */

static gboolean
prepare_keys_memory(Contract *self)
{
	/* nothing to set is one way to use it, and a file is the other; CONTRACT_SETTINGS says
	 * which */
	self->persistent = g_hash_table_contains(self->settings, "state-file");
	return TRUE;
}

static gboolean
prepare_hsm_pkcs11(Contract *self)
{
	const gchar *module = soft_hsm_find_module();
	SoftHsm *hsm;

	if (module == NULL) {
		g_test_skip("SoftHSM is not installed");
		return FALSE;
	}
	hsm = soft_hsm_new();
	soft_hsm_add_token(hsm, TOKEN_LABEL, TOKEN_PIN);
	self->props = hsm;
	self->tidy_up = tidy_up_softhsm;
	set(self, "module-path", module);
	set(self, "token-label", TOKEN_LABEL);
	set(self, "pin", TOKEN_PIN);
	return TRUE;
}

/* --- signers --- */

static gboolean
prepare_signer_opendnssec(Contract *self)
{
	set(self, "notify-command", "/bin/true");
	set_path(self, "zones-file", "zones.xml");
	set(self, "evidence", "order-written");
	return TRUE;
}

/* --- DS channels --- */

static gboolean
prepare_ds_command(Contract *self)
{
	set(self, "submit-command", "/bin/sh -c 'cat >/dev/null'");
	return TRUE;
}

/* --- notifiers --- */

/* a system log whose reader forgets everything */
typedef struct {
	GSocket *socket;
	GCancellable *end;
	GThread *thread;
} Log;

static gpointer
read_log(gpointer data)
{
	Log *log = data;
	gchar line[1024];

	while (g_socket_receive(log->socket, line, sizeof line, log->end, NULL) >= 0)
		;
	return NULL;
}

static void
tidy_up_log(gpointer props)
{
	Log *log = props;

	g_cancellable_cancel(log->end);
	g_thread_join(log->thread);
	g_object_unref(log->end);
	g_object_unref(log->socket);
	g_free(log);
}

static gboolean
prepare_notify_syslog(Contract *self)
{
	g_autofree gchar *path = contract_get_path(self, "log");
	g_autoptr(GSocketAddress) address = g_unix_socket_address_new(path);
	Log *log = g_new0(Log, 1);

	log->socket = g_socket_new(G_SOCKET_FAMILY_UNIX,
				   G_SOCKET_TYPE_DATAGRAM,
				   G_SOCKET_PROTOCOL_DEFAULT,
				   NULL);
	log->end = g_cancellable_new();
	g_assert_true(g_socket_bind(log->socket, address, TRUE, NULL));
	log->thread = g_thread_new("log", read_log, log);
	set(self, "path", path);
	self->props = log;
	self->tidy_up = tidy_up_log;
	return TRUE;
}

static gboolean
prepare_nothing(Contract *self)
{
	return TRUE;
}

static const Subject subjects[] = {
    {"keys-memory", FALSE, prepare_keys_memory},
    {"hsm-pkcs11", TRUE, prepare_hsm_pkcs11},
    {"signer-opendnssec", TRUE, prepare_signer_opendnssec},
    {"ds-command", FALSE, prepare_ds_command},
    {"backup-manual", FALSE, prepare_nothing},
    {"notify-syslog", FALSE, prepare_notify_syslog},
};

gboolean
contract_prepare(Contract *self)
{
	for (guint i = 0; i < G_N_ELEMENTS(subjects); i++) {
		if (strcmp(subjects[i].module, self->module) != 0)
			continue;
		self->persistent = subjects[i].persistent;
		if (!subjects[i].prepare(self))
			return FALSE;
	}
	/* once is enough */
	if (self->tidy_up == NULL)
		self->tidy_up = tidy_up_nothing;
	return TRUE;
}
