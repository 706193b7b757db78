/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * What the store costs a zone, in microseconds, from nothing to signed: prints JSON.
 *
 * Usage: store-bench ZONES FOLDER   (the folder must exist; state.db* is made in it and removed)
 */

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "kasper-store.h"

#define BATCH 1000
#define NOW   ((KasperTime)1700000000)

typedef struct {
	KasperStore *store;
	gint64 repository;
	gint64 policy;
	guint zones;
	gint64 *pairs;
	gint64 *numbers;
	gint64 *intents;
} Bench;

static gint64 started;

static void
bench_begin(void)
{
	started = g_get_monotonic_time();
}

static void
bench_end(const gchar *name, guint divisor)
{
	gdouble elapsed = (gdouble)(g_get_monotonic_time() - started);

	printf("  \"%s\": %.3f,\n", name, elapsed / divisor);
	fflush(stdout);
}

/* @done is evaluated first, and sets @error */
#define bench_must(done, error)                                                                    \
	G_STMT_START                                                                               \
	{                                                                                          \
		if (!(done))                                                                       \
			g_error("%s", error != NULL ? error->message : "failed");                  \
	}                                                                                          \
	G_STMT_END

/* one transaction for each BATCH of @n calls of @work */
static void
bench_run(Bench *bench, guint n, void (*work)(Bench *bench, guint i))
{
	for (guint from = 0; from < n; from += BATCH) {
		g_autoptr(GError) error = NULL;
		g_autoptr(KasperTransaction) transaction = kasper_store_begin(bench->store, &error);

		bench_must(transaction != NULL, error);
		for (guint i = from; i < MIN(n, from + BATCH); i++)
			work(bench, i);
		bench_must(kasper_transaction_commit(transaction, &error), error);
	}
}

static void
bench_plan_pair(Bench *bench, guint i)
{
	g_autoptr(GError) error = NULL;
	g_auto(KasperPairRow) row = {0};

	row.id = g_strdup_printf("%08x%08x%08x%08x",
				 g_random_int(),
				 g_random_int(),
				 g_random_int(),
				 g_random_int());
	row.repository = bench->repository;
	row.algorithm = KASPER_ALGORITHM_ECDSAP256SHA256;
	row.bits = 256;
	bench_must(kasper_store_plan_pair(bench->store, &row, NOW, &error), error);
	bench->pairs[i] = row.number;
}

static void
bench_make_pair(Bench *bench, guint i)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) public_key = NULL;
	guint32 data[16];

	for (guint j = 0; j < G_N_ELEMENTS(data); j++)
		data[j] = g_random_int();
	public_key = g_bytes_new(data, sizeof data);
	bench_must(kasper_store_pair_made(bench->store, bench->pairs[i], public_key, NOW, &error),
		   error);
}

static void
bench_add_zone(Bench *bench, guint i)
{
	g_autoptr(GError) error = NULL;
	g_auto(KasperZoneRow) row = {0};

	row.policy = bench->policy;
	row.name = g_strdup_printf("zone%07u.example", (i * 7919u) % bench->zones);
	row.signer_configuration = g_strdup_printf("/var/lib/kasper/signconf/%s.xml", row.name);
	row.input_type = g_strdup("File");
	row.input = g_strdup_printf("/var/lib/kasper/unsigned/%s", row.name);
	row.output_type = g_strdup("File");
	row.output = g_strdup_printf("/var/lib/kasper/signed/%s", row.name);
	bench_must(kasper_store_add_zone(bench->store, &row, NOW, &error), error);
	bench->numbers[i] = row.number;
}

static void
bench_take_key(Bench *bench, KasperSnapshot *work, guint roles)
{
	const KasperDemand demand = {
	    .store = bench->repository,
	    .bits = 256,
	    .algorithm = KASPER_ALGORITHM_ECDSAP256SHA256,
	    .roles = (guint8)roles,
	};
	g_autoptr(GError) error = NULL;
	guint16 taken = work->keys[0].tag;
	KasperKey *key = &work->keys[work->n_keys];

	bench_must(kasper_store_take_pair(bench->store,
					  &demand,
					  bench->policy,
					  &taken,
					  work->n_keys,
					  key,
					  &error),
		   error);
	key->roles = (guint8)roles;
	key->goal = KASPER_GOAL_IN;
	key->records = KASPER_RECORD_DNSKEY;
	for (guint i = 0; i < KASPER_N_RECORDS; i++)
		key->since[i] = NOW;
	key->published = key->ready = key->active = key->retired = key->dead = KASPER_TIME_UNSET;
	work->n_keys++;
}

static void
bench_publish(KasperLedger *ledger, KasperKeySet keys, KasperTime now)
{
	KasperVersion *version = &ledger->versions[ledger->n_versions++];

	*version = (KasperVersion){
	    .keys = keys,
	    .signers = keys & 1,
	    .flags = (guint)KASPER_VERSION_CURRENT | (guint)KASPER_VERSION_WANTED,
	    .ttl = 3600,
	    .since = now,
	    .gone = KASPER_TIME_UNSET,
	    .end = KASPER_TIME_NEVER,
	};
}

