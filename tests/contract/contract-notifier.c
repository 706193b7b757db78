/* SPDX-License-Identifier: BSD-2-Clause */
#include "contract.h"

static KasperNotifier *
open_notifier(Contract *self)
{
	return contract_open(self, KASPER_TYPE_NOTIFIER);
}

static void
deliver(KasperNotifier *notifier, KasperEventLevel level, const gchar *zone, const gchar *text)
{
	g_autoptr(KasperEvent) event = kasper_event_new("contract",
							level,
							1800000000,
							zone,
							zone != NULL ? "aabb" : NULL,
							text);
	g_autoptr(GError) error = NULL;

	kasper_event_set_id(event, "event-1");
	g_assert_true(kasper_notifier_deliver(notifier, event, NULL, &error));
	g_assert_no_error(error);
}

static void
test_levels(Contract *self, gconstpointer data)
{
	KasperNotifier *notifier = open_notifier(self);

	for (gint level = KASPER_EVENT_DEBUG; notifier != NULL && level <= KASPER_EVENT_CRITICAL;
	     level++) {
		deliver(notifier, (KasperEventLevel)level, "example.org", "something happened");
		deliver(notifier, (KasperEventLevel)level, NULL, "something else happened");
	}
}

/* an event is text that came from anywhere */
static void
test_texts(Contract *self, gconstpointer data)
{
	static const gchar *const texts[] = {"",
					     "\n",
					     "one\ntwo\nthree",
					     "100 % sure: %s %n %d",
					     "<b>&amp;\"'\\",
					     "\t\r\033[31m",
					     "größer als Σ 🔑",
					     "\xff\xfe not UTF-8"};
	KasperNotifier *notifier = open_notifier(self);

	for (guint i = 0; notifier != NULL && i < G_N_ELEMENTS(texts); i++)
		deliver(notifier, KASPER_EVENT_INFO, "example.org", texts[i]);
}

static void
test_long_texts(Contract *self, gconstpointer data)
{
	KasperNotifier *notifier = open_notifier(self);
	g_autofree gchar *line = g_strnfill(20000, 'x');
	g_autoptr(GString) lines = g_string_new(NULL);

	if (notifier == NULL)
		return;
	for (guint i = 0; i < 20; i++)
		g_string_append(lines, "example.org. 3600 IN DNSKEY 257 3 13 ...\n");
	deliver(notifier, KASPER_EVENT_INFO, "example.org", line);
	deliver(notifier, KASPER_EVENT_INFO, "example.org", lines->str);
}

/* the answer to the first try was lost */
static void
test_twice(Contract *self, gconstpointer data)
{
	KasperNotifier *notifier = open_notifier(self);

	for (guint i = 0; notifier != NULL && i < 3; i++)
		deliver(notifier, KASPER_EVENT_NOTICE, "example.org", "the same again");
}

static void
test_closed(Contract *self, gconstpointer data)
{
	KasperNotifier *notifier = open_notifier(self);
	g_autoptr(KasperEvent) event =
	    kasper_event_new("contract", KASPER_EVENT_INFO, 0, NULL, NULL, "late");
	g_autoptr(GError) error = NULL;

	if (notifier == NULL)
		return;
	kasper_plugin_close(KASPER_PLUGIN(notifier));
	/* a late call finds it closed: an error perhaps, and no crash */
	if (!kasper_notifier_deliver(notifier, event, NULL, &error))
		g_assert_nonnull(error);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	contract_add("/notifier/levels", test_levels);
	contract_add("/notifier/texts", test_texts);
	contract_add("/notifier/long-texts", test_long_texts);
	contract_add("/notifier/twice", test_twice);
	contract_add("/notifier/closed", test_closed);
	return contract_run(KASPER_TYPE_NOTIFIER);
}
