/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-clock.h"
#include "kasper-config.h"
#include "kasper-plugin-host.h"
#include "kasper-store.h"

G_BEGIN_DECLS

/*
 * The engine: loads what is due, asks core/decide, records, performs. It lives in one thread, the
 * one that made it; plugins are called on worker threads. All functions are to be called in that
 * thread. Rows and results are GVariants of type a{sv} (lists: aa{sv}) whose field names are
 * those of `--format json`: this file and doc/json.md list them.
 *
 * Signals: "event" (KasperEvent *event), each thing that a notifier would be told.
 */
#define KASPER_TYPE_ENGINE (kasper_engine_get_type())
KASPER_EXPORT
G_DECLARE_FINAL_TYPE(KasperEngine, kasper_engine, KASPER, ENGINE, GObject)

/* @config_path: conf.xml, read again by update */
KASPER_EXPORT
KasperEngine *kasper_engine_new(KasperClock *clock, KasperStore *store, const gchar *config_path);
/* takes the configuration (already checked) into use: repositories, policies, zones, plugins;
 * then reconciles with the world what a crash may have left */
KASPER_EXPORT
gboolean kasper_engine_open(KasperEngine *self,
			    KasperConfig *config,
			    KasperPluginHost *host,
			    GError **error);
/* begins to work on its main context */
KASPER_EXPORT
void kasper_engine_start(KasperEngine *self);
/* finishes when nothing is due now and no call is in flight */
KASPER_EXPORT
void kasper_engine_settle_async(KasperEngine *self,
				GCancellable *cancellable,
				GAsyncReadyCallback callback,
				gpointer user_data);
KASPER_EXPORT
gboolean kasper_engine_settle_finish(KasperEngine *self, GAsyncResult *result, GError **error);
/* stops taking new work, waits for calls in flight up to their deadline, closes plugins */
KASPER_EXPORT
void kasper_engine_close(KasperEngine *self);
KASPER_EXPORT
KasperClock *kasper_engine_get_clock(KasperEngine *self);
/* test clock only: to @to, or (KASPER_TIME_UNSET) to the next instant at which something is due;
 * does the work of that instant; gives the new time */
KASPER_EXPORT
void kasper_engine_leap_async(KasperEngine *self,
			      KasperTime to,
			      GCancellable *cancellable,
			      GAsyncReadyCallback callback,
			      gpointer user_data);
KASPER_EXPORT
KasperTime kasper_engine_leap_finish(KasperEngine *self, GAsyncResult *result, GError **error);
/* the system's clock has jumped, and is right */
KASPER_EXPORT
KasperTime kasper_engine_accept_time(KasperEngine *self, const gchar *actor, GError **error);

/* --- commands; @actor is who asked, for the audit journal ("root", "uid 1000", "kasperd") --- */

typedef enum {
	KASPER_UPDATE_CONF = 1 << 0,
	KASPER_UPDATE_KASP = 1 << 1,
	KASPER_UPDATE_ZONELIST = 1 << 2,
} KasperUpdate;

/* @what: KasperUpdate, ored. Reads the files again; on an error everything stays as it was.
 * Result: {"messages": as, "starts": aa{sv} of zone, step; "zones_added": u, "zones_deleted": u} */
KASPER_EXPORT
GVariant *kasper_engine_update(KasperEngine *self,
			       guint what,
			       gboolean dry_run,
			       const gchar *actor,
			       GError **error);
/* @files: a{ss} of signconf, input, input_type, output, output_type; what is missing gets the
 * default of OpenDNSSEC */
KASPER_EXPORT
gboolean kasper_engine_zone_add(KasperEngine *self,
				const gchar *zone,
				const gchar *policy,
				GVariant *files,
				const gchar *actor,
				GError **error);
KASPER_EXPORT
gboolean kasper_engine_zone_delete(KasperEngine *self,
				   const gchar *zone,
				   const gchar *actor,
				   GError **error);
KASPER_EXPORT
gboolean kasper_engine_zone_adopt_unsigned(KasperEngine *self,
					   const gchar *zone,
					   const gchar *actor,
					   GError **error);
KASPER_EXPORT
gboolean kasper_engine_zone_set_policy(KasperEngine *self,
				       const gchar *zone,
				       const gchar *policy,
				       const gchar *actor,
				       GError **error);
/* makes @zone (NULL: all) due now; gives how many */
KASPER_EXPORT
gint64
kasper_engine_enforce(KasperEngine *self, const gchar *zone, const gchar *actor, GError **error);

/* one of @zone and @policy; @roles: KasperRole, ored; gives the zones in which one starts */
KASPER_EXPORT
gint64 kasper_engine_key_rollover(KasperEngine *self,
				  const gchar *zone,
				  const gchar *policy,
				  guint roles,
				  const gchar *actor,
				  GError **error);
