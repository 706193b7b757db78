/* SPDX-License-Identifier: BSD-2-Clause */
#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "zone-list-parser.h"

/* of a line; what comes behind the type of its record is of no interest */
#define LINE_MAX_LENGTH 4096
/* after so many lines somebody may want us to stop */
#define CHECK_EVERY 65536
/* keys that are named to people */
#define KEYS_NAMED 6

struct OdsTracer {
	gchar *folder;		      /* the last one that is known to be there */
	KasperSignerFinding *nothing; /* one for all zones of which there is nothing */
};

OdsTracer *
ods_tracer_new(void)
{
	OdsTracer *self = g_new0(OdsTracer, 1);

	self->nothing = kasper_signer_finding_new(KASPER_SIGNER_NOTHING, NULL);
	return self;
}

void
ods_tracer_free(OdsTracer *self)
{
	if (self == NULL)
		return;
	g_free(self->folder);
	g_object_unref(self->nothing);
	g_free(self);
}

static KasperSignerFinding *ods_trace_unclear(const gchar *format, ...) G_GNUC_PRINTF(1, 2);

static KasperSignerFinding *
ods_trace_unclear(const gchar *format, ...)
{
	g_autofree gchar *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	return kasper_signer_finding_new(KASPER_SIGNER_UNCLEAR, text);
}

/* -1: it is not there (*@ret is left alone), or it cannot be read (*@ret says why) */
static int
ods_trace_open(const gchar *path, KasperSignerFinding **ret)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	int code = errno;
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	if (fd >= 0) {
		*ret = ods_trace_unclear("%s is no file", path);
		close(fd);
	} else if (code != ENOENT && code != ENOTDIR) {
		*ret = ods_trace_unclear("%s cannot be read: %s; the daemon needs the right to",
					 path,
					 g_strerror(code));
	}
	return -1;
}

/* --- the signer configuration --- */

/* a disk that is not mounted yet has no files either; nothing could be written there anyway */
static KasperSignerFinding *
ods_tracer_check_folder(OdsTracer *self, const gchar *path)
{
	g_autofree gchar *folder = g_path_get_dirname(path);

	if (g_strcmp0(folder, self->folder) == 0)
		return NULL;
	if (!g_file_test(folder, G_FILE_TEST_IS_DIR))
		return ods_trace_unclear("%s, where its signer configuration belongs, is no "
					 "folder; make it, mount it, or correct the path in "
					 "zonelist.xml",
					 folder);
	g_free(self->folder);
	self->folder = g_steal_pointer(&folder);
	return NULL;
}

static guint
ods_trace_get_number(xmlNode *key, const gchar *name)
{
	g_autofree gchar *text = ods_xml_dup_content(ods_xml_find(key, name));

	return text != NULL ? (guint)g_ascii_strtoull(text, NULL, 10) : 0;
}

/* what a Key element says; NULL: it does not say which key it is */
static KasperOrderKey *
ods_trace_read_key(xmlNode *node)
{
	g_autofree gchar *locator = ods_xml_dup_content(ods_xml_find(node, "Locator"));
	g_autofree gchar *id = locator != NULL ? g_ascii_strdown(locator, -1) : NULL;
	guint use = 0;

	if (id == NULL)
		return NULL;
	if (ods_xml_find(node, "KSK") != NULL)
		use |= KASPER_KEY_USE_SIGN_KEYS;
	if (ods_xml_find(node, "ZSK") != NULL)
		use |= KASPER_KEY_USE_SIGN_DATA;
	if (ods_xml_find(node, "Publish") != NULL)
		use |= KASPER_KEY_USE_PUBLISH;
	return kasper_order_key_new(id,
				    NULL,
				    ods_trace_get_number(node, "Flags"),
				    ods_trace_get_number(node, "Algorithm"),
				    use,
				    NULL);
}

static const gchar *
ods_trace_get_role(KasperOrderKey *key)
{
	guint use = kasper_order_key_get_use(key);

	if ((use & KASPER_KEY_USE_SIGN_KEYS) != 0)
		return (use & KASPER_KEY_USE_SIGN_DATA) != 0 ? "CSK" : "KSK";
	return (use & KASPER_KEY_USE_SIGN_DATA) != 0 ? "ZSK" : "key";
}

static gchar *
ods_trace_dup_text(const gchar *path, GPtrArray *keys)
{
	GString *text = g_string_new(path);

	g_string_append(text, " orders it to be signed with");
	for (guint i = 0; i < keys->len && i < KEYS_NAMED; i++) {
		KasperOrderKey *key = g_ptr_array_index(keys, i);

		g_string_append_printf(text,
				       "%s %s %s (algorithm %u)",
				       i > 0 ? "," : "",
				       ods_trace_get_role(key),
				       kasper_order_key_get_id(key),
				       kasper_order_key_get_algorithm(key));
	}
	if (keys->len > KEYS_NAMED)
		g_string_append_printf(text, " and %u more keys", keys->len - KEYS_NAMED);
	return g_string_free(text, FALSE);
}

