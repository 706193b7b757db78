/* SPDX-License-Identifier: BSD-2-Clause */
#include "state-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEYS_HEAD	"kasper-keys-memory 1\n"
#define KEYS_OCTETS_MAX 4096 /* of a field */

struct KeysStateFile {
	gchar *path;
	int fd;
	off_t end;
};

static void
keys_state_file_set_error(const KeysStateFile *self, const gchar *what, GError **error)
{
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_TRY_AGAIN,
		    "%s: %s: %s",
		    self->path,
		    what,
		    g_strerror(errno));
}

/* a line or nothing */
static gboolean
keys_state_file_append(KeysStateFile *self, const gchar *text, gsize length, GError **error)
{
	ssize_t written;

	do
		written = pwrite(self->fd, text, length, self->end);
	while (written < 0 && errno == EINTR);
	if (written == (ssize_t)length) {
		self->end += written;
		return TRUE;
	}
	if (written >= 0)
		errno = ENOSPC;
	keys_state_file_set_error(self, "cannot be written", error);
	if (written > 0 && ftruncate(self->fd, self->end) != 0)
		g_debug("%s keeps half a line, which the next one replaces", self->path);
	return FALSE;
}

static void
keys_state_file_print_hex(GString *line, const guint8 *octets, gsize length)
{
	static const gchar digits[] = "0123456789abcdef";

	for (gsize i = 0; i < length; i++) {
		g_string_append_c(line, digits[octets[i] >> 4]);
		g_string_append_c(line, digits[octets[i] & 15]);
	}
}

static void
keys_state_file_wipe(GString *line)
{
	explicit_bzero(line->str, line->allocated_len);
	g_string_free(line, TRUE);
}

/* "+ID ALGORITHM BITS [PUBLIC PRIVATE]" */
gboolean
keys_state_file_add(KeysStateFile *self, const KeysPair *pair, GError **error)
{
	GString *line = g_string_sized_new(512);
	gboolean done;

	g_string_append_c(line, '+');
	keys_state_file_print_hex(line, pair->octets, pair->id_length);
	g_string_append_printf(line, " %u %u", pair->algorithm, pair->bits);
	if (pair->public_length > 0) {
		g_string_append_c(line, ' ');
		keys_state_file_print_hex(line, keys_pair_get_public(pair), pair->public_length);
		g_string_append_c(line, ' ');
		keys_state_file_print_hex(line, keys_pair_get_private(pair), pair->private_length);
	}
	g_string_append_c(line, '\n');
	done = keys_state_file_append(self, line->str, line->len, error);
	keys_state_file_wipe(line);
	return done;
}

/* "-ID" */
gboolean
keys_state_file_remove(KeysStateFile *self, const KeysPair *pair, GError **error)
{
	g_autoptr(GString) line = g_string_new("-");

	keys_state_file_print_hex(line, pair->octets, pair->id_length);
	g_string_append_c(line, '\n');
	return keys_state_file_append(self, line->str, line->len, error);
}

/* --- reading --- */

/* the length of the word at @text, up to a blank or @end */
static gsize
keys_state_file_measure(const gchar *text, const gchar *end)
{
	const gchar *blank = memchr(text, ' ', (gsize)(end - text));

	return (gsize)((blank != NULL ? blank : end) - text);
}

static gboolean
keys_state_file_read_number(const gchar **text, const gchar *end, guint *ret_number)
{
	guint number = 0;

	while (*text < end && g_ascii_isdigit(**text) && number <= G_MAXUINT16)
		number = number * 10 + (guint)g_ascii_digit_value(*(*text)++);
	*ret_number = number;
	if (*text < end && **text == ' ')
		(*text)++;
	return number > 0 && number <= G_MAXUINT16;
}

static gboolean
keys_state_file_read_octets(const gchar **text, const gchar *end, GByteArray *octets)
{
	gsize digits = keys_state_file_measure(*text, end);

	g_byte_array_set_size(octets, KEYS_OCTETS_MAX);
	g_byte_array_set_size(octets,
			      (guint)keys_parse_hex(*text, digits, octets->data, KEYS_OCTETS_MAX));
	*text = MIN(*text + digits + 1, end);
	return octets->len > 0;
}

static GBytes *
keys_state_file_view(GByteArray *octets)
{
	return octets->len > 0 ? g_bytes_new_static(octets->data, octets->len) : NULL;
}

