/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-decide.h"
#include "oracle.h"

G_BEGIN_DECLS

/*
 * Every history of a small zone: a search through all that kasper_decide(), a signer, a parent,
 * people and a clock can do with a few keys, whoever is quick and whoever is slow. The world is
 * this program's own, and so is its memory of what caches hold; whether a combination validates
 * says the oracle of tests/scenario. Of the engine's rules there is no second copy here.
 *
 * Time goes in ticks. Keys are known by their slots, as bits.
 */

#define MODEL_HELD_MAX	 16
#define MODEL_ORDERS_MAX 3
#define MODEL_SETS_MAX	 4
#define MODEL_BYTES_MAX	 1024
/* "is served": nobody knows when it will be forgotten */
#define MODEL_SERVED 255

/* what people do and what goes wrong: each takes one of the few operations of a history */
typedef enum {
	MODEL_OP_ROLL_KSK = 1 << 0, /* or CSK */
	MODEL_OP_ROLL_ZSK = 1 << 1,
	MODEL_OP_ROLL_ALL = 1 << 2,
	MODEL_OP_ALGORITHM = 1 << 3, /* of the policy: the other one of 8 and 13 */
	MODEL_OP_ROLES = 1 << 4,     /* a CSK in place of KSK and ZSK, or the other way round */
	MODEL_OP_INSECURE = 1 << 5,  /* there and back */
	MODEL_OP_KEY_TTL = 1 << 6,   /* Keys/TTL: the other one of two */
	MODEL_OP_DATA_TTL = 1 << 7,  /* MaxZoneTTL: the other one of two */
	MODEL_OP_GATES = 1 << 8,     /* roll types: the other ones */
	MODEL_OP_TAKE_BACK = 1 << 9, /* the newest key goes, the one before it stays */
	MODEL_OP_STORE = 1 << 10,    /* of one key: away, or back */
	MODEL_OP_LOSE = 1 << 11,     /* one key is lost */
	MODEL_OP_HOLD = 1 << 12,     /* freeze, or thaw */
	MODEL_OP_STANDBY = 1 << 13,  /* one standby key more, or none */
	MODEL_OP_RETIRE = 1 << 14,   /* ksk-retire, of one key */
	MODEL_OP_SLEEP = 1 << 15,    /* a tick that the engine sleeps through */
	MODEL_OP_STILL = 1 << 16,    /* a tick that the engine's clock does not see */
	MODEL_OP_AGAIN = 1 << 17,    /* what was reported last is reported once more */
	MODEL_OP_MARGIN = 1 << 18,   /* delays and margins of the policy: larger, or as before */
} ModelOp;

#define MODEL_N_OPS 19

typedef enum {
	MODEL_PARENT_ATOMIC,
	MODEL_PARENT_ADDS_FIRST, /* the union of the old set and the new one in between */
	MODEL_PARENT_TWO,	 /* servers, of which one is later than the other */
} ModelParent;

typedef enum {
	MODEL_START_UNSIGNED,
	MODEL_START_SIGNED,  /* for long */
	MODEL_START_ADOPTED, /* signed, and nobody knows what was before */
	MODEL_START_PAIRS,   /* every two versions of each ledger that fit together */
	MODEL_START_BROKEN,  /* those that do not, where the present ones do: it heals */
} ModelStart;

/* how many ticks somebody can take at most */
typedef struct {
	guint8 publish; /* from an order until it is served */
	guint8 report;	/* from then on until we hear of it */
	guint8 accept;	/* from a submission until the channel takes it */
	guint8 parent;	/* from then on until the parent serves it; less than Dreg */
	guint8 look;	/* from one look at the parent to the next */
} ModelLimits;

