/* SPDX-License-Identifier: BSD-2-Clause */
#include "test-plugin.h"

static gboolean
test_plugin_open(KasperPlugin *plugin, GCancellable *cancellable, GError **error)
{
	TestPlugin *self = TEST_PLUGIN(plugin);

	if (g_strcmp0(self->text, "refuse") == 0) {
		g_set_error_literal(error,
				    KASPER_ERROR,
				    KASPER_ERROR_AUTH,
				    "the password is wrong");
		return FALSE;
	}
	self->opened++;
	return TRUE;
}

static void
test_plugin_close(KasperPlugin *plugin)
{
	TEST_PLUGIN(plugin)->closed++;
}

static gboolean
test_plugin_deliver(KasperNotifier *notifier,
		    KasperEvent *event,
		    GCancellable *cancellable,
		    GError **error)
{
	TEST_PLUGIN(notifier)->delivered++;
	return TRUE;
}

static void
test_plugin_plugin_init(KasperPluginInterface *iface)
{
	iface->open = test_plugin_open;
	iface->close = test_plugin_close;
}

static void
test_plugin_notifier_init(KasperNotifierInterface *iface)
{
	iface->deliver = test_plugin_deliver;
}

/* clang-format off */
G_DEFINE_FINAL_TYPE_WITH_CODE(TestPlugin, test_plugin, G_TYPE_OBJECT,
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_PLUGIN, test_plugin_plugin_init)
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_NOTIFIER, test_plugin_notifier_init))
/* clang-format on */

typedef enum {
	PROP_TEXT = 1,
	PROP_SECRET,
	PROP_WORDS,
	PROP_FLAG,
	PROP_NUMBER,
	PROP_LONG_NUMBER,
	PROP_COUNT,
	PROP_LONG_COUNT,
	PROP_RATIO,
	PROP_MODE,
	PROP_PARTS,
	PROP_STATE,
	PROP_LOST,
} TestPluginProperty;

static GType
test_mode_get_type(void)
{
	static GType type;
	static const GEnumValue values[] = {
	    {TEST_MODE_FAST, "TEST_MODE_FAST", "fast"},
	    {TEST_MODE_SLOW, "TEST_MODE_SLOW", "slow"},
	    {TEST_MODE_VERY_SLOW, "TEST_MODE_VERY_SLOW", "very-slow"},
	    {0, NULL, NULL},
	};

	if (type == 0)
		type = g_enum_register_static("TestMode", values);
	return type;
}

static GType
test_parts_get_type(void)
{
	static GType type;
	static const GFlagsValue values[] = {
	    {TEST_PARTS_HEAD, "TEST_PARTS_HEAD", "head"},
	    {TEST_PARTS_TAIL, "TEST_PARTS_TAIL", "tail"},
	    {0, NULL, NULL},
	};

	if (type == 0)
		type = g_flags_register_static("TestParts", values);
	return type;
}