/* what one line says about which pair; NULL: nothing that we would have written */
static KeysPair *
keys_state_file_read_line(const gchar *text, const gchar *end, GByteArray *room[2])
{
	guint8 id[KEYS_ID_MAX];
	gsize digits = keys_state_file_measure(text + 1, end);
	gsize length = keys_parse_hex(text + 1, digits, id, sizeof id);
	guint algorithm = 0, bits = 0;
	g_autoptr(GBytes) public_key = NULL;
	g_autoptr(GBytes) private_key = NULL;

	if (length == 0)
		return NULL;
	if (*text == '-')
		return keys_pair_new(0, 0, id, length, NULL, NULL);
	text = MIN(text + 1 + digits + 1, end);
	if (!keys_state_file_read_number(&text, end, &algorithm) ||
	    !keys_state_file_read_number(&text, end, &bits) ||
	    !kasper_algorithm_is_known(algorithm))
		return NULL;
	g_byte_array_set_size(room[0], 0);
	g_byte_array_set_size(room[1], 0);
	if (text < end && (!keys_state_file_read_octets(&text, end, room[0]) ||
			   !keys_state_file_read_octets(&text, end, room[1])))
		return NULL;
	public_key = keys_state_file_view(room[0]);
	private_key = keys_state_file_view(room[1]);
	return keys_pair_new(algorithm, bits, id, length, public_key, private_key);
}

/* gives how much of @text are whole lines of ours; the line that is not in @ret_wrong, if any */
static gsize
keys_state_file_read(const gchar *text, gsize length, GHashTable *pairs, guint *ret_wrong)
{
	const gchar *end = text + length;
	const gchar *line = text + strlen(KEYS_HEAD);
	const gchar *newline;
	GByteArray *room[2] = {g_byte_array_new(), g_byte_array_new()};

	*ret_wrong = 0;
	for (guint number = 2; (newline = memchr(line, '\n', (gsize)(end - line))) != NULL;
	     number++) {
		KeysPair *pair = *line == '+' || *line == '-'
				     ? keys_state_file_read_line(line, newline, room)
				     : NULL;

		if (pair == NULL) {
			*ret_wrong = number;
			break;
		}
		g_hash_table_remove(pairs, pair);
		if (*line == '+')
			g_hash_table_add(pairs, pair);
		else
			keys_pair_free(pair);
		line = newline + 1;
	}
	for (guint i = 0; i < 2; i++) {
		if (room[i]->data != NULL)
			explicit_bzero(room[i]->data, room[i]->len);
		g_byte_array_unref(room[i]);
	}
	return (gsize)(line - text);
}

static gboolean
keys_state_file_load(KeysStateFile *self, GHashTable *pairs, GError **error)
{
	g_autoptr(GMappedFile) map = g_mapped_file_new_from_fd(self->fd, FALSE, NULL);
	const gchar *text = map != NULL ? g_mapped_file_get_contents(map) : NULL;
	gsize length = map != NULL ? g_mapped_file_get_length(map) : 0;
	guint wrong = 0;

	if (length == 0)
		return keys_state_file_append(self, KEYS_HEAD, strlen(KEYS_HEAD), error);
	if (length < strlen(KEYS_HEAD) || memcmp(text, KEYS_HEAD, strlen(KEYS_HEAD)) != 0)
		wrong = 1;
	else
		self->end = (off_t)keys_state_file_read(text, length, pairs, &wrong);
	if (wrong > 0) {
		g_set_error(
		    error,
		    KASPER_ERROR,
		    KASPER_ERROR_INVALID,
		    "%s:%u: this is no line of a file of keys-memory; name another file, or "
		    "remove it with all its keys",
		    self->path,
		    wrong);
		return FALSE;
	}
	if ((gsize)self->end == length || ftruncate(self->fd, self->end) == 0)
		return TRUE;
	keys_state_file_set_error(self, "cannot be repaired", error);
	return FALSE;
}

KeysStateFile *
keys_state_file_open(const gchar *path, GHashTable *pairs, GError **error)
{
	g_autoptr(KeysStateFile) self = g_new0(KeysStateFile, 1);

	self->path = g_strdup(path);
	self->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (self->fd < 0) {
		keys_state_file_set_error(self, "cannot be opened", error);
		return NULL;
	}
	if (!keys_state_file_load(self, pairs, error))
		return NULL;
	return g_steal_pointer(&self);
}

void
keys_state_file_close(KeysStateFile *self)
{
	if (self->fd >= 0)
		close(self->fd);
	g_free(self->path);
	g_free(self);
}
