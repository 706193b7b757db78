/* SPDX-License-Identifier: BSD-2-Clause */
#include "oracle.h"

/* something that was served, and from when to when somebody may have held it */
typedef struct {
	guint64 content;
	guint64 signers;
	gint64 ttl;
	gint64 from;
	gint64 until; /* exclusive */
	gboolean current;
} Version;

typedef struct {
	GArray *versions; /* of Version */
} Track;

static gint64
add(gint64 time, gint64 span)
{
	return time == G_MAXINT64 ? time : time + span;
}

static Version *
track_find_current(GArray *track, const Version *wanted)
{
	for (guint i = 0; i < track->len; i++) {
		Version *version = &g_array_index(track, Version, i);

		if (version->current && version->content == wanted->content &&
		    version->signers == wanted->signers && version->ttl == wanted->ttl)
			return version;
	}
	return NULL;
}

/* from @time on exactly @served is served; what was before is forgotten some time later */
static void
track_change(GArray *track, const Version *served, guint n_served, gint64 time, gint64 propagation)
{
	for (guint i = 0; i < track->len; i++) {
		Version *version = &g_array_index(track, Version, i);
		gboolean stays = FALSE;

		for (guint j = 0; version->current && j < n_served; j++)
			stays |= version->content == served[j].content &&
				 version->signers == served[j].signers &&
				 version->ttl == served[j].ttl;
		if (!version->current || stays)
			continue;
		version->current = FALSE;
		version->until = add(time, propagation + version->ttl);
	}
	for (guint j = 0; j < n_served; j++) {
		Version fresh = served[j];

		if (track_find_current(track, &served[j]) != NULL)
			continue;
		fresh.from = time;
		fresh.until = G_MAXINT64;
		fresh.current = TRUE;
		g_array_append_val(track, fresh);
	}
}

static gboolean
has_algorithm(guint64 keys, const guint8 *algorithms, guint n_algorithms, guint8 algorithm)
{
	for (guint i = 0; i < n_algorithms; i++) {
		if ((keys >> i & 1) != 0 && algorithms[i] == algorithm)
			return TRUE;
	}
	return FALSE;
}

static gboolean
accepts_strictly(guint64 keys,
		 guint64 signers,
		 guint64 data,
		 const guint8 *algorithms,
		 guint n_algorithms)
{
	for (guint i = 0; i < n_algorithms; i++) {
		if ((keys >> i & 1) != 0 &&
		    (!has_algorithm(keys & signers, algorithms, n_algorithms, algorithms[i]) ||
		     !has_algorithm(keys & data, algorithms, n_algorithms, algorithms[i])))
			return FALSE;
	}
	return TRUE;
}

gboolean
oracle_accepts(guint64 ds,
	       guint64 keys,
	       guint64 signers,
	       guint64 data,
	       const guint8 *algorithms,
	       guint n_algorithms,
	       OracleLevel level)
{
	guint64 entry = ds & keys & signers;

	if (ds == 0)
		return TRUE;
	if (level == ORACLE_ANY)
		return entry != 0 && (keys & data) != 0;
	for (guint i = 0; i < n_algorithms; i++) {
		if ((ds >> i & 1) != 0 &&
		    (!has_algorithm(entry, algorithms, n_algorithms, algorithms[i]) ||
		     !has_algorithm(keys & data, algorithms, n_algorithms, algorithms[i])))
			return FALSE;
	}
	return level == ORACLE_DS ||
	       accepts_strictly(keys, signers, data, algorithms, n_algorithms);
}

static void
collect(const OracleEvent *events, guint n_events, GArray *ds, GArray *keys, GArray *data)
{
	for (guint i = 0; i < n_events; i++) {
		const OracleEvent *event = &events[i];
		gint64 time = i == 0 ? G_MININT64 : event->time;
		Version served[ORACLE_CLASSES_MAX] = {0};

		/* of events with one time the last counts */
		if (i + 1 < n_events && events[i + 1].time == event->time)
			continue;
		served[0] = (Version){.content = event->ds, .ttl = event->ds_ttl};
		track_change(ds, served, 1, time, event->parent_propagation);
		served[0] = (Version){.content = event->keys,
				      .signers = event->signers,
				      .ttl = event->keys_ttl};
		track_change(keys, served, 1, time, event->zone_propagation);
		for (guint j = 0; j < event->n_classes; j++)
			served[j] = (Version){.content = event->classes[j], .ttl = event->data_ttl};
		track_change(data, served, event->n_classes, time, event->zone_propagation);
	}
}