/* one rollover from a zone at rest, and how long that may take (rollover-model 2.9) */
typedef enum {
	MODEL_BOUND_ANY, /* the sum of all phases, once for each operation and once more */
	MODEL_BOUND_ZSK_PRE_PUBLICATION,
	MODEL_BOUND_ZSK_DOUBLE_SIGNATURE,
	MODEL_BOUND_ZSK_DOUBLE_RRSIG,
	MODEL_BOUND_KSK_DOUBLE_KSK, /* or double RRset */
	MODEL_BOUND_KSK_DOUBLE_DS,
	MODEL_BOUND_CONSERVATIVE,
	MODEL_BOUND_LIBERAL,
	MODEL_BOUND_CSK, /* pre-publication, and KSK+ZSK to CSK */
	MODEL_BOUND_FIRST,
	MODEL_BOUND_UNSIGNED,
} ModelBound;

/* the numbers of the policy */
typedef struct {
	guint8 a, K, N, S, D, Nd, P, Dreg, Sp, Sr, G;
	guint8 other_K, other_S; /* for MODEL_OP_KEY_TTL and MODEL_OP_DATA_TTL */
} ModelTimes;

typedef struct {
	const gchar *name;
	gboolean fast; /* part of the ordinary suite */
	ModelStart start;
	gboolean csk;
	KasperLevel level;
	ModelParent parent;
	guint ops; /* ModelOp, ored */
	guint n_ops;
	guint n_keys; /* that the store has room for */
	ModelTimes times;
	ModelLimits limits;
	const gchar *types[3];	     /* roll types: KSK, ZSK, CSK; NULL: the default */
	const gchar *other_types[3]; /* for MODEL_OP_GATES */
	gboolean watched;	     /* signatures that are replaced one by one are watched */
	gboolean backup;	     /* new keys have to be backed up first */
	gboolean by_people;	     /* who say ds-seen and ds-gone, truthfully */
	gboolean large_ttl;	     /* the signer serves larger TTLs than it was told */
	gboolean assumed;	     /* nobody looks at the parent: RegistrationDelay has to do */
	gboolean blind;		     /* the signer takes orders and cannot tell when it is done */
	guint8 standby;		     /* standby keys of the first element */
	guint
	    bound; /* ticks from the last operation to the end; 0: the sum of all phases for each */
} ModelCase;

/* something that somebody may hold */
typedef struct {
	KasperKeySet keys;
	KasperKeySet signers;
	guint8 ttl;
	guint8 left;   /* ticks; MODEL_SERVED */
	guint8 served; /* data: ticks until the signer must have replaced it; MODEL_SERVED: none */
} ModelHeld;

typedef struct {
	ModelHeld held[MODEL_HELD_MAX];
	guint n_held;
} ModelTrack;

typedef struct {
	gint64 revision;
	KasperKeySet keys;
	KasperKeySet signers;
	KasperKeySet data;
	guint8 keys_ttl;
	guint8 data_ttl;
	guint8 age; /* in ticks */
} ModelOrder;

/* all there is at one moment */
typedef struct {
	KasperSnapshot snapshot;
	KasperTime now; /* of the engine's clock */
	KasperTime next_wake;
	gint64 n_made;	/* keys so far */
	guint8 n_ops;	/* operations left */
	guint8 n_done;	/* and done */
	guint8 starved; /* boolean: a key is wanted and the store is full */
	guint8 broken;	/* boolean: it began with versions that do not fit, and they are not gone */

	ModelTrack tracks[KASPER_N_LEDGERS];
	ModelOrder orders[MODEL_ORDERS_MAX]; /* on their way to the signer */
	guint8 n_orders;
	gint64 applied;		   /* revision that is served */
	gint64 reported;	   /* revision that we have heard of */
	KasperTime changed_at;	   /* what the signer serves, by the engine's clock */
	KasperSpan served_ttls[2]; /* of keys and data, as really served */

	KasperKeySet sets[MODEL_SETS_MAX]; /* submitted, not yet served */
	guint8 n_sets;
	KasperKeySet
	    parent[2];	/* what the parent's servers serve; one that adds first: old and new */
	guint8 between; /* boolean: the parent is in the middle of a change */
	guint8 ages[4]; /* of what is owed */
} ModelState;

