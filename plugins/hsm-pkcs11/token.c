/* SPDX-License-Identifier: BSD-2-Clause */
#include "token.h"

#include <kasper.h>

#include "login.h"
#include "rv.h"

#define HSM_TOKEN_ATTEMPTS 3 /* as it is; in a new session; after the module was started again */

struct HsmToken {
	/* settings */
	gchar *module_path;
	gchar *label;
	HsmPin *pin;
	gchar *pin_source;

	HsmModule *module; /* NULL: not open */

	GMutex lock; /* guards all below; held while logging in, for nobody can go on before */
	GCond returned;
	gchar *serial; /* of the token that was opened: another one of the same label is not it */
	guint64 generation; /* of the module, in which slot and sessions were had; 0: none */
	CK_SLOT_ID slot;
	guint64 epoch; /* +1 with each login */
	gboolean logged_in;
	CK_SESSION_HANDLE control; /* holds the login; CK_INVALID_HANDLE: there is none */
	gboolean control_is_lent;  /* a token that gives one session only */
	gboolean read_only;
	GArray *idle; /* of CK_SESSION_HANDLE */
	guint n_open; /* idle and in use, without the control session unless it is lent */
	guint limit;  /* of n_open; shrinks to what the token gives */
};

HsmToken *
hsm_token_new(const gchar *module_path,
	      const gchar *label,
	      HsmPin *pin,
	      const gchar *pin_source,
	      guint session_limit)
{
	HsmToken *self = g_new0(HsmToken, 1);

	self->module_path = g_strdup(module_path);
	self->label = g_strdup(label);
	self->pin = pin;
	self->pin_source = g_strdup(pin_source);
	self->limit = session_limit == 0 ? G_MAXUINT : session_limit - 1;
	self->idle = g_array_new(FALSE, FALSE, sizeof(CK_SESSION_HANDLE));
	g_mutex_init(&self->lock);
	g_cond_init(&self->returned);
	return self;
}

/* the handles are void, or will be in a moment */
static void
hsm_token_forget_sessions(HsmToken *self)
{
	g_array_set_size(self->idle, 0);
	self->n_open = 0;
	self->control = CK_INVALID_HANDLE;
	self->control_is_lent = FALSE;
	self->logged_in = FALSE;
}

/* the idle ones and the control session; what is in use is closed when it comes back */
static void
hsm_token_close_sessions(HsmToken *self)
{
	CK_FUNCTION_LIST *functions = hsm_module_get_functions(self->module);

	for (guint i = 0; i < self->idle->len; i++)
		(void)functions->C_CloseSession(g_array_index(self->idle, CK_SESSION_HANDLE, i));
	self->n_open -= self->idle->len;
	g_array_set_size(self->idle, 0);
	if (self->control != CK_INVALID_HANDLE && !self->control_is_lent)
		(void)functions->C_CloseSession(self->control);
	self->control = CK_INVALID_HANDLE;
	self->control_is_lent = FALSE;
	self->logged_in = FALSE;
}

void
hsm_token_free(HsmToken *self)
{
	if (self == NULL)
		return;
	if (self->module != NULL) {
		guint64 attempts;

		if (hsm_module_enter(self->module, &attempts) == self->generation &&
		    self->generation != 0)
			hsm_token_close_sessions(self);
		hsm_module_leave(self->module);
		hsm_module_release(self->module);
	}
	hsm_pin_free(self->pin);
	g_array_unref(self->idle);
	g_mutex_clear(&self->lock);
	g_cond_clear(&self->returned);
	g_free(self->module_path);
	g_free(self->label);
	g_free(self->pin_source);
	g_free(self->serial);
	g_free(self);
}

gboolean
hsm_token_is_open(HsmToken *self)
{
	return self->module != NULL;
}

static CK_RV
hsm_token_open_session(HsmToken *self, CK_SESSION_HANDLE *ret_session)
{
	CK_FUNCTION_LIST *functions = hsm_module_get_functions(self->module);
	CK_FLAGS flags = CKF_SERIAL_SESSION | (self->read_only ? 0 : CKF_RW_SESSION);
	CK_RV rv = functions->C_OpenSession(self->slot, flags, NULL, NULL, ret_session);

	/* nothing can be written, and signing goes on */
	if (hsm_rv_classify(rv) == HSM_RV_READ_ONLY && (flags & CKF_RW_SESSION) != 0)
		rv = functions->C_OpenSession(self->slot,
					      CKF_SERIAL_SESSION,
					      NULL,
					      NULL,
					      ret_session);
	return rv;
}

