/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "cli.h"

G_BEGIN_DECLS

/*
 * The program under the name ods-ksmutil: what OpenDNSSEC 1.4's tool took, printed and returned.
 * It talks to kasperd, so a few of its words have nothing left to do; those say so.
 */

/* the exit status that 1.4 gives when words are missing or do not fit */
#define KSMUTIL_MISUSE 255

/* places in the table of options */
typedef enum {
	KSMUTIL_ALL,
	KSMUTIL_AUTO_ACCEPT,
	KSMUTIL_BITS,
	KSMUTIL_CHECK_REPOSITORY,
	KSMUTIL_CONFIG,
	KSMUTIL_DS,
	KSMUTIL_KEYSTATE,
	KSMUTIL_NO_RETIRE,
	KSMUTIL_FORCE,
	KSMUTIL_ALGORITHM,
	KSMUTIL_HELP,
	KSMUTIL_INPUT,
	KSMUTIL_IN_TYPE,
	KSMUTIL_CKA_ID,
	KSMUTIL_NO_NOTIFY,
	KSMUTIL_NO_XML,
	KSMUTIL_NO_HSM,
	KSMUTIL_INTERVAL,
	KSMUTIL_OUTPUT,
	KSMUTIL_POLICY,
	KSMUTIL_OUT_TYPE,
	KSMUTIL_REPOSITORY,
	KSMUTIL_SIGNERCONF,
	KSMUTIL_KEYTYPE,
	KSMUTIL_VERBOSE,
	KSMUTIL_VERSION,
	KSMUTIL_TIME,
	KSMUTIL_KEYTAG,
	KSMUTIL_RETIRE,
	KSMUTIL_TDEAD,
	KSMUTIL_ZONE,
	KSMUTIL_ZONETOTAL,
	KSMUTIL_RFC5011,
	KSMUTIL_N_OPTIONS,
} KsmutilOptionId;

typedef struct {
	const gchar *name;
	gchar letter;
	const gchar *value; /* NULL: it has none */
	const gchar *help;
} KsmutilOption;

extern const KsmutilOption ksmutil_options[KSMUTIL_N_OPTIONS];

typedef struct {
	Cli *cli;
	gchar *values[KSMUTIL_N_OPTIONS]; /* NULL: not given; "" for a flag */
	gchar *command;			  /* NULL: none */
	gchar *verb;
} Ksmutil;

typedef struct {
	const gchar *command; /* in capitals */
	const gchar *verb;    /* NULL: the command stands alone */
	const gchar *options; /* as usage prints them */
	gint (*run)(Ksmutil *self);
} KsmutilCommand;

/* ends with one without a command */
extern const KsmutilCommand ksmutil_commands[];

void ksmutil_clear(Ksmutil *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Ksmutil, ksmutil_clear)

/* ksmutil-options.c: FALSE: the user has been told; options may stand anywhere */
gboolean ksmutil_parse(Ksmutil *self, const gchar *const *argv);
void ksmutil_print_usage(FILE *out, const gchar *command);
/* as cli_complete() */
gchar *ksmutil_complete(const gchar *const *words);
/* the sections OPTIONS and COMMANDS of the manual page */
gchar *ksmutil_manual(void);

/* the whole program; the exit status */
gint ksmutil_run(Cli *cli, const gchar *const *argv);

/* --- ksmutil-common.c --- */

const gchar *ksmutil_get(const Ksmutil *self, KsmutilOptionId id);
gboolean ksmutil_has(const Ksmutil *self, KsmutilOptionId id);
/* a line on standard output, where 1.4 prints its errors, too */
void ksmutil_say(Ksmutil *self, const gchar *format, ...) G_GNUC_PRINTF(2, 3);
/* the same, and the usage of the command; @status */
gint ksmutil_misuse(Ksmutil *self, gint status, const gchar *format, ...) G_GNUC_PRINTF(3, 4);
/* the daemon is there; else the user has been told */
gboolean ksmutil_open(Ksmutil *self);
/* takes @error; 1 */
gint ksmutil_fail(Ksmutil *self, GError *error);
/* any letter but y means no, and so does the end of the input */
gboolean ksmutil_ask(Ksmutil *self, const gchar *question);
/* "2026-11-24 08:30:00" in local time; "(not scheduled)" if there is no such time */
gchar *ksmutil_time_to_text(gint64 time);
/* 1.4's forms, in local time: 20261124083000, 24-11-2026:08:30, 24-Nov-2026, 2026-11-24 08:30 */
gboolean ksmutil_time_parse(const gchar *text, gint64 *ret_time);
/* what the daemon's clock says, in that form; the machine's if it does not answer */
gchar *ksmutil_now(Ksmutil *self);
/* the name of the file that conf.xml names: "zonelist filename set to FILE." */
void ksmutil_print_file(Ksmutil *self, const gchar *place, const gchar *word);
/* "NOTIFY" was a signal; kasperd has been told already */
void ksmutil_print_notified(Ksmutil *self);
/* a state as "key list" takes it: any case, only its beginning has to fit, or a number. NULL: it is
 * none */
const gchar *ksmutil_parse_keystate(const gchar *text);
/* "KSK" or "ZSK"; NULL: it is neither */
const gchar *ksmutil_parse_keytype(const gchar *text);
gint ksmutil_refuse_keystate(Ksmutil *self);
gint ksmutil_refuse_keytype(Ksmutil *self);

/* --- the commands --- */

gint ksmutil_setup(Ksmutil *self);
gint ksmutil_start(Ksmutil *self);
gint ksmutil_stop(Ksmutil *self);
gint ksmutil_notify(Ksmutil *self);
gint ksmutil_update_conf(Ksmutil *self);
gint ksmutil_update_kasp(Ksmutil *self);
gint ksmutil_update_zonelist(Ksmutil *self);
gint ksmutil_update_all(Ksmutil *self);
gint ksmutil_zone_add(Ksmutil *self);
gint ksmutil_zone_delete(Ksmutil *self);
gint ksmutil_zone_list(Ksmutil *self);
gint ksmutil_zonelist_export(Ksmutil *self);
gint ksmutil_repository_list(Ksmutil *self);
gint ksmutil_policy_list(Ksmutil *self);
gint ksmutil_policy_export(Ksmutil *self);
gint ksmutil_policy_purge(Ksmutil *self);
gint ksmutil_key_list(Ksmutil *self);
gint ksmutil_key_export(Ksmutil *self);
gint ksmutil_key_import(Ksmutil *self);
gint ksmutil_key_rollover(Ksmutil *self);
gint ksmutil_key_purge(Ksmutil *self);
gint ksmutil_key_delete(Ksmutil *self);
gint ksmutil_key_generate(Ksmutil *self);
gint ksmutil_key_ds_seen(Ksmutil *self);
gint ksmutil_key_ksk_retire(Ksmutil *self);
gint ksmutil_key_ksk_revoke(Ksmutil *self);
gint ksmutil_backup_prepare(Ksmutil *self);
gint ksmutil_backup_commit(Ksmutil *self);
gint ksmutil_backup_rollback(Ksmutil *self);
gint ksmutil_backup_done(Ksmutil *self);
gint ksmutil_backup_list(Ksmutil *self);
gint ksmutil_rollover_list(Ksmutil *self);
gint ksmutil_database_backup(Ksmutil *self);

G_END_DECLS
