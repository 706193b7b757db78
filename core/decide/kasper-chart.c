/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A chart of the keys' records over time, in SVG: a bar is a record that somebody may hold. Each
 * instant at which anything happens gets a column of the same width, so that a wait of minutes can
 * be read beside one of weeks; the times stand below.
 */
#include "kasper-chart.h"

#include "kasper-decide-private.h"

#define LEFT	  150u /* of the first column */
#define TOP	  64u
#define ROW	  15u
#define GAP	  6u /* between keys */
#define COLUMN	  78u
#define LABELS	  64u /* below the rows: the times */
#define MIN_WIDTH 560u
/* a run from 1970 on counts seconds, any other has dates */
#define FIRST_DATE ((KasperTime)100000000)

typedef struct {
	gint key;
	guint index; /* of the record */
	KasperRecordState state;
	guint from; /* column */
	guint to;   /* G_MAXUINT: it lasts */
} KasperBar;

struct _KasperChart {
	const KasperSimulation *simulation;
	GArray *times;	/* of KasperTime: one a column */
	GArray *actors; /* of guint: KasperActor, as bits; who acted then */
	GArray *bars;	/* of KasperBar */
};

static const gchar *const kasper_chart_fills[] = {
    [KASPER_RECORD_RUMOURED] = "#e9b44c",
    [KASPER_RECORD_OMNIPRESENT] = "#3a7d5d",
    [KASPER_RECORD_UNRETENTIVE] = "#b85c4a",
};

/**
 * kasper_chart_new: (skip)
 * @simulation: a simulation, which has to live as long as the chart
 *
 * Returns: (transfer full): a chart that begins with what is there now
 *
 * Since: 0.1
 */
KasperChart *
kasper_chart_new(const KasperSimulation *simulation)
{
	KasperChart *self = g_new0(KasperChart, 1);

	self->simulation = simulation;
	self->times = g_array_new(FALSE, FALSE, sizeof(KasperTime));
	self->actors = g_array_new(FALSE, FALSE, sizeof(guint));
	self->bars = g_array_new(FALSE, FALSE, sizeof(KasperBar));
	kasper_chart_take(self);
	return self;
}

/**
 * kasper_chart_free: (skip)
 * @self: (nullable) (transfer full): a chart
 *
 * Since: 0.1
 */
void
kasper_chart_free(KasperChart *self)
{
	if (self == NULL)
		return;
	g_array_unref(self->times);
	g_array_unref(self->actors);
	g_array_unref(self->bars);
	g_free(self);
}

/* --- what is to be seen --- */

static KasperBar *
kasper_chart_find_open(const KasperChart *self, gint key, guint index)
{
	for (guint i = self->bars->len; i-- > 0;) {
		KasperBar *bar = &g_array_index(self->bars, KasperBar, i);

		if (bar->key == key && bar->index == index)
			return bar->to == G_MAXUINT ? bar : NULL;
	}
	return NULL;
}

static gboolean
kasper_chart_shows(KasperRecordState state)
{
	return state != KASPER_RECORD_HIDDEN && state != KASPER_RECORD_NA;
}

static void
kasper_chart_take_record(KasperChart *self, gint key, guint index, KasperRecordState state)
{
	KasperBar *open = kasper_chart_find_open(self, key, index);
	guint column = self->times->len - 1;
	KasperBar bar = {key, index, state, column, G_MAXUINT};

	if (open != NULL && open->state == state)
		return;
	if (open != NULL)
		open->to = column;
	if (kasper_chart_shows(state))
		g_array_append_val(self->bars, bar);
}

static gint
kasper_chart_find_key(const KasperChart *self, gint64 number)
{
	const GArray *keys = kasper_simulation_get_keys(self->simulation);

	for (guint i = keys->len; i-- > 0;) {
		if (g_array_index(keys, KasperSimulatedKey, i).number == number)
			return (gint)i;
	}
	return -1;
}

static guint
kasper_chart_get_actors(const KasperChart *self)
{
	const GArray *scenes = kasper_simulation_get_scenes(self->simulation);
	guint actors = 0;

	for (guint i = 0; i < scenes->len; i++)
		actors |= 1u << g_array_index(scenes, KasperScene, i).actor;
	return actors;
}

/* an instant at which nothing came to pass has no column; what comes to pass at the first one has
 * its own */
static void
kasper_chart_begin_column(KasperChart *self)
{
	KasperTime now = kasper_simulation_get_now(self->simulation);
	guint actors = kasper_chart_get_actors(self);

	g_array_append_val(self->times, now);
	g_array_append_val(self->actors, actors);
}