static void
test_plugin_set_property(GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
	TestPlugin *self = TEST_PLUGIN(object);

	switch ((TestPluginProperty)id) {
	case PROP_TEXT:
		g_free(self->text);
		self->text = g_value_dup_string(value);
		return;
	case PROP_SECRET:
		g_free(self->secret);
		self->secret = g_value_dup_string(value);
		return;
	case PROP_WORDS:
		g_strfreev(self->words);
		self->words = g_value_dup_boxed(value);
		return;
	case PROP_FLAG:
		self->flag = g_value_get_boolean(value);
		return;
	case PROP_NUMBER:
		self->number = g_value_get_int(value);
		return;
	case PROP_LONG_NUMBER:
		self->long_number = g_value_get_int64(value);
		return;
	case PROP_COUNT:
		self->count = g_value_get_uint(value);
		return;
	case PROP_LONG_COUNT:
		self->long_count = g_value_get_uint64(value);
		return;
	case PROP_RATIO:
		self->ratio = g_value_get_double(value);
		return;
	case PROP_MODE:
		self->mode = (TestMode)g_value_get_enum(value);
		return;
	case PROP_PARTS:
		self->parts = (TestParts)g_value_get_flags(value);
		return;
	case PROP_STATE:
	case PROP_LOST:
		/* the one cannot be set, the other has been forgotten here */
		return;
	}
	G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

static void
test_plugin_get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
	TestPlugin *self = TEST_PLUGIN(object);

	switch ((TestPluginProperty)id) {
	case PROP_TEXT:
		g_value_set_string(value, self->text);
		return;
	case PROP_SECRET:
		g_value_set_string(value, self->secret);
		return;
	case PROP_WORDS:
		g_value_set_boxed(value, self->words);
		return;
	case PROP_FLAG:
		g_value_set_boolean(value, self->flag);
		return;
	case PROP_NUMBER:
		g_value_set_int(value, self->number);
		return;
	case PROP_LONG_NUMBER:
		g_value_set_int64(value, self->long_number);
		return;
	case PROP_COUNT:
		g_value_set_uint(value, self->count);
		return;
	case PROP_LONG_COUNT:
		g_value_set_uint64(value, self->long_count);
		return;
	case PROP_RATIO:
		g_value_set_double(value, self->ratio);
		return;
	case PROP_MODE:
		g_value_set_enum(value, (gint)self->mode);
		return;
	case PROP_PARTS:
		g_value_set_flags(value, self->parts);
		return;
	case PROP_STATE:
		g_value_set_string(value, "fine");
		return;
	case PROP_LOST:
		g_value_set_int(value, 0);
		return;
	}
	G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

static void
test_plugin_finalize(GObject *object)
{
	TestPlugin *self = TEST_PLUGIN(object);

	g_free(self->text);
	g_free(self->secret);
	g_strfreev(self->words);
	G_OBJECT_CLASS(test_plugin_parent_class)->finalize(object);
}

static void
test_plugin_init(TestPlugin *self)
{
	self->number = 7;
}

static void
test_plugin_class_init(TestPluginClass *klass)
{
	GObjectClass *class = G_OBJECT_CLASS(klass);
	const GParamFlags flags = G_PARAM_READWRITE;

	class->set_property = test_plugin_set_property;
	class->get_property = test_plugin_get_property;
	class->finalize = test_plugin_finalize;
#define INSTALL(id, spec) g_object_class_install_property(class, id, spec)
	INSTALL(PROP_TEXT, g_param_spec_string("text", NULL, "some text", NULL, flags));
	INSTALL(
	    PROP_SECRET,
	    g_param_spec_string("secret", NULL, "a password", NULL, flags | KASPER_PARAM_SECRET));
	INSTALL(PROP_WORDS, g_param_spec_boxed("words", NULL, "a command", G_TYPE_STRV, flags));
	INSTALL(PROP_FLAG, g_param_spec_boolean("flag", NULL, NULL, FALSE, flags));
	INSTALL(PROP_NUMBER, g_param_spec_int("number", NULL, NULL, -8, 16, 7, flags));
	INSTALL(PROP_LONG_NUMBER,
		g_param_spec_int64("long-number", NULL, NULL, -1, G_MAXINT64, 0, flags));
	INSTALL(PROP_COUNT, g_param_spec_uint("count", NULL, NULL, 1, 99, 1, flags));
	INSTALL(PROP_LONG_COUNT,
		g_param_spec_uint64("long-count", NULL, NULL, 0, G_MAXUINT64, 0, flags));
	INSTALL(PROP_RATIO, g_param_spec_double("ratio", NULL, NULL, 0, 1, 0, flags));
	INSTALL(PROP_MODE,
		g_param_spec_enum("mode", NULL, NULL, test_mode_get_type(), TEST_MODE_FAST, flags));
	INSTALL(PROP_PARTS,
		g_param_spec_flags("parts", NULL, NULL, test_parts_get_type(), 0, flags));
	INSTALL(PROP_STATE, g_param_spec_string("state", NULL, NULL, NULL, G_PARAM_READABLE));
	INSTALL(PROP_LOST, g_param_spec_int("lost", NULL, NULL, 0, 9, 0, flags));
#undef INSTALL
}
