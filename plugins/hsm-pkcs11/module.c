/* SPDX-License-Identifier: BSD-2-Clause */
#include "module.h"

#include <kasper.h>
#include <p11-kit/p11-kit.h>

#include "rv.h"

#define HSM_MODULE_SLOT_TRIES 5 /* the number of slots may grow between two calls */

/* Never freed: the module stays in the process (several crash when they are unloaded), and so does
 * the memory of refused PINs. */
struct HsmModule {
	gchar *path;
	CK_FUNCTION_LIST *functions;
	guint users;	    /* guarded by the table's lock */
	GRWLock calls;	    /* read: a call is under way; write: nobody is in the module */
	gboolean up;	    /* guarded by calls */
	guint64 attempts;   /* of starting it, guarded by calls; also the generation */
	CK_RV last_rv;	    /* of the last attempt, guarded by calls */
	gboolean is_serial; /* one call at a time; guarded by calls */
	GMutex serial;
	GMutex login;	     /* guards refused */
	GHashTable *refused; /* serial number of a token -> HsmPin */
};

static GMutex table_lock;
static GHashTable *table; /* path -> HsmModule */

static HsmModule *
hsm_module_load(const gchar *path, GError **error)
{
	CK_FUNCTION_LIST *functions;
	HsmModule *self;

	if (!g_path_is_absolute(path) || !g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
		g_set_error(
		    error,
		    KASPER_ERROR,
		    KASPER_ERROR_NOT_FOUND,
		    "there is no PKCS#11 module \"%s\"; set module-path to the absolute path of "
		    "the HSM vendor's library",
		    path);
		return NULL;
	}
	functions = p11_kit_module_load(path, P11_KIT_MODULE_UNMANAGED | P11_KIT_MODULE_CRITICAL);
	if (functions == NULL) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_NOT_SUPPORTED,
			    "%s cannot be loaded as a PKCS#11 module: %s",
			    path,
			    p11_kit_message() != NULL ? p11_kit_message() : "no reason given");
		return NULL;
	}
	self = g_new0(HsmModule, 1);
	self->path = g_strdup(path);
	self->functions = functions;
	g_rw_lock_init(&self->calls);
	g_mutex_init(&self->serial);
	g_mutex_init(&self->login);
	self->refused =
	    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)hsm_pin_free);
	return self;
}

/* SoftHSM up to 2.6.1 encrypts the private attributes of all threads with one cipher object: keys
 * that are made side by side now and then cannot be read again. That must not depend on luck. */
static gboolean
hsm_module_needs_order(HsmModule *self)
{
	g_autofree gchar *maker = NULL;
	CK_INFO info;

	if (self->functions->C_GetInfo(&info) != CKR_OK)
		return TRUE;
	maker = hsm_module_read_text(info.manufacturerID, sizeof info.manufacturerID);
	return g_str_equal(maker, "SoftHSM");
}

/* with calls held for writing */
static gboolean
hsm_module_start(HsmModule *self, GError **error)
{
	g_autofree gchar *text = g_strdup_printf("PKCS#11 module %s does not start", self->path);

	self->attempts++;
	self->last_rv = p11_kit_module_initialize(self->functions);
	self->up = self->last_rv == CKR_OK;
	if (self->up)
		self->is_serial = hsm_module_needs_order(self);
	else
		hsm_rv_set_error(error, self->last_rv, text);
	return self->up;
}

/* with calls held for writing */
static void
hsm_module_stop(HsmModule *self)
{
	if (self->up)
		(void)p11_kit_module_finalize(self->functions);
	self->up = FALSE;
}

HsmModule *
hsm_module_acquire(const gchar *path, GError **error)
{
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&table_lock);
	HsmModule *self;

	if (table == NULL)
		table = g_hash_table_new(g_str_hash, g_str_equal);
	self = g_hash_table_lookup(table, path);
	if (self == NULL) {
		self = hsm_module_load(path, error);
		if (self == NULL)
			return NULL;
		g_hash_table_insert(table, self->path, self);
	}
	if (self->users == 0) {
		g_autoptr(GRWLockWriterLocker) calls G_GNUC_UNUSED =
		    g_rw_lock_writer_locker_new(&self->calls);

		if (!hsm_module_start(self, error))
			return NULL;
	}
	self->users++;
	return self;
}

void
hsm_module_release(HsmModule *self)
{
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&table_lock);

	if (--self->users > 0)
		return;
	g_rw_lock_writer_lock(&self->calls);
	hsm_module_stop(self);
	g_rw_lock_writer_unlock(&self->calls);
}

const gchar *
hsm_module_get_path(HsmModule *self)
{
	return self->path;
}

CK_FUNCTION_LIST *
hsm_module_get_functions(HsmModule *self)
{
	return self->functions;
}

guint64
hsm_module_enter(HsmModule *self, guint64 *ret_attempts)
{
	g_rw_lock_reader_lock(&self->calls);
	*ret_attempts = self->attempts;
	return self->up ? self->attempts : 0;
}