static void
bench_audit(Bench *bench, const gchar *zone, const gchar *action)
{
	g_autoptr(GError) error = NULL;

	bench_must(kasper_store_add_audit(bench->store,
					  NOW,
					  "kasperd",
					  action,
					  zone,
					  "00112233445566778899aabbccddeeff",
					  "the policy wants it",
					  &error),
		   error);
}

static void
bench_save(Bench *bench,
	   const KasperSnapshot *before,
	   const KasperSnapshot *after,
	   const gchar *word,
	   KasperTime due)
{
	KasperKeyWord words[KASPER_KEYS_MAX] = {0};
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i < after->n_keys; i++)
		words[i] =
		    (KasperKeyWord){.state = word, .next_state = "ready", .next_time = NOW + 7200};
	bench_must(
	    kasper_store_save_snapshot(bench->store, before, after, words, due, word, "", &error),
	    error);
}

/* the first turn: keys out of the pool, ledgers, the order for the signer */
static void
bench_turn(Bench *bench, guint i)
{
	g_autoptr(GError) error = NULL;
	g_auto(KasperZoneRow) row = {0};
	g_auto(KasperIntentRow) intent = {0};
	KasperSnapshot before, work;

	bench_must(
	    kasper_store_load_snapshot(bench->store, bench->numbers[i], &before, &row, &error),
	    error);
	work = before;
	bench_take_key(bench, &work, KASPER_ROLE_KSK);
	bench_take_key(bench, &work, KASPER_ROLE_ZSK);
	bench_publish(&work.ledgers[KASPER_LEDGER_DS], 0, NOW);
	for (guint kind = KASPER_LEDGER_DNSKEY; kind < KASPER_N_LEDGERS; kind++) {
		bench_publish(&work.ledgers[kind], 0, NOW);
		bench_publish(&work.ledgers[kind], 3, NOW);
	}
	work.revision++;
	work.ordered_at = NOW;
	bench_save(bench, &before, &work, "generate", KASPER_TIME_NEVER);
	intent.kind = KASPER_INTENT_ORDER;
	intent.zone = work.zone;
	intent.sequence = work.revision;
	intent.id = g_strdup_printf("order-%" G_GINT64_FORMAT "-1", work.zone);
	intent.created = intent.due = NOW;
	bench_must(kasper_store_add_intent(bench->store, &intent, &error), error);
	bench->intents[i] = intent.number;
	bench_audit(bench, row.name, "key-allocated");
	bench_audit(bench, row.name, "order");
}

/* the signer has published: what was in doubt before has an end */
static void
bench_confirm(Bench *bench, guint i)
{
	g_autoptr(GError) error = NULL;
	g_auto(KasperZoneRow) row = {0};
	KasperSnapshot before, work;

	bench_must(
	    kasper_store_load_snapshot(bench->store, bench->numbers[i], &before, &row, &error),
	    error);
	work = before;
	work.confirmed = work.revision;
	for (guint kind = KASPER_LEDGER_DNSKEY; kind < KASPER_N_LEDGERS; kind++) {
		work.ledgers[kind].versions[0].flags = 0;
		work.ledgers[kind].versions[0].gone = NOW + 1;
		work.ledgers[kind].versions[0].end = NOW + 3601;
	}
	for (guint slot = 0; slot < work.n_keys; slot++) {
		work.keys[slot].published = NOW + 1;
		work.keys[slot].state[KASPER_INDEX_DNSKEY] = KASPER_RECORD_RUMOURED;
	}
	bench_save(bench, &before, &work, "publish", NOW + 86400 + i);
	bench_must(kasper_store_finish_intent(bench->store, bench->intents[i], &error), error);
}

static void
bench_load(Bench *bench, guint i)
{
	g_autoptr(GError) error = NULL;
	g_auto(KasperZoneRow) row = {0};
	KasperSnapshot snapshot;

	bench_must(
	    kasper_store_load_snapshot(bench->store, bench->numbers[i], &snapshot, &row, &error),
	    error);
}

static void
bench_idle(Bench *bench, guint passes)
{
	bench_begin();
	for (guint i = 0; i < passes; i++) {
		g_autoptr(GArray) due = kasper_store_list_due(bench->store, NOW, 1000, NULL);

		kasper_store_get_next_due(bench->store, NULL);
		kasper_store_get_next_intent(bench->store);
		g_assert(due != NULL && due->len == 0);
	}
	bench_end("idle_pass_us", passes);
}

typedef struct {
	guint rows;
	gint64 first;
} Listing;

static gboolean
bench_count_row(const KasperKeyRow *row, gpointer data)
{
	Listing *listing = data;

	if (listing->rows++ == 0)
		listing->first = g_get_monotonic_time() - started;
	return TRUE;
}

