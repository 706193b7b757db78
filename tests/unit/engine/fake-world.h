/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <gio/gio.h>

#include "kasper-ds-channel.h"
#include "kasper-key-store.h"
#include "kasper-notifier.h"
#include "kasper-signer.h"

G_BEGIN_DECLS

/*
 * The world of an engine under test: a token, a signer, a registrar and a log. It outlives the
 * engine, and can be told to misbehave. Plugins of an engine that has "crashed" can do nothing to
 * it any more. All of it is behind one lock, since plugins run on worker threads.
 */

/* what becomes of the next calls of a kind */
typedef enum {
	FAKE_WORKS,
	FAKE_FAILS, /* nothing happens, and it says so */
	FAKE_LOSES, /* it happens, and the answer is lost */
	FAKE_HANGS, /* the call comes back when fake_world_release() is called, and then works */
} FakeFault;

typedef enum {
	FAKE_MAKE,
	FAKE_LOOK_UP,
	FAKE_DESTROY,
	FAKE_SIGN,
	FAKE_APPLY,
	FAKE_READ,
	FAKE_FIND,
	FAKE_SUBMIT,
	FAKE_DELIVER,
	FAKE_OPEN,
	FAKE_N_CALLS,
} FakeCall;

/* what a signer says that must not be believed */
typedef enum {
	FAKE_LIE_REVISION, /* another revision than was ordered is published */
	FAKE_LIE_STATUS,   /* a status that there is not */
	FAKE_LIE_NUMBER,   /* one answer more than there were orders */
} FakeLie;

typedef struct {
	gchar *id;
	guint flags;
	guint use;
} FakeOrderKey;

typedef struct {
	gint64 revision;
	guint applied; /* how often */
	gchar *signconf;
	gchar *salt;
	gint64 dnskey_ttl;
	GArray *keys; /* of FakeOrderKey */
} FakeOrder;

typedef struct {
	GMutex lock;
	GCond changed;
	guint generation; /* of the engine that may act */
	FakeFault faults[FAKE_N_CALLS];
	KasperError codes[FAKE_N_CALLS]; /* of what fails */
	guint counts[FAKE_N_CALLS];	 /* calls, whatever became of them */
	guint inside;			 /* calls that hang now */
	gint points_left;		 /* until the process is to die; 0: it lives on */
	gint die_after;			 /* FakeCall whose effect is the last thing; -1: none */
	gint stopped;			 /* atomic: it should be dead by now */
	gboolean signs;			 /* the token signs (garbage) */
	gboolean sees;			 /* the signer reads the zone, and tells what it sees */
	gboolean replaced;		 /* ... no old signature is left */
	gboolean pending;		 /* the signer has not published yet */
	const gchar *stubborn;		 /* a zone whose orders the signer does not take; NULL: none */
	const gchar *lying;		 /* a zone of which it says what cannot be; NULL: none */
	FakeLie lie;
	gint64 max_ttl;	   /* what it reads in the zones */
	gint64 dnskey_ttl; /* ... of the DNSKEY set */
	gboolean parallel;
	gint64 max_keys;      /* -1: the token has room */
	guint next_tag;	      /* tag that the next KSK's DNSKEY gets; G_MAXUINT: any */
	GHashTable *keys;     /* id to KasperKeyInfo */
	GHashTable *orders;   /* zone to FakeOrder */
	GPtrArray *forgotten; /* of gchar: zones */
	const gchar *refused; /* a zone whose sets the registrar does not take; NULL: none */
	GHashTable *signed_zones;  /* zone to what says that somebody else signed it */
	GHashTable *unclear_zones; /* zone to why nobody can tell */
	KasperDsStatus ds_status;
	const gchar *ds_token;
	GPtrArray *submissions; /* of gchar: "ZONE PHASE ID,ID attempt N" */
	GPtrArray *operations;	/* of gchar: their operation ids */
	GStrv stored;		/* the set that the registrar has: DS lines */
	GPtrArray *log;		/* of gchar: lines of the notifiers */
	GPtrArray *delivered;	/* of gchar: "NOTE NAME ID", events that a notifier took */
	gint deliveries_left;	/* events that are taken before one fails; -1: none does */
	const gchar *deaf;	/* note of the one notifier whose calls have faults; NULL: all */
	GPtrArray *safe;	/* of gchar: ids that the backup guard knows to be safe */
} FakeWorld;

extern FakeWorld fake_world;

void fake_world_begin(void);
void fake_world_end(void);
/* what the plugins of the engine so far do has no effect from here on */
void fake_world_crash(void);
void fake_world_set(FakeCall call, FakeFault fault, KasperError code);
/* the engine's plugins do nothing more from the @n-th point on at which a process can die: before
 * a call has an effect, or after it, before anybody has heard of it */
void fake_world_stop_at(gint n);
/* the point was reached */
gboolean fake_world_is_stopped(void);
/* calls that hang go on */
void fake_world_release(void);
/* waits until @n calls hang */
void fake_world_wait_inside(guint n);

guint fake_world_count(FakeCall call);
guint fake_world_count_keys(void);
gboolean fake_world_has_key(const gchar *id);
void fake_world_lose_key(const gchar *id);
/* somebody else made a key in the token */
void fake_world_add_key(const gchar *id);
/* "ID:use ID:use" in the signer's order for the zone, ids cut to four digits; NULL: none */
gchar *fake_world_dup_order(const gchar *zone);
gint64 fake_world_get_revision(const gchar *zone);
guint fake_world_count_applied(const gchar *zone);
/* NULL: none */
gchar *fake_world_dup_submission(guint i);
guint fake_world_count_submissions(void);
/* how many lines have @text in them */
guint fake_world_count_log(const gchar *text);
/* the lines, with a newline each */
gchar *fake_world_dup_log(void);

#define FAKE_TYPE_TOKEN (fake_token_get_type())
GType fake_token_get_type(void);
#define FAKE_TYPE_SIGNER (fake_signer_get_type())
GType fake_signer_get_type(void);
/* it cannot tell which zones are signed already */
#define FAKE_TYPE_BLIND_SIGNER (fake_blind_signer_get_type())
GType fake_blind_signer_get_type(void);
#define FAKE_TYPE_CHANNEL (fake_channel_get_type())
GType fake_channel_get_type(void);
#define FAKE_TYPE_LOG (fake_log_get_type())
GType fake_log_get_type(void);
#define FAKE_TYPE_GUARD (fake_guard_get_type())
GType fake_guard_get_type(void);

G_END_DECLS
