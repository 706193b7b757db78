/* SPDX-License-Identifier: BSD-2-Clause */
#include "notify-syslog.h"

#include <stdlib.h>
#include <string.h>

#include "link.h"
#include "message.h"

#define DEFAULT_PATH	 "/dev/log"
#define DEFAULT_IDENT	 "kasperd"
#define DEFAULT_FACILITY "daemon"
#define DEFAULT_JOURNAL	 "/run/systemd/journal/socket"
/* where /dev/log leads when journald keeps the log */
#define JOURNAL_DEV_LOG "/run/systemd/journal/dev-log"
#define IDENT_MAX	48

struct _NotifySyslog {
	GObject parent_instance;

	gchar *path;
	gchar *ident;
	gchar *facility;
	gchar *transport;
	gchar *journal_path;

	GMutex lock;
	SyslogSender sender; /* its ident is the property's */
	SyslogLink *link;    /* NULL: not open */
	gboolean journal;    /* link speaks journald's protocol */
	/* an event of several lines that broke off: where it goes on */
	gchar *broken_id;
	guint broken_line;
};

typedef enum {
	PROP_PATH = 1,
	PROP_IDENT,
	PROP_FACILITY,
	PROP_TRANSPORT,
	PROP_JOURNAL_PATH,
} NotifySyslogProperty;

static GParamSpec *properties[PROP_JOURNAL_PATH + 1];

/* --- open and close --- */

static gboolean
notify_syslog_is_ident(const gchar *ident)
{
	if (ident == NULL || *ident == '\0' || strlen(ident) > IDENT_MAX)
		return FALSE;
	for (; *ident != '\0'; ident++) {
		if (!g_ascii_isgraph(*ident) || strchr(":[]", *ident) != NULL)
			return FALSE;
	}
	return TRUE;
}

/* journald gets the fields, too, where it is what stands behind /dev/log */
static gboolean
notify_syslog_finds_journal(NotifySyslog *self)
{
	char *target = realpath(self->path, NULL);
	gboolean found = g_strcmp0(target, JOURNAL_DEV_LOG) == 0 &&
			 g_file_test(self->journal_path, G_FILE_TEST_EXISTS);

	free(target);
	return found;
}

static gboolean
notify_syslog_choose(NotifySyslog *self, GError **error)
{
	if (g_strcmp0(self->transport, "auto") == 0)
		self->journal = notify_syslog_finds_journal(self);
	else if (g_strcmp0(self->transport, "journal") == 0)
		self->journal = TRUE;
	else if (g_strcmp0(self->transport, "syslog") == 0)
		self->journal = FALSE;
	else {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "transport \"%s\" is not auto, syslog or journal",
			    self->transport);
		return FALSE;
	}
	return TRUE;
}

static gboolean
notify_syslog_check_settings(NotifySyslog *self, GError **error)
{
	if (!syslog_facility_parse(self->facility, &self->sender.facility))
		g_set_error(
		    error,
		    KASPER_ERROR,
		    KASPER_ERROR_INVALID,
		    "facility \"%s\" is not daemon, user, auth, local0 to local7 or another "
		    "that syslog knows",
		    self->facility);
	else if (!notify_syslog_is_ident(self->ident))
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "ident \"%s\" is no name of a program: 1 to 48 characters without "
			    "blanks, colons and brackets",
			    self->ident);
	else
		return notify_syslog_choose(self, error);
	return FALSE;
}

/* where nobody keeps a log at all, events would heap up for ever: that is said at once */
static gboolean
notify_syslog_open(KasperPlugin *plugin, GCancellable *cancellable, GError **error)
{
	NotifySyslog *self = NOTIFY_SYSLOG(plugin);
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
	const gchar *path;

	if (!notify_syslog_check_settings(self, error))
		return FALSE;
	path = self->journal ? self->journal_path : self->path;
	if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_NOT_FOUND,
			    "there is no system log at %s; start one, correct the setting path, or "
			    "set enabled=\"false\" for this plugin in conf.xml",
			    path);
		return FALSE;
	}
	self->sender.ident = self->ident;
	g_clear_pointer(&self->link, syslog_link_free);
	self->link = syslog_link_new(path);
	return TRUE;
}

static void
notify_syslog_close(KasperPlugin *plugin)
{
	NotifySyslog *self = NOTIFY_SYSLOG(plugin);
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);

	g_clear_pointer(&self->link, syslog_link_free);
}

/* --- delivery --- */

static gboolean
notify_syslog_send_line(NotifySyslog *self,
			KasperEvent *event,
			const gchar *line,
			GCancellable *cancellable,
			GError **error)
{
	g_autofree gchar *text = self->journal ? syslog_make_record(&self->sender, event, line)
					       : syslog_make_message(&self->sender, event, line);

	return syslog_link_send(self->link, text, cancellable, error);
}

static guint
notify_syslog_get_start(NotifySyslog *self, KasperEvent *event)
{
	const gchar *id = kasper_event_get_id(event);

	return id != NULL && g_strcmp0(id, self->broken_id) == 0 ? self->broken_line : 0;
}