static void
bench_list(Bench *bench, const gchar *path)
{
	g_autoptr(GError) error = NULL;
	const KasperKeyFilter filter = {0};
	Listing listing = {0};
	g_autoptr(KasperStoreReader) reader = NULL;

	bench_begin();
	reader = kasper_store_reader_open(path, &error);
	bench_must(reader != NULL, error);
	bench_must(kasper_store_reader_each_key(reader, &filter, bench_count_row, &listing, &error),
		   error);
	bench_end("list_row_us", MAX(listing.rows, 1));
	printf("  \"list_rows\": %u,\n  \"list_first_row_us\": %" G_GINT64_FORMAT ",\n",
	       listing.rows,
	       listing.first);
}

static void
bench_reopen(Bench *bench, const gchar *path)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GArray) due = NULL;

	bench_begin();
	g_clear_object(&bench->store);
	bench_end("close_us", 1);
	bench_begin();
	bench->store = kasper_store_open(path, &error);
	bench_must(bench->store != NULL, error);
	due = kasper_store_list_due(bench->store, NOW, 1000, NULL);
	bench_end("open_to_first_question_us", 1);
}

static void
bench_onboard(Bench *bench)
{
	bench_begin();
	bench_run(bench, 2 * bench->zones, bench_plan_pair);
	bench_end("plan_two_pairs", bench->zones);
	bench_begin();
	bench_run(bench, 2 * bench->zones, bench_make_pair);
	bench_end("make_two_pairs", bench->zones);
	bench_begin();
	bench_run(bench, bench->zones, bench_add_zone);
	bench_end("add_zone", bench->zones);
	bench_begin();
	bench_run(bench, bench->zones, bench_turn);
	bench_end("turn", bench->zones);
	bench_begin();
	bench_run(bench, bench->zones, bench_confirm);
	bench_end("confirm", bench->zones);
	bench_begin();
	bench_run(bench, bench->zones, bench_load);
	bench_end("load", bench->zones);
}

static void
bench_print_file(const gchar *path, guint zones)
{
	g_autofree gchar *status = NULL;
	const gchar *rss = NULL;
	GStatBuf file;

	if (g_file_get_contents("/proc/self/status", &status, NULL, NULL))
		rss = strstr(status, "VmRSS:");
	if (rss != NULL)
		printf("  \"rss_kib\": %" G_GINT64_FORMAT ",\n",
		       g_ascii_strtoll(rss + strlen("VmRSS:"), NULL, 10));
	if (g_stat(path, &file) == 0)
		printf("  \"bytes_per_zone\": %.0f,\n", (gdouble)file.st_size / zones);
}

gint
main(gint argc, gchar **argv)
{
	static const gchar *const suffixes[] = {"", "-wal", "-shm", ".lock", ".witness"};
	g_autoptr(GError) error = NULL;
	g_autofree gchar *path = NULL;
	Bench bench = {0};
	gint64 whole = g_get_monotonic_time();

	if (argc != 3 || (bench.zones = (guint)g_ascii_strtoull(argv[1], NULL, 10)) == 0) {
		g_printerr("Usage: store-bench ZONES FOLDER\n");
		return 2;
	}
	path = g_build_filename(argv[2], "state.db", NULL);
	bench.pairs = g_new0(gint64, 2 * bench.zones);
	bench.numbers = g_new0(gint64, bench.zones);
	bench.intents = g_new0(gint64, bench.zones);
	bench.store = kasper_store_open(path, &error);
	bench_must(bench.store != NULL, error);
	{
		g_autoptr(KasperTransaction) transaction = kasper_store_begin(bench.store, &error);

		bench_must(transaction != NULL, error);
		bench.repository =
		    kasper_store_put_repository(bench.store, "bench", FALSE, NULL, &error);
		bench.policy = kasper_store_put_policy(bench.store, "default", &error);
		bench_must(kasper_transaction_commit(transaction, &error), error);
	}
	printf("{\n  \"zones\": %u,\n", bench.zones);
	bench_onboard(&bench);
	printf("  \"all_us_per_zone\": %.3f,\n",
	       (gdouble)(g_get_monotonic_time() - whole) / bench.zones);
	bench_idle(&bench, 10000);
	bench_list(&bench, path);
	bench_print_file(path, bench.zones);
	bench_reopen(&bench, path);
	printf("  \"pool_left\": %" G_GINT64_FORMAT "\n}\n",
	       kasper_store_count_pool(bench.store,
				       bench.repository,
				       KASPER_ALGORITHM_ECDSAP256SHA256,
				       256,
				       TRUE));
	g_clear_object(&bench.store);
	for (guint i = 0; i < G_N_ELEMENTS(suffixes); i++) {
		g_autofree gchar *name = g_strconcat(path, suffixes[i], NULL);

		g_unlink(name);
	}
	g_free(bench.pairs);
	g_free(bench.numbers);
	g_free(bench.intents);
	return 0;
}