guint
oracle_list_held(const OracleEvent *events,
		 guint n_events,
		 OracleTrack track,
		 gint64 time,
		 OracleHeld *ret_held,
		 guint n_held)
{
	g_autoptr(GArray) ds = g_array_new(FALSE, FALSE, sizeof(Version));
	g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(Version));
	g_autoptr(GArray) data = g_array_new(FALSE, FALSE, sizeof(Version));
	GArray *list = track == ORACLE_DS_SETS ? ds : track == ORACLE_KEY_SETS ? keys : data;
	guint n = 0;

	collect(events, n_events, ds, keys, data);
	for (guint i = 0; i < list->len; i++) {
		const Version *version = &g_array_index(list, Version, i);

		if (time < version->from || time >= version->until)
			continue;
		g_assert_cmpuint(n, <, n_held);
		ret_held[n++] =
		    (OracleHeld){.keys = version->content, .signers = version->signers};
	}
	return n;
}

static gboolean
meet(const Version *a, const Version *b, const Version *c, gint64 *ret_from)
{
	gint64 from = MAX(a->from, MAX(b->from, c->from));

	*ret_from = from;
	return from < MIN(a->until, MIN(b->until, c->until));
}

/* all combinations of what may be held at one time */
static gboolean
find_bogus(GArray *all_ds,
	   GArray *all_keys,
	   GArray *all_data,
	   const guint8 *algorithms,
	   guint n_algorithms,
	   OracleLevel level,
	   OracleFinding *ret_finding)
{
	gboolean found = FALSE;

	for (guint i = 0; i < all_ds->len * all_keys->len * all_data->len; i++) {
		const Version *ds = &g_array_index(all_ds, Version, i % all_ds->len);
		const Version *keys =
		    &g_array_index(all_keys, Version, i / all_ds->len % all_keys->len);
		const Version *data =
		    &g_array_index(all_data, Version, i / all_ds->len / all_keys->len);
		gint64 from;

		if (!meet(ds, keys, data, &from) || oracle_accepts(ds->content,
								   keys->content,
								   keys->signers,
								   data->content,
								   algorithms,
								   n_algorithms,
								   level))
			continue;
		if (found && ret_finding->time <= from)
			continue;
		found = TRUE;
		*ret_finding = (OracleFinding){
		    .time = from,
		    .ds = ds->content,
		    .keys = keys->content,
		    .signers = keys->signers,
		    .data = data->content,
		};
	}
	return found;
}

static gboolean
find_lapse(const OracleEvent *events, guint n_events, OracleFinding *ret_finding)
{
	for (guint i = 1; i < n_events; i++) {
		if (events[i - 1].ds == 0 || events[i].ds != 0 || events[i].insecure)
			continue;
		*ret_finding = (OracleFinding){.time = events[i].time, .lapse = TRUE};
		return TRUE;
	}
	return FALSE;
}

/* FALSE: somebody could have been told a lie; the first time and the combination are found */
gboolean
oracle_check(const OracleEvent *events,
	     guint n_events,
	     const guint8 *algorithms,
	     guint n_algorithms,
	     OracleLevel level,
	     OracleFinding *ret_finding)
{
	g_autoptr(GArray) ds = g_array_new(FALSE, FALSE, sizeof(Version));
	g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(Version));
	g_autoptr(GArray) data = g_array_new(FALSE, FALSE, sizeof(Version));

	collect(events, n_events, ds, keys, data);
	return !find_bogus(ds, keys, data, algorithms, n_algorithms, level, ret_finding) &&
	       !find_lapse(events, n_events, ret_finding);
}