static void
notify_syslog_note_break(NotifySyslog *self, KasperEvent *event, guint line)
{
	g_free(self->broken_id);
	self->broken_id = line > 0 ? g_strdup(kasper_event_get_id(event)) : NULL;
	self->broken_line = line;
}

static gboolean
notify_syslog_deliver(KasperNotifier *notifier,
		      KasperEvent *event,
		      GCancellable *cancellable,
		      GError **error)
{
	NotifySyslog *self = NOTIFY_SYSLOG(notifier);
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
	g_autoptr(GPtrArray) lines = syslog_event_to_lines(event);

	if (self->link == NULL) {
		g_set_error_literal(error,
				    KASPER_ERROR,
				    KASPER_ERROR_TRY_AGAIN,
				    "the plugin is closed");
		return FALSE;
	}
	/* what was said before it broke off is not said again */
	for (guint i = notify_syslog_get_start(self, event); i < lines->len; i++) {
		if (!notify_syslog_send_line(self,
					     event,
					     g_ptr_array_index(lines, i),
					     cancellable,
					     error)) {
			notify_syslog_note_break(self, event, i);
			return FALSE;
		}
	}
	if (notify_syslog_get_start(self, event) > 0)
		notify_syslog_note_break(self, event, 0);
	return TRUE;
}

static void
notify_syslog_plugin_init(KasperPluginInterface *iface)
{
	iface->open = notify_syslog_open;
	iface->close = notify_syslog_close;
}

static void
notify_syslog_notifier_init(KasperNotifierInterface *iface)
{
	iface->deliver = notify_syslog_deliver;
}

/* clang-format off */
G_DEFINE_FINAL_TYPE_WITH_CODE(NotifySyslog, notify_syslog, G_TYPE_OBJECT,
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_PLUGIN, notify_syslog_plugin_init)
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_NOTIFIER, notify_syslog_notifier_init))
/* clang-format on */

/* --- settings: all of them are text --- */

static gchar **
notify_syslog_get_text(NotifySyslog *self, guint id)
{
	switch ((NotifySyslogProperty)id) {
	case PROP_PATH:
		return &self->path;
	case PROP_IDENT:
		return &self->ident;
	case PROP_FACILITY:
		return &self->facility;
	case PROP_TRANSPORT:
		return &self->transport;
	case PROP_JOURNAL_PATH:
		return &self->journal_path;
	}
	return NULL;
}

static void
notify_syslog_set_property(GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
	gchar **text = notify_syslog_get_text(NOTIFY_SYSLOG(object), id);

	if (text == NULL) {
		G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
		return;
	}
	g_free(*text);
	*text = g_value_dup_string(value);
}

static void
notify_syslog_get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
	gchar **text = notify_syslog_get_text(NOTIFY_SYSLOG(object), id);

	if (text == NULL) {
		G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
		return;
	}
	g_value_set_string(value, *text);
}

static void
notify_syslog_finalize(GObject *object)
{
	NotifySyslog *self = NOTIFY_SYSLOG(object);

	syslog_link_free(self->link);
	g_free(self->path);
	g_free(self->ident);
	g_free(self->facility);
	g_free(self->transport);
	g_free(self->journal_path);
	g_free(self->broken_id);
	g_mutex_clear(&self->lock);
	G_OBJECT_CLASS(notify_syslog_parent_class)->finalize(object);
}

static void
notify_syslog_init(NotifySyslog *self)
{
	g_mutex_init(&self->lock);
	self->path = g_strdup(DEFAULT_PATH);
	self->ident = g_strdup(DEFAULT_IDENT);
	self->facility = g_strdup(DEFAULT_FACILITY);
	self->transport = g_strdup("auto");
	self->journal_path = g_strdup(DEFAULT_JOURNAL);
}

static void
notify_syslog_class_init(NotifySyslogClass *klass)
{
	static const struct {
		const gchar *name;
		const gchar *blurb;
		const gchar *value;
	} table[] = {
	    {"path", "the system log's socket", DEFAULT_PATH},
	    {"ident", "the name before each line", DEFAULT_IDENT},
	    {"facility", "Logging/Syslog/Facility", DEFAULT_FACILITY},
	    {"transport", "auto, syslog, or journal with fields beside each line", "auto"},
	    {"journal-path", "journald's own socket", DEFAULT_JOURNAL},
	};
	GObjectClass *object_class = G_OBJECT_CLASS(klass);

	object_class->set_property = notify_syslog_set_property;
	object_class->get_property = notify_syslog_get_property;
	object_class->finalize = notify_syslog_finalize;
	for (guint i = 0; i < G_N_ELEMENTS(table); i++)
		properties[i + 1] = g_param_spec_string(table[i].name,
							NULL,
							table[i].blurb,
							table[i].value,
							G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
	g_object_class_install_properties(object_class, G_N_ELEMENTS(properties), properties);
}

KASPER_PLUGIN_DEFINE("notify-syslog", "0.1", notify_syslog_get_type)
