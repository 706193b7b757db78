/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-json.h"

#include <string.h>

#include "kasper-time.h"

/*
 * Long lists come as tuples of texts and numbers. To take each value out of its tuple as a GVariant
 * costs more than all the rest of printing it, so tuples of this kind are read where they lie
 * (GVariant specification, "Serialised data format"). Whatever is not as it should be is left to
 * GVariant, which knows what to make of it.
 */

typedef struct {
	const guint8 *data;
	gsize size;  /* without the offsets at the end */
	gsize total; /* with them */
	gsize place;
	guint width; /* of an offset */
	guint n_offsets;
} KasperTupleReader;

static guint
kasper_tuple_get_width(gsize total)
{
	if (total > G_MAXUINT32)
		return 8;
	if (total > G_MAXUINT16)
		return 4;
	return total > G_MAXUINT8 ? 2 : 1;
}

/* @type: of the tuple's members; FALSE: there is something else than texts and whole numbers */
static gboolean
kasper_tuple_count_offsets(const gchar *type, guint *ret_n_offsets)
{
	*ret_n_offsets = 0;
	for (; *type != ')'; type++) {
		if (*type != 's' && *type != 'u' && *type != 'x')
			return FALSE;
		/* a text that comes last ends where the offsets begin */
		if (*type == 's' && type[1] != ')')
			(*ret_n_offsets)++;
	}
	return TRUE;
}

static gboolean
kasper_tuple_open(KasperTupleReader *self, const gchar *type, GVariant *tuple)
{
	gsize n_octets;

	*self = (KasperTupleReader){0};
	if (!kasper_tuple_count_offsets(type, &self->n_offsets))
		return FALSE;
	self->total = g_variant_get_size(tuple);
	self->data = g_variant_get_data(tuple);
	self->width = kasper_tuple_get_width(self->total);
	n_octets = (gsize)self->width * self->n_offsets;
	if (self->data == NULL || n_octets > self->total)
		return FALSE;
	self->size = self->total - n_octets;
	return TRUE;
}

/* where the text numbered @n ends; they stand at the end of the tuple, last one first */
static gsize
kasper_tuple_get_end(const KasperTupleReader *self, guint n)
{
	const guint8 *octets = self->data + self->total - (gsize)(n + 1) * self->width;
	guint64 end = 0;

	if (n >= self->n_offsets)
		return self->size;
	for (guint i = self->width; i > 0; i--)
		end = end << 8 | octets[G_BYTE_ORDER == G_LITTLE_ENDIAN ? i - 1 : self->width - i];
	return (gsize)end;
}

/* NULL: there is none */
static const gchar *
kasper_tuple_read_text(KasperTupleReader *self, guint n)
{
	const gchar *text = (const gchar *)self->data + self->place;
	gsize end = kasper_tuple_get_end(self, n);

	if (end <= self->place || end > self->size || text[end - self->place - 1] != '\0' ||
	    !g_utf8_validate_len(text, end - self->place - 1, NULL))
		return NULL;
	self->place = end;
	return text;
}

static gboolean
kasper_tuple_read_number(KasperTupleReader *self, gpointer number, gsize length)
{
	gsize place = (self->place + length - 1) / length * length;

	if (place + length > self->size)
		return FALSE;
	memcpy(number, self->data + place, length);
	self->place = place + length;
	return TRUE;
}

static gboolean
kasper_tuple_append_text(KasperTupleReader *self, GString *out, guint n)
{
	const gchar *text = kasper_tuple_read_text(self, n);

	if (text != NULL)
		kasper_json_append_string(out, text);
	return text != NULL;
}

static gboolean
kasper_tuple_append_uint(KasperTupleReader *self, GString *out)
{
	guint32 number;

	if (!kasper_tuple_read_number(self, &number, sizeof number))
		return FALSE;
	kasper_json_append_integer(out, number);
	return TRUE;
}

static gboolean
kasper_tuple_append_time(KasperTupleReader *self, GString *out)
{
	gint64 number;

	if (!kasper_tuple_read_number(self, &number, sizeof number))
		return FALSE;
	if (number == KASPER_TIME_UNSET || number == KASPER_TIME_NEVER)
		g_string_append(out, "null");
	else
		kasper_json_append_integer(out, number);
	return TRUE;
}

/* FALSE: @out has half of it */
static gboolean
kasper_tuple_append(const gchar *const *labels, guint n_labels, GVariant *tuple, GString *out)
{
	const gchar *type = g_variant_get_type_string(tuple) + 1;
	KasperTupleReader reader;
	guint n_texts = 0;

	if (!kasper_tuple_open(&reader, type, tuple))
		return FALSE;
	for (guint i = 0; i < n_labels && type[i] != ')'; i++) {
		gboolean done = FALSE;

		g_string_append(out, labels[i]);
		if (type[i] == 's')
			done = kasper_tuple_append_text(&reader, out, n_texts++);
		else if (type[i] == 'u')
			done = kasper_tuple_append_uint(&reader, out);
		else
			done = kasper_tuple_append_time(&reader, out);
		if (!done)
			return FALSE;
	}
	return TRUE;
}

/**
 * kasper_json_append_members: (skip)
 * @out: where to
 * @labels: (array length=n_labels): what is to stand before each value, as it is: `{"zone":`
 * @n_labels: how many
 * @tuple: a tuple
 *
 * Appends the values of a tuple, each behind its label: as many as there are of both.
 *
 * Since: 0.1
 */
void
kasper_json_append_members(GString *out,
			   const gchar *const *labels,
			   guint n_labels,
			   GVariant *tuple)
{
	gsize before = out->len;
	gsize n_values = g_variant_n_children(tuple);

	if (kasper_tuple_append(labels, n_labels, tuple, out))
		return;
	g_string_truncate(out, before);
	for (gsize i = 0; i < MIN(n_labels, n_values); i++) {
		g_autoptr(GVariant) value = g_variant_get_child_value(tuple, i);

		g_string_append(out, labels[i]);
		kasper_json_append(out, value);
	}
}