/* finds the token in this generation of the module */
static CK_RV
hsm_token_attach(HsmToken *self, guint64 generation, GError **error)
{
	g_autofree gchar *serial = NULL;
	CK_TOKEN_INFO info;

	hsm_token_forget_sessions(self);
	self->generation = 0;
	if (!hsm_module_find_slot(self->module, self->label, &self->slot, &info, error))
		return CKR_TOKEN_NOT_PRESENT;
	serial = hsm_module_read_text(info.serialNumber, sizeof info.serialNumber);
	if (self->serial != NULL && !g_str_equal(self->serial, serial)) {
		g_set_error(
		    error,
		    KASPER_ERROR,
		    KASPER_ERROR_TRY_AGAIN,
		    "token \"%s\" has serial number %s now, and had %s; bring the first one "
		    "back, or open the repository anew if it was replaced on purpose",
		    self->label,
		    serial,
		    self->serial);
		return CKR_TOKEN_NOT_PRESENT;
	}
	if (self->serial == NULL)
		self->serial = g_steal_pointer(&serial);
	self->read_only = (info.flags & CKF_WRITE_PROTECTED) != 0;
	self->generation = generation;
	return CKR_OK;
}

static CK_RV
hsm_token_log_in(HsmToken *self, GError **error)
{
	CK_FUNCTION_LIST *functions = hsm_module_get_functions(self->module);
	CK_SESSION_HANDLE control;
	CK_RV rv = hsm_token_open_session(self, &control);

	if (rv != CKR_OK)
		return rv;
	rv = hsm_login(self->module, self->slot, control, self->pin, self->pin_source, error);
	if (rv != CKR_OK) {
		(void)functions->C_CloseSession(control);
		return rv;
	}
	self->control = control;
	self->logged_in = TRUE;
	self->epoch++;
	return CKR_OK;
}

/* with the lock held: attached and logged in */
static CK_RV
hsm_token_prepare(HsmToken *self, guint64 generation, GError **error)
{
	CK_RV rv = CKR_OK;

	if (self->generation == generation && self->logged_in)
		return CKR_OK;
	hsm_module_begin(self->module);
	if (self->generation != generation)
		rv = hsm_token_attach(self, generation, error);
	if (rv == CKR_OK && !self->logged_in)
		rv = hsm_token_log_in(self, error);
	hsm_module_end(self->module);
	return rv;
}

/* with the lock held; opens one more session, or waits for one when the token gives no more */
static CK_RV
hsm_token_get_session(HsmToken *self, CK_SESSION_HANDLE *ret_session)
{
	CK_RV rv;

	if (self->idle->len > 0) {
		*ret_session = g_array_index(self->idle, CK_SESSION_HANDLE, self->idle->len - 1);
		g_array_set_size(self->idle, self->idle->len - 1);
		return CKR_OK;
	}
	if (self->n_open < self->limit) {
		self->n_open++;
		g_mutex_unlock(&self->lock);
		hsm_module_begin(self->module);
		rv = hsm_token_open_session(self, ret_session);
		hsm_module_end(self->module);
		g_mutex_lock(&self->lock);
		if (rv == CKR_OK)
			return CKR_OK;
		self->n_open--;
		if (hsm_rv_classify(rv) != HSM_RV_RESOURCES)
			return rv;
		self->limit = self->n_open;
	}
	/* the only session that there is: serial mode */
	if (self->n_open == 0 && self->control != CK_INVALID_HANDLE) {
		self->control_is_lent = TRUE;
		self->n_open = 1;
		*ret_session = self->control;
		return CKR_OK;
	}
	g_cond_wait(&self->returned, &self->lock);
	return CKR_OPERATION_ACTIVE;
}

static CK_RV
hsm_token_borrow(HsmToken *self, guint64 generation, HsmSession *session, GError **error)
{
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
	CK_RV rv;

	do {
		rv = hsm_token_prepare(self, generation, error);
		if (rv != CKR_OK)
			return rv;
		rv = hsm_token_get_session(self, &session->handle);
	} while (rv == CKR_OPERATION_ACTIVE);
	session->module = self->module;
	session->functions = hsm_module_get_functions(self->module);
	session->slot = self->slot;
	session->epoch = self->epoch;
	return rv;
}

static void
hsm_token_give_back(HsmToken *self, const HsmSession *session, CK_RV rv)
{
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
	gboolean is_control = session->handle == self->control;

	if (rv == CKR_OK && session->epoch == self->epoch) {
		g_array_append_val(self->idle, session->handle);
	} else {
		/* an operation may be stuck in it, which only closing ends */
		self->n_open--;
		g_mutex_unlock(&self->lock);
		hsm_module_begin(self->module);
		(void)session->functions->C_CloseSession(session->handle);
		hsm_module_end(self->module);
		g_mutex_lock(&self->lock);
		if (is_control) {
			self->control = CK_INVALID_HANDLE;
			self->control_is_lent = FALSE;
			self->logged_in = FALSE;
		}
	}
	/* one stale session means that all are; whoever comes next logs in anew */
	if (hsm_rv_classify(rv) == HSM_RV_SESSION && session->epoch == self->epoch &&
	    self->logged_in)
		hsm_token_close_sessions(self);
	g_cond_broadcast(&self->returned);
}

