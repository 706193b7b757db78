/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-plan.h"

G_BEGIN_DECLS

/* no span: what the policy says, or never, as it is said where it stands */
#define KASPER_SPAN_UNSET ((KasperSpan)-1)

/**
 * KasperWorld: (skip)
 *
 * How long everybody else takes. Spans are seconds.
 *
 * Since: 0.1
 */
typedef struct {
	KasperSpan signer_delay;  /* from an order to its publication; UNSET: the policy's SignerDelay */
	KasperSpan channel_delay; /* until the channel has taken a DS set */
	KasperSpan parent_delay;  /* then until the parent serves it; UNSET: the policy's
				   * RegistrationDelay */
	KasperSpan seen_delay;	  /* then until somebody says so; UNSET: never */
	KasperSpan backup_delay;  /* from making a key to its backup; UNSET: never */
	KasperSpan key_delay;	  /* until a key is made */
	gboolean signer_full;	  /* signatures are replaced all at once, not as they age */
	gboolean signer_dead;
	gboolean store_away; /* no key is made */
} KasperWorld;

typedef enum {
	KASPER_HAPPENING_ROLL,	 /* a person wants new keys of @roles; 0: all */
	KASPER_HAPPENING_POLICY, /* the zone gets @policy */
	KASPER_HAPPENING_LOSE,	 /* a key with exactly @roles is lost */
	KASPER_HAPPENING_UNSIGN,
	KASPER_HAPPENING_SIGN,
	KASPER_HAPPENING_SIGNER_DEAD,
	KASPER_HAPPENING_SIGNER_BACK,
	KASPER_HAPPENING_STORE_AWAY,
	KASPER_HAPPENING_STORE_BACK,
	KASPER_HAPPENING_SIGNER_DELAY, /* from now on @span; so, too: */
	KASPER_HAPPENING_PARENT_DELAY,
	KASPER_HAPPENING_SEEN_DELAY,
	KASPER_HAPPENING_BACKUP_DELAY,
	KASPER_HAPPENING_KEY_DELAY,
	KASPER_N_HAPPENINGS,
} KasperHappeningKind;

/**
 * KasperHappening: (skip)
 *
 * Something that happens to the zone from outside.
 *
 * Since: 0.1
 */
typedef struct {
	KasperTime time;
	KasperHappeningKind kind;
	guint roles;
	KasperSpan span;
	const KasperPolicy *policy; /* has to live as long as the simulation */
	guint backup;		    /* bit n: keys of element n of @policy need a backup */
} KasperHappening;

/* what came to pass at one instant */
typedef enum {
	KASPER_SCENE_HAPPENED,	/* @happening */
	KASPER_SCENE_MADE,	/* key @key */
	KASPER_SCENE_SAVED,	/* key @key was backed up */
	KASPER_SCENE_ROLLOVER,	/* of key @key starts */
	KASPER_SCENE_PUBLISHED, /* the signer published what it was told */
	KASPER_SCENE_REPLACED,	/* the last signature of an older kind is gone */
	KASPER_SCENE_SUBMITTED, /* the channel took the DS set @keys */
	KASPER_SCENE_SERVED,	/* the parent serves @keys */
	KASPER_SCENE_SEEN,	/* somebody says so */
	KASPER_SCENE_STATE,	/* @record of @key went from @from to @to */
	KASPER_SCENE_ACTIVE,
	KASPER_SCENE_DEAD,
	KASPER_SCENE_DESTROYED,
} KasperSceneKind;

typedef struct {
	KasperSceneKind kind;
	KasperTime time;
	KasperActor actor; /* who did it */
	gint key;	   /* a place in the list of keys; -1: none */
	KasperHappeningKind happening;
	guint record;
	KasperRecordState from;
	KasperRecordState to;
	gboolean keys_new; /* PUBLISHED: the DNSKEY set is another one */
	gboolean data_new; /* ... and so are the signatures of the data */
	gchar *text;	   /* for people */
} KasperScene;

/* all that is published: keys are slots of the snapshot */
typedef struct {
	KasperKeySet ds;
	KasperKeySet keys;
	KasperKeySet signers;
	KasperKeySet data[8]; /* each RRset of the zone is signed like one of these */
	guint n_data;
	KasperSpan ds_ttl; /* of the negative answer if there is none, and so on */
	KasperSpan keys_ttl;
	KasperSpan data_ttl;
} KasperPublication;

typedef struct {
	gint64 number; /* as in the snapshot */
	gchar *id;     /* CKA_ID, or what stands for it; "": there is none yet */
	gchar *label;  /* for people */
	guint16 flags;
	guint8 algorithm;
	guint8 roles;
} KasperSimulatedKey;

/*
 * Years of a zone in a moment: kasper_decide() with a signer, a parent and people round it, on a
 * clock that jumps to whatever comes next. It does no I/O and belongs to one thread at a time.
 */
typedef struct _KasperSimulation KasperSimulation;

KASPER_EXPORT
void kasper_world_init(KasperWorld *self);
KASPER_EXPORT
KasperSimulation *kasper_simulation_new(const KasperPolicy *policy,
					guint backup,
					const KasperWorld *world,
					KasperTime now);
KASPER_EXPORT
KasperSimulation *kasper_simulation_new_settled(const KasperPolicy *policy,
						guint backup,
						const KasperWorld *world,
						KasperTime now);
KASPER_EXPORT
KasperSimulation *kasper_simulation_new_for_snapshot(const KasperSnapshot *snapshot,
						     guint backup,
						     const KasperWorld *world);
KASPER_EXPORT
void kasper_simulation_free(KasperSimulation *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KasperSimulation, kasper_simulation_free)
KASPER_EXPORT
void kasper_simulation_set_spread(KasperSimulation *self, guint64 spread);
KASPER_EXPORT
void kasper_simulation_name_key(KasperSimulation *self,
				gint64 number,
				const gchar *id);
KASPER_EXPORT
void kasper_simulation_add_happening(KasperSimulation *self, const KasperHappening *happening);

KASPER_EXPORT
gboolean kasper_simulation_advance(KasperSimulation *self, KasperTime until);
KASPER_EXPORT
KasperTime kasper_simulation_get_now(const KasperSimulation *self);
KASPER_EXPORT
const GArray *kasper_simulation_get_scenes(const KasperSimulation *self);
KASPER_EXPORT
const GArray *kasper_simulation_get_keys(const KasperSimulation *self);
KASPER_EXPORT
const KasperPublication *kasper_simulation_get_publication(const KasperSimulation *self);
KASPER_EXPORT
gboolean kasper_simulation_has_changed(const KasperSimulation *self);
KASPER_EXPORT
const KasperSnapshot *kasper_simulation_get_snapshot(const KasperSimulation *self);
KASPER_EXPORT
guint64 kasper_simulation_count_decisions(const KasperSimulation *self);

KASPER_EXPORT
gchar *kasper_simulation_dup_scene(const KasperSimulation *self, const KasperScene *scene);
KASPER_EXPORT
const gchar *kasper_scene_kind_to_string(KasperSceneKind kind);
KASPER_EXPORT
const gchar *kasper_happening_kind_to_string(KasperHappeningKind kind);
KASPER_EXPORT
void
kasper_simulation_append_timeline(const KasperSimulation *self, const gchar *zone, GString *line);

G_END_DECLS