/* the key is named by @id (CKA_ID) or, if that is NULL, by @tag (-1: none).
 * Result: {"cka_id": s, "keytag": u, "text": s} */
KASPER_EXPORT
GVariant *kasper_engine_key_ds_submit(KasperEngine *self,
				      const gchar *zone,
				      const gchar *id,
				      gint tag,
				      const gchar *actor,
				      GError **error);
KASPER_EXPORT
GVariant *kasper_engine_key_ds_seen(KasperEngine *self,
				    const gchar *zone,
				    const gchar *id,
				    gint tag,
				    gboolean no_retire,
				    const gchar *actor,
				    GError **error);
KASPER_EXPORT
GVariant *kasper_engine_key_ds_gone(KasperEngine *self,
				    const gchar *zone,
				    const gchar *id,
				    gint tag,
				    const gchar *actor,
				    GError **error);
/* neither @id nor @tag: the oldest active KSK */
KASPER_EXPORT
GVariant *kasper_engine_key_ksk_retire(KasperEngine *self,
				       const gchar *zone,
				       const gchar *id,
				       gint tag,
				       const gchar *actor,
				       GError **error);
/* makes keys ahead for @policy (NULL: all) for @span seconds (0: AutomaticKeyGenerationPeriod);
 * result: {"planned": u, "rows": aa{sv} of policy, keytype, repository, algorithm, bits, count} */
KASPER_EXPORT
GVariant *kasper_engine_key_generate(KasperEngine *self,
				     const gchar *policy,
				     KasperSpan span,
				     gboolean dry_run,
				     const gchar *actor,
				     GError **error);
/* @key: a{sv} of cka_id s, repository s, algorithm u, bits u, keytype s, keystate s, time x */
KASPER_EXPORT
void kasper_engine_key_import_async(KasperEngine *self,
				    const gchar *zone,
				    GVariant *key,
				    const gchar *actor,
				    GAsyncReadyCallback callback,
				    gpointer user_data);
KASPER_EXPORT
gboolean kasper_engine_key_import_finish(KasperEngine *self, GAsyncResult *result, GError **error);
/* destroys the dead keys of @zone or of @policy without waiting for Keys/Purge; gives how many */
KASPER_EXPORT
gint64 kasper_engine_key_purge(KasperEngine *self,
			       const gchar *zone,
			       const gchar *policy,
			       const gchar *actor,
			       GError **error);

typedef enum {
	KASPER_BACKUP_VERB_PREPARE,
	KASPER_BACKUP_VERB_COMMIT,
	KASPER_BACKUP_VERB_ROLLBACK,
	KASPER_BACKUP_VERB_DONE, /* deprecated: prepare and commit in one */
} KasperBackupVerb;

/* @repository: NULL: all. Gives the keys that were marked */
KASPER_EXPORT
gint64 kasper_engine_backup(KasperEngine *self,
			    KasperBackupVerb verb,
			    const gchar *repository,
			    const gchar *actor,
			    GError **error);

/* --- questions --- */

/* {"version": s, "now": x, "test_clock": b, "zones": u, "due": u, "next_due": x, "next_zone": s,
 *  "intents": u, "failing": u, "keys": u, "pool": u, "pid": u, "store": s, "config": s,
 *  "repositories": aa{sv} as list_repositories, "problems": aa{sv} of what, text, since} */
KASPER_EXPORT
GVariant *kasper_engine_status(KasperEngine *self);
/* zone s, policy s, signconf s, input s, input_type s, output s, output_type s, next_due x,
 * revision x, confirmed x, state s (unsigned, signing, signed, secure, frozen), waiting_for s;
 * after @after, at most @limit */
KASPER_EXPORT
GVariant *
kasper_engine_list_zones(KasperEngine *self, const gchar *after, guint limit, GError **error);
/* as a row of list_zones, and "keys": aa{sv}, "reasons": aa{sv} of cka_id, record, rule, actor,
 * until x, text; "intents": aa{sv} */
KASPER_EXPORT
GVariant *kasper_engine_show_zone(KasperEngine *self, const gchar *zone, GError **error);

/* zone s, cka_id s, keytype s, keytag u, state s, wait s, record s, rule s, actor s, since x, until
 * x, expected x, assumed b, error s, remedy s, text s: what each key of the zone waits for, and the
 * zone itself; @id NULL: all */
KASPER_EXPORT
GVariant *
kasper_engine_explain(KasperEngine *self, const gchar *zone, const gchar *id, GError **error);

/* what will come to pass in @zone, at the earliest, up to @until. Result: {"rows": aa{sv} of time x,
 * zone s, actor s, step s, keytype s, cka_id s, text s; "until" x: the time up to which that is all} */
KASPER_EXPORT
void kasper_engine_plan_async(KasperEngine *self,
			      const gchar *zone,
			      KasperTime until,
			      GAsyncReadyCallback callback,
			      gpointer user_data);
