/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The safety oracle: from what was really published it tells whether any resolver could ever have
 * held a combination that does not validate. It shares nothing with core/decide: no states, no
 * rules, no policy, no type.
 */

#define ORACLE_CLASSES_MAX 16

typedef enum {
	ORACLE_ANY,    /* one path is enough */
	ORACLE_DS,     /* each algorithm of the DS set has a path */
	ORACLE_STRICT, /* and each algorithm of the DNSKEY set signs it and the data */
} OracleLevel;

/* all that is published from @time on; keys are bits, their numbers indexes into @algorithms */
typedef struct {
	gint64 time;
	guint64 ds;
	gint64 ds_ttl; /* of the negative answer if there is no DS, and so on */
	guint64 keys;
	guint64 signers;
	gint64 keys_ttl;
	guint n_classes; /* each RRset of the zone is signed like one of the classes */
	guint64 classes[ORACLE_CLASSES_MAX];
	gint64 data_ttl;
	gint64 zone_propagation; /* of this change */
	gint64 parent_propagation;
	gboolean insecure; /* the DS set is empty on purpose */
} OracleEvent;

typedef struct {
	gint64 time; /* from when on */
	guint64 ds;
	guint64 keys;
	guint64 signers;
	guint64 data;
	gboolean lapse; /* not bogus: the zone lost its DS and nobody wanted that */
} OracleFinding;

/* what a validator says that holds exactly these three: FALSE: it is bogus */
gboolean oracle_accepts(guint64 ds,
			guint64 keys,
			guint64 signers,
			guint64 data,
			const guint8 *algorithms,
			guint n_algorithms,
			OracleLevel level);
typedef enum {
	ORACLE_DS_SETS,
	ORACLE_KEY_SETS,
	ORACLE_DATA_CLASSES,
} OracleTrack;

typedef struct {
	guint64 keys;
	guint64 signers;
} OracleHeld;

/* what somebody may hold at @time; gives how many there are */
guint oracle_list_held(const OracleEvent *events,
		       guint n_events,
		       OracleTrack track,
		       gint64 time,
		       OracleHeld *ret_held,
		       guint n_held);
gboolean oracle_check(const OracleEvent *events,
		      guint n_events,
		      const guint8 *algorithms,
		      guint n_algorithms,
		      OracleLevel level,
		      OracleFinding *ret_finding);

G_END_DECLS