/* NULL: no key signs by its order */
static KasperSignerFinding *
ods_trace_read_configuration(const gchar *path, xmlNode *root)
{
	xmlNode *zone = ods_xml_find(root, "Zone");
	xmlNode *list = ods_xml_find(zone, "Keys");
	g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_object_unref);
	g_autofree gchar *text = NULL;
	KasperSignerFinding *finding;

	if (ods_xml_find(zone, "Passthrough") != NULL)
		return NULL;
	for (xmlNode *node = list != NULL ? list->children : NULL; node != NULL;
	     node = node->next) {
		KasperOrderKey *key = NULL;

		if (node->type == XML_ELEMENT_NODE && xmlStrEqual(node->name, BAD_CAST "Key"))
			key = ods_trace_read_key(node);
		if (key != NULL)
			g_ptr_array_add(keys, key);
	}
	if (keys->len == 0)
		return NULL;
	text = ods_trace_dup_text(path, keys);
	finding = kasper_signer_finding_new(KASPER_SIGNER_SIGNED, text);
	for (guint i = 0; i < keys->len; i++)
		kasper_signer_finding_add_key(finding, g_ptr_array_index(keys, i));
	return finding;
}

/* NULL: there is none, or no key signs by it */
static KasperSignerFinding *
ods_tracer_look_at_configuration(OdsTracer *self, const gchar *path)
{
	KasperSignerFinding *finding = NULL;
	int fd = ods_trace_open(path, &finding);
	xmlDoc *document;
	xmlNode *root;

	if (fd < 0)
		return finding != NULL ? finding : ods_tracer_check_folder(self, path);
	document = xmlReadFd(fd,
			     path,
			     NULL,
			     XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	close(fd);
	root = document != NULL ? xmlDocGetRootElement(document) : NULL;
	if (root != NULL && xmlStrEqual(root->name, BAD_CAST "SignerConfiguration"))
		finding = ods_trace_read_configuration(path, root);
	else
		finding = ods_trace_unclear("%s is no signer configuration; if the zone is not "
					    "signed, take the file away",
					    path);
	xmlFreeDoc(document);
	return finding;
}

/* --- the signed zone --- */

static gboolean
ods_trace_is_word(const gchar *text, gsize length, const gchar *word)
{
	return length == strlen(word) && g_ascii_strncasecmp(text, word, length) == 0;
}

gboolean
ods_trace_is_signed_line(const gchar *line)
{
	const gchar *word = line;

	if (line[0] == ';')
		return FALSE;
	/* an owner begins the line; where it is left out, white space does */
	word += strcspn(word, " \t\r\n");
	while (*(word += strspn(word, " \t\r\n")) != '\0') {
		gsize length = strcspn(word, " \t\r\n;");
		gboolean ttl = g_ascii_isdigit(word[0]);

		if (!ttl && !ods_trace_is_word(word, length, "IN"))
			return ods_trace_is_word(word, length, "RRSIG") ||
			       ods_trace_is_word(word, length, "DNSKEY");
		word += length;
	}
	return FALSE;
}

static gboolean
ods_trace_has_signatures(FILE *file, GCancellable *cancellable)
{
	gchar line[LINE_MAX_LENGTH];
	gboolean begins = TRUE;

	for (guint n = 1; fgets(line, sizeof line, file) != NULL; n++) {
		if (begins && ods_trace_is_signed_line(line))
			return TRUE;
		begins = strchr(line, '\n') != NULL;
		if (n % CHECK_EVERY == 0 && g_cancellable_is_cancelled(cancellable))
			break;
	}
	return FALSE;
}

/* NULL: it is not there, or not signed */
static KasperSignerFinding *
ods_trace_look_at_output(const gchar *path, GCancellable *cancellable)
{
	KasperSignerFinding *finding = NULL;
	int fd = ods_trace_open(path, &finding);
	FILE *file = fd >= 0 ? fdopen(fd, "r") : NULL;
	g_autofree gchar *text = NULL;

	if (file == NULL)
		return finding;
	if (ods_trace_has_signatures(file, cancellable)) {
		text = g_strdup_printf("%s has signatures", path);
		finding = kasper_signer_finding_new(KASPER_SIGNER_SIGNED, text);
	} else if (ferror(file) != 0 || !feof(file)) {
		finding = ods_trace_unclear("%s cannot be read to its end", path);
	}
	fclose(file);
	return finding;
}

KasperSignerFinding *
ods_tracer_find(OdsTracer *self, KasperZoneOrder *order, GCancellable *cancellable)
{
	const gchar *configuration = kasper_zone_order_get_signer_configuration(order);
	const gchar *output = kasper_zone_order_get_output(order);
	KasperSignerFinding *finding = NULL;

	if (configuration != NULL)
		finding = ods_tracer_look_at_configuration(self, configuration);
	if (finding == NULL && output != NULL)
		finding = ods_trace_look_at_output(output, cancellable);
	return finding != NULL ? finding : g_object_ref(self->nothing);
}