void
hsm_module_leave(HsmModule *self)
{
	g_rw_lock_reader_unlock(&self->calls);
}

void
hsm_module_begin(HsmModule *self)
{
	if (self->is_serial)
		g_mutex_lock(&self->serial);
}

void
hsm_module_end(HsmModule *self)
{
	if (self->is_serial)
		g_mutex_unlock(&self->serial);
}

gboolean
hsm_module_restart(HsmModule *self, guint64 attempts, GError **error)
{
	g_autoptr(GRWLockWriterLocker) calls G_GNUC_UNUSED =
	    g_rw_lock_writer_locker_new(&self->calls);

	/* of several threads that met the fault one starts the module, and the others take what
	 * came of it */
	if (self->attempts != attempts) {
		if (!self->up)
			hsm_rv_set_error(error, self->last_rv, "the PKCS#11 module does not start");
		return self->up;
	}
	hsm_module_stop(self);
	return hsm_module_start(self, error);
}

gchar *
hsm_module_read_text(const unsigned char *field, gsize size)
{
	while (size > 0 && (field[size - 1] == ' ' || field[size - 1] == '\0'))
		size--;
	return g_utf8_make_valid((const gchar *)field, (gssize)size);
}

static CK_RV
hsm_module_list_slots(HsmModule *self, GArray *slots)
{
	CK_RV rv = CKR_BUFFER_TOO_SMALL;

	for (guint i = 0; i < HSM_MODULE_SLOT_TRIES && rv == CKR_BUFFER_TOO_SMALL; i++) {
		CK_ULONG count = 0;

		rv = self->functions->C_GetSlotList(CK_TRUE, NULL, &count);
		if (rv != CKR_OK)
			return rv;
		if (count > G_MAXUINT16)
			return CKR_GENERAL_ERROR;
		g_array_set_size(slots, (guint)count);
		rv = self->functions->C_GetSlotList(CK_TRUE,
						    (CK_SLOT_ID *)(void *)slots->data,
						    &count);
		if (rv == CKR_OK)
			g_array_set_size(slots, MIN((guint)count, slots->len));
	}
	return rv;
}

static void
hsm_module_set_slot_error(HsmModule *self,
			  const gchar *label,
			  guint matches,
			  const GString *labels,
			  GError **error)
{
	if (matches > 1)
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "%u tokens of %s are called \"%s\"; give each its own label",
			    matches,
			    self->path,
			    label);
	else
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_NOT_FOUND,
			    "no token of %s is called \"%s\"; there %s%s",
			    self->path,
			    label,
			    labels->len > 0 ? "are: " : "is none that is initialized",
			    labels->str);
}

gboolean
hsm_module_find_slot(HsmModule *self,
		     const gchar *label,
		     CK_SLOT_ID *ret_slot,
		     CK_TOKEN_INFO *ret_info,
		     GError **error)
{
	g_autoptr(GArray) slots = g_array_new(FALSE, TRUE, sizeof(CK_SLOT_ID));
	g_autoptr(GString) labels = g_string_new(NULL);
	CK_RV rv = hsm_module_list_slots(self, slots);
	guint matches = 0;

	if (rv != CKR_OK) {
		hsm_rv_set_error(error, rv, "the slots cannot be listed");
		return FALSE;
	}
	for (guint i = 0; i < slots->len; i++) {
		CK_SLOT_ID slot = g_array_index(slots, CK_SLOT_ID, i);
		CK_TOKEN_INFO info;
		g_autofree gchar *name = NULL;

		/* a slot may have lost its token since the list was made */
		if (self->functions->C_GetTokenInfo(slot, &info) != CKR_OK ||
		    (info.flags & CKF_TOKEN_INITIALIZED) == 0)
			continue;
		name = hsm_module_read_text(info.label, sizeof info.label);
		g_string_append_printf(labels, "%s\"%s\"", labels->len > 0 ? ", " : "", name);
		if (!g_str_equal(name, label))
			continue;
		matches++;
		*ret_slot = slot;
		*ret_info = info;
	}
	if (matches != 1)
		hsm_module_set_slot_error(self, label, matches, labels, error);
	return matches == 1;
}

void
hsm_module_lock_login(HsmModule *self)
{
	g_mutex_lock(&self->login);
}

void
hsm_module_unlock_login(HsmModule *self)
{
	g_mutex_unlock(&self->login);
}

gboolean
hsm_module_was_refused(HsmModule *self, const gchar *serial, const HsmPin *pin)
{
	const HsmPin *refused = g_hash_table_lookup(self->refused, serial);

	return refused != NULL && hsm_pin_equal(refused, pin);
}

void
hsm_module_set_refused(HsmModule *self, const gchar *serial, const HsmPin *pin)
{
	if (pin == NULL)
		g_hash_table_remove(self->refused, serial);
	else
		g_hash_table_replace(self->refused, g_strdup(serial), hsm_pin_copy(pin));
}