KASPER_EXPORT
GVariant *kasper_engine_plan_finish(KasperEngine *self, GAsyncResult *result, GError **error);

/* a key row, in this order: zone s, keytype s, state s, keytag u, algorithm u, bits u, cka_id s,
 * repository s, next_transition x, next_state s, waiting_for s, backup s, policy s, ds s, dnskey s,
 * rrsigdnskey s, rrsig s, flags u, active x, retired x */
#define KASPER_KEY_ROW_TYPE "(sssuuussxssssssssuxx)"
/* for clients: names of the fields of a key row, in order */
#define KASPER_KEY_ROW_FIELDS                                                                      \
	"zone,keytype,state,keytag,algorithm,bits,cka_id,repository,next_transition,next_state,"   \
	"waiting_for,backup,policy,ds,dnskey,rrsigdnskey,rrsig,flags,active,retired"
/* writes rows of the keys that @filter (a{sv}: zone s, policy s, keystate s, keytype s, all b for
 * dead ones too, cka_id s) lets pass to @fd from a thread of its own, each as a 32-bit
 * little-endian length and the serialized row in little-endian order; closes @fd at the end.
 * A final length of 0 says that nothing is missing. */
KASPER_EXPORT
gboolean kasper_engine_stream_keys(KasperEngine *self, GVariant *filter, gint fd, GError **error);
/* one page of the same rows, as a(...) of KASPER_KEY_ROW_TYPE; @after: 0 first, then *ret_next
 * until that is 0 */
KASPER_EXPORT
GVariant *kasper_engine_list_keys(KasperEngine *self,
				  GVariant *filter,
				  gint64 after,
				  guint limit,
				  gint64 *ret_next,
				  GError **error);
/* a key row as a{sv}, but "dnskey" is the RR (s) and "ds" the RRs (as); and "records": aa{sv} of
 * record, state, since; "created" x, "published" x, "ready" x, "dead" x, "public_key" s */
KASPER_EXPORT
GVariant *
kasper_engine_show_key(KasperEngine *self, const gchar *zone, const gchar *id, GError **error);
/* one page of rows of zone s, keytype s, state s, keytag u, algorithm u, bits u, cka_id s, dnskey s
 * (RR), ds as (RRs); @zone NULL: all; @keystate, @keytype may be NULL. Without a state: the keys
 * that can be trust anchors, ready or higher, as 1.4 exports them. Pages as in list_keys */
KASPER_EXPORT
GVariant *kasper_engine_export_keys(KasperEngine *self,
				    const gchar *zone,
				    const gchar *keystate,
				    const gchar *keytype,
				    gint64 after,
				    guint limit,
				    gint64 *ret_next,
				    GError **error);
/* name s, zones u, description s, keys aa{sv} of keytype, algorithm, algorithm_name, bits,
 * lifetime, repository, manual b, standby u, rfc5011 b; show_policy adds its values */
KASPER_EXPORT
GVariant *kasper_engine_list_policies(KasperEngine *self);
KASPER_EXPORT
GVariant *kasper_engine_show_policy(KasperEngine *self, const gchar *policy, GError **error);
/* name s, plugin s, state s (ok, failing), error s, keys u, capacity x (-1: unlimited),
 * require_backup b, waiting_for_backup u, prepared u, pool u */
KASPER_EXPORT
GVariant *kasper_engine_list_repositories(KasperEngine *self);
/* asks the repository's token (a worker thread): result {"name": s, "keys_in_token": u,
 * "keys_in_store": u, "missing": as, "unknown": as} */
KASPER_EXPORT
void kasper_engine_test_repository_async(KasperEngine *self,
					 const gchar *repository,
					 GCancellable *cancellable,
					 GAsyncReadyCallback callback,
					 gpointer user_data);
KASPER_EXPORT
GVariant *
kasper_engine_test_repository_finish(KasperEngine *self, GAsyncResult *result, GError **error);
/* one page of cka_id s, repository s, zone s, zones u, keytype s, backup s, prepared x, done x: the
 * keys that need a backup or have one. Pages as in list_keys */
KASPER_EXPORT
GVariant *kasper_engine_list_backups(KasperEngine *self,
				     const gchar *repository,
				     gint64 after,
				     guint limit,
				     gint64 *ret_next,
				     GError **error);
/* what is planned and what is being tried: kind s (enforce, order, ds, destroy-key, event,
 * forget-zone), zone s, id s, due x, tries u, state s (planned, due, running, pending, failing),
 * error s */
KASPER_EXPORT
GVariant *kasper_engine_list_queue(KasperEngine *self, guint limit);
/* name s, kind s, type s, version s, state s, error s, settings aa{sv} of name, type, value
 * (secrets masked), default, description */
KASPER_EXPORT
GVariant *kasper_engine_list_plugins(KasperEngine *self);

G_END_DECLS
