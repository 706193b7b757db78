/* SPDX-License-Identifier: BSD-2-Clause */
#include "pin.h"

#include <errno.h>
#include <fcntl.h>
#include <kasper.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct HsmPin {
	gsize length;
	guint8 octets[HSM_PIN_MAX + 1]; /* one more, to see that a file is too long */
};

static HsmPin *
hsm_pin_allocate(void)
{
	HsmPin *self =
	    mmap(NULL, sizeof *self, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (self == MAP_FAILED)
		g_error("no memory for a PIN: %s", g_strerror(errno));
	/* where the limit forbids the lock the PIN is still wiped and not dumped */
	if (mlock(self, sizeof *self) != 0)
		g_debug("memory of a PIN could not be locked: %s", g_strerror(errno));
	(void)madvise(self, sizeof *self, MADV_DONTDUMP);
	(void)madvise(self, sizeof *self, MADV_WIPEONFORK);
	return self;
}

void
hsm_pin_free(HsmPin *self)
{
	if (self == NULL)
		return;
	explicit_bzero(self, sizeof *self);
	(void)munlock(self, sizeof *self);
	(void)munmap(self, sizeof *self);
}

HsmPin *
hsm_pin_new(const gchar *text)
{
	gsize length = strlen(text);
	HsmPin *self;

	if (length == 0 || length > HSM_PIN_MAX)
		return NULL;
	self = hsm_pin_allocate();
	self->length = length;
	memcpy(self->octets, text, length);
	return self;
}

HsmPin *
hsm_pin_copy(const HsmPin *self)
{
	HsmPin *copy = hsm_pin_allocate();

	memcpy(copy, self, sizeof *copy);
	return copy;
}

gboolean
hsm_pin_equal(const HsmPin *self, const HsmPin *other)
{
	return self->length == other->length &&
	       memcmp(self->octets, other->octets, self->length) == 0;
}

const guint8 *
hsm_pin_get_octets(const HsmPin *self)
{
	return self->octets;
}

gsize
hsm_pin_get_length(const HsmPin *self)
{
	return self->length;
}

/* the path that @source stands for; @ret_is_credential: the service manager made the file */
static gchar *
hsm_pin_parse_source(const gchar *source, gboolean *ret_is_credential, GError **error)
{
	const gchar *folder = g_getenv("CREDENTIALS_DIRECTORY");
	const gchar *name;

	*ret_is_credential = g_str_has_prefix(source, "credential:");
	if (g_str_has_prefix(source, "file:///"))
		return g_strdup(source + strlen("file://"));
	if (g_str_has_prefix(source, "file:/"))
		return g_strdup(source + strlen("file:"));
	if (g_path_is_absolute(source))
		return g_strdup(source);
	if (!*ret_is_credential) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "pin-source \"%s\" is not file:/PATH, /PATH or credential:NAME",
			    source);
		return NULL;
	}
	name = source + strlen("credential:");
	if (*name == '\0' || *name == '.' || strchr(name, '/') != NULL) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "pin-source \"%s\" has no name of a credential",
			    source);
		return NULL;
	}
	if (folder == NULL) {
		g_set_error(
		    error,
		    KASPER_ERROR,
		    KASPER_ERROR_AUTH,
		    "pin-source \"%s\": CREDENTIALS_DIRECTORY is not set; start the daemon by "
		    "systemd with LoadCredential=%s:...",
		    source,
		    name);
		return NULL;
	}
	return g_build_filename(folder, name, NULL);
}

static gboolean
hsm_pin_check_file(int fd, const gchar *path, gboolean is_credential, GError **error)
{
	/* the group bit of a credential is the mask of the ACL that lets the service's user read it
	 */
	mode_t forbidden = is_credential ? 0037 : 0077;
	const gchar *what = NULL;
	struct stat st;

	if (fstat(fd, &st) != 0)
		what = "cannot be looked at";
	else if (!S_ISREG(st.st_mode))
		what = "is not a regular file";
	else if (st.st_uid != 0 && st.st_uid != geteuid())
		what = "belongs neither to root nor to the daemon's user";
	else if ((st.st_mode & forbidden) != 0)
		what = "can be read or written by others; chmod 0400 it and change the PIN";
	else if (st.st_size > HSM_PIN_MAX)
		what = "is too long for a PIN (256 octets)";
	if (what == NULL)
		return TRUE;
	g_set_error(error, KASPER_ERROR, KASPER_ERROR_AUTH, "PIN file %s %s", path, what);
	return FALSE;
}

static gboolean
hsm_pin_fill(HsmPin *self, int fd, const gchar *path, GError **error)
{
	gssize got;

	do {
		got = read(fd, self->octets + self->length, sizeof self->octets - self->length);
		if (got > 0)
			self->length += (gsize)got;
	} while ((got > 0 && self->length < sizeof self->octets) || (got < 0 && errno == EINTR));
	if (got < 0) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_AUTH,
			    "PIN file %s: %s",
			    path,
			    g_strerror(errno));
		return FALSE;
	}
	if (self->length > 0 && self->octets[self->length - 1] == '\n')
		self->length--;
	if (self->length > 0 && self->octets[self->length - 1] == '\r')
		self->length--;
	if (self->length > 0 && self->length <= HSM_PIN_MAX)
		return TRUE;
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_AUTH,
		    "PIN file %s is %s",
		    path,
		    self->length == 0 ? "empty" : "too long for a PIN (256 octets)");
	return FALSE;
}

HsmPin *
hsm_pin_read(const gchar *source, GError **error)
{
	gboolean is_credential = FALSE;
	g_autofree gchar *path = hsm_pin_parse_source(source, &is_credential, error);
	g_autoptr(HsmPin) self = NULL;
	gboolean good;
	int fd;

	if (path == NULL)
		return NULL;
	/* O_NONBLOCK: a FIFO is refused below, and must not hold us up before */
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_AUTH,
			    "PIN file %s: %s",
			    path,
			    errno == ELOOP ? "a symbolic link; name the file itself"
					   : g_strerror(errno));
		return NULL;
	}
	self = hsm_pin_allocate();
	good = hsm_pin_check_file(fd, path, is_credential, error) &&
	       hsm_pin_fill(self, fd, path, error);
	close(fd);
	return good ? g_steal_pointer(&self) : NULL;
}