enum {
	MODEL_AGE_REPORT,
	MODEL_AGE_ACCEPT,
	MODEL_AGE_PARENT,
	MODEL_AGE_LOOK,
};

/* world.c: what is served and what is held */
void model_track_serve(ModelTrack *self, const ModelHeld *served, guint n_served, guint delay);
void model_track_tick(ModelTrack *self);
gboolean model_track_holds(const ModelTrack *self, KasperKeySet key);
const gchar *model_world_check(const ModelCase *self, ModelState *state);
const gchar *model_world_compare(const ModelCase *self, const ModelState *state);
void model_world_apply_order(const ModelCase *self, ModelState *state);
gboolean model_world_end_class(const ModelCase *self, ModelState *state);
gboolean model_world_has_class(const ModelState *state);
void model_world_step_parent(const ModelCase *self, ModelState *state);
void model_world_init(const ModelCase *self, ModelState *state);

/* zone.c: the engine in it; each gives NULL, or what is wrong */
void model_zone_set_demands(const ModelCase *self,
			    KasperPolicy *policy,
			    gboolean csk,
			    guint8 algorithm,
			    guint8 standby);
void model_zone_swap_gates(const ModelCase *self, KasperPolicy *policy);
void model_zone_init(const ModelCase *self, ModelState *state);
const gchar *model_zone_decide(const ModelCase *self, ModelState *state, gboolean evidence);
gboolean model_zone_is_settled(const ModelState *state);
/* somebody whom nobody can hurry: a person, a store, a backup */
gboolean model_zone_is_excused(const ModelState *state);
const gchar *model_zone_check_calm(const ModelCase *self, const ModelState *state);
gint model_zone_add_key(const ModelCase *self, ModelState *state, const KasperDemand *demand);

/* move.c: what can happen next */
/* moves below this are not operations */
#define MODEL_N_FREE_MOVES 8
/* an operation on each of so many slots */
#define MODEL_N_SLOTS 6
#define MODEL_N_MOVES (MODEL_N_FREE_MOVES + MODEL_N_OPS * MODEL_N_SLOTS)
/* those that there are in this case */
guint model_move_list(const ModelCase *self, guint moves[MODEL_N_MOVES]);
gboolean model_move_is_possible(const ModelCase *self, const ModelState *state, guint move);
gboolean model_move_is_tick(guint move);
/* gives NULL, or what is wrong */
const gchar *model_move_make(const ModelCase *self, ModelState *state, guint move);
const gchar *model_move_get_name(guint move);

void model_state_report(const ModelCase *self, ModelState *state);
void model_state_look(const ModelCase *self, ModelState *state);

/* operate.c */
gboolean model_operate(const ModelCase *self, ModelState *state, guint op, guint slot);

/* canon.c: two states are one if nothing that comes can tell them apart */
guint64 model_state_hash(const ModelCase *self, const ModelState *state);
gchar *model_state_to_text(const ModelState *state);

/* search.c */
typedef struct {
	guint64 states;
	guint64 transitions;
	guint64 violations;
	guint64 starts;
	guint worst; /* ticks to the end from the worst state */
	guint bound;
	guint depth;
} ModelCount;

typedef struct _ModelSearch ModelSearch;
ModelSearch *model_search_new(const ModelCase *model_case, gboolean thorough);
void model_search_free(ModelSearch *self);
void model_search_from(ModelSearch *self, const ModelState *start);
const ModelCount *model_search_get_count(const ModelSearch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ModelSearch, model_search_free)

/* start.c */
void model_start_all(const ModelCase *self, ModelSearch *search);

/* cases.c */
extern const ModelCase model_cases[];
extern const guint n_model_cases;
/* bound.c: the most ticks from the last operation to rest */
guint model_case_get_bound(const ModelCase *self);

G_END_DECLS