/**
 * kasper_chart_take: (skip)
 * @self: a chart
 *
 * Takes in the present instant of the simulation; to be called after each
 * kasper_simulation_advance().
 *
 * Since: 0.1
 */
void
kasper_chart_take(KasperChart *self)
{
	const KasperSnapshot *snapshot = kasper_simulation_get_snapshot(self->simulation);

	if (self->times->len > 0 && kasper_simulation_get_scenes(self->simulation)->len == 0)
		return;
	kasper_chart_begin_column(self);
	for (guint slot = 0; slot < snapshot->n_keys; slot++) {
		const KasperKey *key = &snapshot->keys[slot];
		gint place = kasper_chart_find_key(self, key->number);

		for (guint i = 0; key->number != 0 && place >= 0 && i < KASPER_N_RECORDS; i++)
			kasper_chart_take_record(self, place, i, (KasperRecordState)key->state[i]);
	}
}

/* --- where it stands --- */

static guint
kasper_chart_get_x(const KasperChart *self, guint column)
{
	return LEFT + MIN(column, self->times->len) * COLUMN;
}

static guint
kasper_chart_get_width(const KasperChart *self)
{
	return MAX(MIN_WIDTH, kasper_chart_get_x(self, self->times->len) + 12);
}

/* how many rows keys before @key have, and how many of these keys there are */
static guint
kasper_chart_get_y(const KasperChart *self, guint key, guint index)
{
	const GArray *keys = kasper_simulation_get_keys(self->simulation);
	guint y = TOP;

	for (guint i = 0; i <= key && i < keys->len; i++) {
		guint records =
		    kasper_role_get_records(g_array_index(keys, KasperSimulatedKey, i).roles);

		for (guint j = 0; j < KASPER_N_RECORDS; j++) {
			if ((records >> j & 1) != 0 && (i < key || j < index))
				y += ROW;
		}
		y += i < key ? GAP : 0;
	}
	return y;
}

static guint
kasper_chart_get_bottom(const KasperChart *self)
{
	return kasper_chart_get_y(self,
				  kasper_simulation_get_keys(self->simulation)->len,
				  KASPER_N_RECORDS);
}

/* --- how it looks --- */

G_GNUC_PRINTF(2, 3)
static void
kasper_chart_add(GString *svg, const gchar *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_string_append_vprintf(svg, format, arguments);
	va_end(arguments);
	g_string_append_c(svg, '\n');
}

static gchar *
kasper_chart_dup_time(const KasperChart *self, guint column)
{
	KasperTime first = g_array_index(self->times, KasperTime, 0);
	KasperTime time = g_array_index(self->times, KasperTime, column);

	if (column == 0 && self->times->len > 1 &&
	    g_array_index(self->times, KasperTime, 1) == first)
		return g_strdup("before");
	if (first >= FIRST_DATE)
		return kasper_time_format(time);
	return g_strdup_printf("%" G_GINT64_FORMAT " s", time);
}

static void
kasper_chart_add_legend(GString *svg, guint width)
{
	static const gchar *const names[] = {
	    [KASPER_RECORD_RUMOURED] = "rumoured: some may hold it",
	    [KASPER_RECORD_OMNIPRESENT] = "omnipresent: all do who hold anything",
	    [KASPER_RECORD_UNRETENTIVE] = "unretentive: withdrawn, some may hold it",
	};
	guint x = 12;

	for (guint i = KASPER_RECORD_RUMOURED; i <= KASPER_RECORD_UNRETENTIVE; i++) {
		kasper_chart_add(svg,
				 "<rect x=\"%u\" y=\"30\" width=\"12\" height=\"10\" fill=\"%s\"/>"
				 "<text x=\"%u\" y=\"39\">%s</text>",
				 x,
				 kasper_chart_fills[i],
				 x + 16,
				 names[i]);
		x += 22 + (guint)strlen(names[i]) * 13 / 2;
	}
	kasper_chart_add(svg,
			 "<text x=\"12\" y=\"55\">who acts at the times below: K key store, S "
			 "signer, C channel, P parent, O operator, B backup</text>");
}

