/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-rows-private.h"

#include <string.h>

/*
 * A list of keys is long: its rows are put together octet by octet, as GVariant would lay them
 * out (GVariant specification, "Serialised data format": a tuple is its members, each aligned,
 * then where each text in it ends, last one first). A test holds them against GVariant's own.
 */

#define KEY_ROW_TEXTS_MAX 16

typedef struct {
	GByteArray *out;
	guint32 ends[KEY_ROW_TEXTS_MAX];
	guint n_ends;
} KasperKeyRowWriter;

static void
kasper_key_row_align(KasperKeyRowWriter *self, guint alignment)
{
	static const guint8 zeros[8];
	guint over = self->out->len % alignment;

	if (over != 0)
		g_byte_array_append(self->out, zeros, alignment - over);
}

static void
kasper_key_row_put_text(KasperKeyRowWriter *self, const gchar *text)
{
	g_byte_array_append(self->out, (const guint8 *)text, (guint)strlen(text) + 1);
	g_assert(self->n_ends < KEY_ROW_TEXTS_MAX);
	self->ends[self->n_ends++] = self->out->len;
}

static void
kasper_key_row_put_uint(KasperKeyRowWriter *self, guint32 number)
{
	guint32 octets = GUINT32_TO_LE(number);

	kasper_key_row_align(self, sizeof octets);
	g_byte_array_append(self->out, (const guint8 *)&octets, sizeof octets);
}

static void
kasper_key_row_put_time(KasperKeyRowWriter *self, KasperTime time)
{
	gint64 octets = GINT64_TO_LE(time);

	kasper_key_row_align(self, sizeof octets);
	g_byte_array_append(self->out, (const guint8 *)&octets, sizeof octets);
}

/* an offset is as wide as the whole, offsets included, makes it */
static guint
kasper_key_row_get_width(const KasperKeyRowWriter *self)
{
	if (self->out->len + self->n_ends <= G_MAXUINT8)
		return 1;
	return self->out->len + 2 * self->n_ends <= G_MAXUINT16 ? 2 : 4;
}

static void
kasper_key_row_put_ends(KasperKeyRowWriter *self)
{
	guint width = kasper_key_row_get_width(self);

	while (self->n_ends > 0) {
		guint32 octets = GUINT32_TO_LE(self->ends[--self->n_ends]);

		g_byte_array_append(self->out, (const guint8 *)&octets, width);
	}
}

static const gchar *
kasper_key_row_get_record(const KasperKeyRow *row, guint index)
{
	return kasper_record_state_to_string((KasperRecordState)row->key.state[index]);
}

/* in the order of KASPER_KEY_ROW_FIELDS */
void
kasper_key_row_write(const KasperKeyRow *row, GByteArray *out)
{
	KasperKeyRowWriter writer = {.out = out};

	g_byte_array_set_size(out, 0);
	kasper_key_row_put_text(&writer, row->zone);
	kasper_key_row_put_text(&writer, kasper_role_to_string(row->key.roles));
	kasper_key_row_put_text(&writer, row->state);
	kasper_key_row_put_uint(&writer, row->key.tag);
	kasper_key_row_put_uint(&writer, row->key.algorithm);
	kasper_key_row_put_uint(&writer, row->key.bits);
	kasper_key_row_put_text(&writer, row->id);
	kasper_key_row_put_text(&writer, row->repository);
	kasper_key_row_put_time(&writer, row->next_time);
	kasper_key_row_put_text(&writer, row->next_state);
	kasper_key_row_put_text(&writer, row->waiting_for);
	kasper_key_row_put_text(&writer, kasper_backup_to_string(row->backup));
	kasper_key_row_put_text(&writer, row->policy);
	kasper_key_row_put_text(&writer, kasper_key_row_get_record(row, KASPER_INDEX_DS));
	kasper_key_row_put_text(&writer, kasper_key_row_get_record(row, KASPER_INDEX_DNSKEY));
	kasper_key_row_put_text(&writer, kasper_key_row_get_record(row, KASPER_INDEX_RSK));
	kasper_key_row_put_text(&writer, kasper_key_row_get_record(row, KASPER_INDEX_RSZ));
	kasper_key_row_put_uint(&writer, row->key.flags);
	kasper_key_row_put_time(&writer, row->key.active);
	kasper_key_row_put_time(&writer, row->key.retired);
	kasper_key_row_put_ends(&writer);
}

GVariant *
kasper_key_row_to_tuple(const KasperKeyRow *row)
{
	GByteArray *octets = g_byte_array_sized_new(256);
	g_autoptr(GBytes) bytes = NULL;
	g_autoptr(GVariant) tuple = NULL;

	kasper_key_row_write(row, octets);
	bytes = g_byte_array_free_to_bytes(octets);
	tuple = g_variant_ref_sink(
	    g_variant_new_from_bytes(G_VARIANT_TYPE(KASPER_KEY_ROW_TYPE), bytes, FALSE));
	if (G_BYTE_ORDER == G_BIG_ENDIAN)
		return g_variant_byteswap(tuple);
	return g_steal_pointer(&tuple);
}

void
kasper_key_row_add_fields(const KasperKeyRow *row, const gchar *but, GVariantBuilder *fields)
{
	g_autoptr(GVariant) tuple = kasper_key_row_to_tuple(row);
	g_auto(GStrv) names = g_strsplit(KASPER_KEY_ROW_FIELDS, ",", -1);
	g_auto(GStrv) left_out = g_strsplit(but, ",", -1);

	for (guint i = 0; names[i] != NULL; i++) {
		g_autoptr(GVariant) value = g_variant_get_child_value(tuple, i);

		if (!g_strv_contains((const gchar *const *)left_out, names[i]))
			kasper_row_add_value(fields, names[i], value);
	}
}