static CK_RV
hsm_token_attempt(HsmToken *self,
		  HsmCall call,
		  gpointer data,
		  HsmSession *session,
		  guint64 *ret_attempts,
		  GError **error)
{
	guint64 generation = hsm_module_enter(self->module, ret_attempts);
	CK_RV rv = CKR_CRYPTOKI_NOT_INITIALIZED;

	if (generation != 0)
		rv = hsm_token_borrow(self, generation, session, error);
	if (rv == CKR_OK) {
		hsm_module_begin(self->module);
		rv = call(session, data);
		hsm_module_end(self->module);
		hsm_token_give_back(self, session, rv);
	}
	hsm_module_leave(self->module);
	return rv;
}

/* sees to it that another attempt makes sense */
static gboolean
hsm_token_recover(HsmToken *self, CK_RV rv, guint attempt, guint64 attempts, GError **error)
{
	switch (hsm_rv_classify(rv)) {
	case HSM_RV_SESSION:
	case HSM_RV_HANDLE:
		return TRUE;
	case HSM_RV_DEVICE:
		return attempt == 0 || hsm_module_restart(self->module, attempts, error);
	case HSM_RV_LOST:
		return hsm_module_restart(self->module, attempts, error);
	case HSM_RV_OK:
	case HSM_RV_RESOURCES:
	case HSM_RV_FULL:
	case HSM_RV_AUTH:
	case HSM_RV_REQUEST:
	case HSM_RV_READ_ONLY:
		return FALSE;
	}
	g_assert_not_reached();
}

/* a missing token is a wrong setting when the repository is opened, and a fault that passes later
 */
static void
hsm_token_set_error(GError **error, const gchar *what, CK_RV rv, const GError *cause)
{
	gboolean passes = hsm_rv_classify(rv) == HSM_RV_LOST;

	if (cause != NULL)
		g_set_error(error,
			    KASPER_ERROR,
			    passes ? (gint)KASPER_ERROR_TRY_AGAIN : cause->code,
			    "%s: %s",
			    what,
			    cause->message);
	else
		hsm_rv_set_error(error, rv, what);
}

gboolean
hsm_token_call(HsmToken *self,
	       const gchar *what,
	       HsmCall call,
	       gpointer data,
	       GCancellable *cancellable,
	       GError **error)
{
	HsmSession session = {.attempt = 0};
	g_autoptr(GError) cause = NULL;
	CK_RV rv = CKR_FUNCTION_CANCELED;

	if (self->module == NULL) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_TRY_AGAIN,
			    "%s: the repository is not open",
			    what);
		return FALSE;
	}
	while (session.attempt < HSM_TOKEN_ATTEMPTS && !g_cancellable_is_cancelled(cancellable)) {
		guint64 attempts = 0;

		g_clear_error(&cause);
		rv = hsm_token_attempt(self, call, data, &session, &attempts, &cause);
		if (rv == CKR_OK)
			return TRUE;
		if (session.attempt + 1 == HSM_TOKEN_ATTEMPTS)
			break;
		/* that the token is missing is only known once the module was started again */
		if (hsm_rv_classify(rv) == HSM_RV_LOST)
			g_clear_error(&cause);
		if (!hsm_token_recover(self, rv, session.attempt, attempts, &cause))
			break;
		session.attempt++;
	}
	hsm_token_set_error(error, what, rv, cause);
	return FALSE;
}

static CK_RV
hsm_token_prepare_once(HsmToken *self, guint64 *ret_attempts, GError **error)
{
	guint64 generation = hsm_module_enter(self->module, ret_attempts);
	CK_RV rv = CKR_CRYPTOKI_NOT_INITIALIZED;

	if (generation != 0) {
		g_mutex_lock(&self->lock);
		rv = hsm_token_prepare(self, generation, error);
		g_mutex_unlock(&self->lock);
	}
	hsm_module_leave(self->module);
	return rv;
}

gboolean
hsm_token_open(HsmToken *self, GError **error)
{
	g_autofree gchar *what = g_strdup_printf("token \"%s\" cannot be opened", self->label);
	g_autoptr(GError) cause = NULL;
	guint64 attempts = 0;
	CK_RV rv;

	self->module = hsm_module_acquire(self->module_path, error);
	if (self->module == NULL)
		return FALSE;
	rv = hsm_token_prepare_once(self, &attempts, &cause);
	/* a token may have been made after another repository started the module */
	if (hsm_rv_classify(rv) == HSM_RV_LOST &&
	    hsm_module_restart(self->module, attempts, NULL)) {
		g_clear_error(&cause);
		rv = hsm_token_prepare_once(self, &attempts, &cause);
	}
	if (rv == CKR_OK)
		return TRUE;
	if (cause != NULL)
		g_propagate_error(error, g_steal_pointer(&cause));
	else
		hsm_rv_set_error(error, rv, what);
	/* it never was open, so there is nothing that a later call could recover */
	hsm_module_release(g_steal_pointer(&self->module));
	return FALSE;
}
