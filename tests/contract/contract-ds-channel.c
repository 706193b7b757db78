/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "contract.h"

static KasperDsChannel *
open_channel(Contract *self)
{
	return contract_open(self, KASPER_TYPE_DS_CHANNEL);
}

static KasperDsKey *
make_key(guint number)
{
	g_autoptr(GBytes) octets = g_bytes_new_take(g_malloc0(64), 64);
	g_autofree gchar *id = g_strdup_printf("aabb%02x", number);
	g_autofree gchar *dnskey = g_strdup_printf(
	    "example.org. 3600 IN DNSKEY 257 3 13 "
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	    "A==");
	g_autofree gchar *ds =
	    g_strdup_printf("example.org. 3600 IN DS %u 13 2 %064x", 12345 + number, number);
	const gchar *const list[] = {ds, NULL};

	return kasper_ds_key_new(id, 12345 + number, 257, 13, octets, dnskey, list);
}

/* bits of @wanted and @seen are keys */
static KasperDsRequest *
make_request(KasperDsPhaseKind phase, guint wanted, guint seen, guint attempt)
{
	KasperDsRequest *request =
	    kasper_ds_request_new("example.org", "ds-1-1", phase, attempt, NULL);

	for (guint i = 0; i < 8; i++) {
		g_autoptr(KasperDsKey) key = make_key(i);

		if (wanted & (1u << i))
			kasper_ds_request_add_wanted(request, key);
		if (seen & (1u << i))
			kasper_ds_request_add_seen(request, key);
	}
	return request;
}

static KasperDsStatus
submit(KasperDsChannel *channel, KasperDsRequest *request)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KasperDsAnswer) answer =
	    kasper_ds_channel_submit_set(channel, request, NULL, &error);

	g_assert_no_error(error);
	if (kasper_ds_answer_get_text(answer) != NULL)
		g_test_message("%s", kasper_ds_answer_get_text(answer));
	return kasper_ds_answer_get_status(answer);
}

static void
assert_taken(KasperDsStatus status)
{
	g_assert_true(status == KASPER_DS_STATUS_DONE || status == KASPER_DS_STATUS_PENDING ||
		      status == KASPER_DS_STATUS_NEEDS_OPERATOR ||
		      status == KASPER_DS_STATUS_UNSUPPORTED);
}

static void
test_phases(Contract *self, gconstpointer data)
{
	static const struct {
		KasperDsPhaseKind phase;
		guint wanted;
		guint seen;
	} cases[] = {
	    {KASPER_DS_PHASE_BOOTSTRAP, 1, 0},
	    {KASPER_DS_PHASE_INTRODUCE, 3, 1},
	    {KASPER_DS_PHASE_SWAP, 2, 1},
	    {KASPER_DS_PHASE_WITHDRAW, 2, 3},
	    {KASPER_DS_PHASE_GO_INSECURE, 0, 2},
	    {KASPER_DS_PHASE_RESYNC, 5, 10},
	    {KASPER_DS_PHASE_RESYNC, 1, 1},
	};
	KasperDsChannel *channel = open_channel(self);

	for (guint i = 0; channel != NULL && i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(KasperDsRequest) request =
		    make_request(cases[i].phase, cases[i].wanted, cases[i].seen, 1);

		assert_taken(submit(channel, request));
	}
}

/* the answer to the first try was lost */
static void
test_twice(Contract *self, gconstpointer data)
{
	KasperDsChannel *channel = open_channel(self);

	for (guint attempt = 1; channel != NULL && attempt <= 3; attempt++) {
		g_autoptr(KasperDsRequest) request =
		    make_request(KASPER_DS_PHASE_SWAP, 2, 1, attempt);

		assert_taken(submit(channel, request));
	}
}

static void
test_read(Contract *self, gconstpointer data)
{
	KasperDsChannel *channel = open_channel(self);
	g_autoptr(KasperDsRequest) request = make_request(KASPER_DS_PHASE_BOOTSTRAP, 1, 0, 1);
	g_autoptr(KasperDsAnswer) answer = NULL;
	g_autoptr(GError) error = NULL;

	if (channel == NULL)
		return;
	answer = kasper_ds_channel_read_stored(channel, request, NULL, &error);
	if (answer == NULL) {
		g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_SUPPORTED);
		return;
	}
	/* who says that it read has something to show */
	if (kasper_ds_answer_get_status(answer) == KASPER_DS_STATUS_DONE)
		g_assert_nonnull(kasper_ds_answer_get_stored(answer));
}

static void
test_check(Contract *self, gconstpointer data)
{
	KasperDsChannel *channel = open_channel(self);
	g_autoptr(GError) error = NULL;

	if (channel == NULL)
		return;
	g_assert_true(kasper_ds_channel_check_channel(channel, NULL, &error));
	g_assert_no_error(error);
}

static void
test_capabilities(Contract *self, gconstpointer data)
{
	KasperDsChannel *channel = open_channel(self);

	if (channel != NULL)
		g_assert_cmpuint(kasper_ds_channel_get_capabilities(channel), ==, 0);
}

/* a token of which it knows nothing */
static void
test_foreign_token(Contract *self, gconstpointer data)
{
	KasperDsChannel *channel = open_channel(self);
	g_autoptr(KasperDsRequest) request =
	    kasper_ds_request_new("example.org", "ds-1-1", KASPER_DS_PHASE_BOOTSTRAP, 1, "zzz");
	g_autoptr(KasperDsAnswer) answer = NULL;
	g_autoptr(GError) error = NULL;

	if (channel == NULL)
		return;
	answer = kasper_ds_channel_poll_token(channel, request, NULL, &error);
	if (answer != NULL)
		g_assert_cmpint((gint)kasper_ds_answer_get_status(answer),
				!=,
				KASPER_DS_STATUS_DONE);
	else
		g_assert_nonnull(error);
}

static void
test_cancelled(Contract *self, gconstpointer data)
{
	KasperDsChannel *channel = open_channel(self);
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	g_autoptr(KasperDsRequest) request = make_request(KASPER_DS_PHASE_BOOTSTRAP, 1, 0, 1);
	g_autoptr(KasperDsAnswer) answer = NULL;
	g_autoptr(GError) error = NULL;

	if (channel == NULL)
		return;
	g_cancellable_cancel(cancellable);
	/* whatever it says, it says something */
	answer = kasper_ds_channel_submit_set(channel, request, cancellable, &error);
	g_assert_true((answer != NULL) != (error != NULL));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	contract_add("/ds-channel/phases", test_phases);
	contract_add("/ds-channel/twice", test_twice);
	contract_add("/ds-channel/read", test_read);
	contract_add("/ds-channel/check", test_check);
	contract_add("/ds-channel/capabilities", test_capabilities);
	contract_add("/ds-channel/foreign-token", test_foreign_token);
	contract_add("/ds-channel/cancelled", test_cancelled);
	return contract_run(KASPER_TYPE_DS_CHANNEL);
}