static void
kasper_chart_add_keys(const KasperChart *self, GString *svg)
{
	const GArray *keys = kasper_simulation_get_keys(self->simulation);

	for (guint i = 0; i < keys->len; i++) {
		const KasperSimulatedKey *key = &g_array_index(keys, KasperSimulatedKey, i);
		guint records = kasper_role_get_records(key->roles);
		g_autofree gchar *label = g_markup_escape_text(key->label, -1);
		gboolean first = TRUE;

		for (guint j = 0; j < KASPER_N_RECORDS; j++) {
			static const gchar *const names[] = {"DS",
							     "DNSKEY",
							     "RRSIG DNSKEY",
							     "RRSIG"};
			guint y = kasper_chart_get_y(self, i, j);

			if ((records >> j & 1) == 0)
				continue;
			kasper_chart_add(svg,
					 "<text x=\"8\" y=\"%u\" font-weight=\"bold\">%s</text>"
					 "<text x=\"%u\" y=\"%u\" text-anchor=\"end\">%s</text>",
					 y + 11,
					 first ? label : "",
					 LEFT - 6,
					 y + 11,
					 names[j]);
			first = FALSE;
		}
	}
}

static void
kasper_chart_add_column(const KasperChart *self, guint column, GString *svg)
{
	static const gchar letters[] = "-SPCOBK";
	guint actors = g_array_index(self->actors, guint, column);
	guint x = kasper_chart_get_x(self, column);
	guint bottom = kasper_chart_get_bottom(self);
	g_autofree gchar *time = kasper_chart_dup_time(self, column);
	gchar who[8] = "";
	guint n = 0;

	for (guint i = KASPER_ACTOR_SIGNER; i <= KASPER_ACTOR_STORE; i++) {
		if ((actors >> i & 1) != 0)
			who[n++] = letters[i];
	}
	who[n] = '\0';
	kasper_chart_add(svg,
			 "<line x1=\"%u\" y1=\"%u\" x2=\"%u\" y2=\"%u\" stroke=\"#bbb\"/>"
			 "<text x=\"%u\" y=\"%u\">%s</text>"
			 "<text x=\"%u\" y=\"%u\" transform=\"rotate(30 %u %u)\">%s</text>",
			 x,
			 TOP - 4,
			 x,
			 bottom + 4,
			 x + 2,
			 bottom + 14,
			 who,
			 x,
			 bottom + 28,
			 x,
			 bottom + 28,
			 time);
}

static void
kasper_chart_add_bar(const KasperChart *self, const KasperBar *bar, GString *svg)
{
	guint x = kasper_chart_get_x(self, bar->from);
	guint end = kasper_chart_get_x(self, bar->to);
	g_autofree gchar *from = kasper_chart_dup_time(self, bar->from);

	/* a state of an instant without a length */
	if (end == x)
		return;
	kasper_chart_add(svg,
			 "<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\" fill=\"%s\">"
			 "<title>%s from %s</title></rect>",
			 x,
			 kasper_chart_get_y(self, (guint)bar->key, bar->index) + 2,
			 end - x,
			 ROW - 4,
			 kasper_chart_fills[bar->state],
			 kasper_record_state_to_string(bar->state),
			 from);
}

/**
 * kasper_chart_to_svg: (skip)
 * @self: a chart
 * @title: what stands above it
 *
 * Returns: (transfer full): an SVG document
 *
 * Since: 0.1
 */
gchar *
kasper_chart_to_svg(const KasperChart *self, const gchar *title)
{
	g_autoptr(GString) svg = g_string_new(NULL);
	g_autofree gchar *escaped = g_markup_escape_text(title, -1);
	guint width = kasper_chart_get_width(self) + COLUMN;
	guint height = kasper_chart_get_bottom(self) + LABELS + 34;

	kasper_chart_add(svg,
			 "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" "
			 "viewBox=\"0 0 %u %u\" font-family=\"sans-serif\" font-size=\"11\">",
			 width,
			 height,
			 width,
			 height);
	kasper_chart_add(svg, "<title>%s</title>", escaped);
	kasper_chart_add(svg, "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>");
	kasper_chart_add(svg,
			 "<text x=\"12\" y=\"20\" font-size=\"14\" "
			 "font-weight=\"bold\">%s</text>",
			 escaped);
	kasper_chart_add_legend(svg, width);
	kasper_chart_add_keys(self, svg);
	for (guint i = 0; i < self->bars->len; i++)
		kasper_chart_add_bar(self, &g_array_index(self->bars, KasperBar, i), svg);
	for (guint column = 0; column < self->times->len; column++)
		kasper_chart_add_column(self, column, svg);
	kasper_chart_add(svg, "</svg>");
	return g_string_free(g_steal_pointer(&svg), FALSE);
}
