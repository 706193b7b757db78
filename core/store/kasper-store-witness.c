/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

/*
 * A second file knows how far the store has come. It is written after each commit and not flushed
 * by itself, so it is never ahead of what is durable; a store that is behind it has lost commits:
 * its log was removed, or an old copy was put in its place. Going on from there could make a key
 * that was withdrawn come back, or a new one for each that is forgotten, so a person has to say
 * that it is meant (by removing the witness).
 */

/* "kasper-witness 1", 16 digits of the store's identity, 20 of the epoch */
#define WITNESS_FORMAT "kasper-witness 1 %.16s %020" G_GINT64_FORMAT "\n"
#define WITNESS_LENGTH 55

static gchar *
kasper_witness_dup_identity(GBytes *secret)
{
	return g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, secret);
}

static gchar *
kasper_witness_dup_name(const gchar *path)
{
	return g_strconcat(path, ".witness", NULL);
}

static void
kasper_witness_set_error(const gchar *name, gint saved_errno, GError **error)
{
	g_set_error(error,
		    KASPER_ERROR,
		    kasper_database_get_code(saved_errno),
		    "%s: the witness of the store cannot be used: %s",
		    name,
		    g_strerror(saved_errno));
}

/* FALSE: the file is new, or was lost with the power */
static gboolean
kasper_witness_read(gint fd, gchar *ret_identity, gint64 *ret_epoch)
{
	gchar text[WITNESS_LENGTH + 1] = "";
	gchar identity[17] = "";
	gint64 epoch;

	if (pread(fd, text, WITNESS_LENGTH, 0) != WITNESS_LENGTH ||
	    sscanf(text, "kasper-witness 1 %16[0-9a-f] %" G_GINT64_FORMAT, identity, &epoch) != 2)
		return FALSE;
	g_strlcpy(ret_identity, identity, 17);
	*ret_epoch = epoch;
	return TRUE;
}

gboolean
kasper_witness_allows_new(const gchar *path, GError **error)
{
	g_autofree gchar *name = kasper_witness_dup_name(path);
	gchar identity[17];
	gint64 epoch = 0;
	gint fd = g_open(name, O_RDONLY | O_CLOEXEC, 0);
	gboolean known = fd >= 0 && kasper_witness_read(fd, identity, &epoch);

	if (fd >= 0)
		close(fd);
	if (!known)
		return TRUE;
	g_set_error(
	    error,
	    KASPER_ERROR,
	    KASPER_ERROR_NOT_FOUND,
	    "%s is gone, but %s says that it was there (epoch %" G_GINT64_FORMAT "): bring back "
	    "the file or a copy; to begin anew, without any of its keys, remove the witness",
	    path,
	    name,
	    epoch);
	return FALSE;
}

gint
kasper_witness_open(const gchar *path, GBytes *secret, gint64 epoch, GError **error)
{
	g_autofree gchar *name = kasper_witness_dup_name(path);
	g_autofree gchar *identity = kasper_witness_dup_identity(secret);
	gchar seen[17] = "";
	gint64 last = 0;
	gint fd = g_open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);

	if (fd < 0) {
		kasper_witness_set_error(name, errno, error);
		return -1;
	}
	if (!kasper_witness_read(fd, seen, &last))
		return fd;
	if (last <= epoch && strncmp(seen, identity, 16) == 0)
		return fd;
	close(fd);
	if (strncmp(seen, identity, 16) != 0)
		g_set_error(
		    error,
		    KASPER_ERROR,
		    KASPER_ERROR_INVALID,
		    "%s is not the store that %s belongs to: bring back the right one; if it is "
		    "the right one, remove the witness",
		    path,
		    name);
	else
		g_set_error(
		    error,
		    KASPER_ERROR,
		    KASPER_ERROR_INVALID,
		    "%s is older than its witness (epoch %" G_GINT64_FORMAT " < %" G_GINT64_FORMAT
		    "): what was done since is missing from it; bring "
		    "back the newest copy with its -wal file; to go on from the old state all "
		    "the same, remove %s",
		    path,
		    epoch,
		    last,
		    name);
	return -1;
}

void
kasper_witness_write(gint witness, GBytes *secret, gint64 epoch)
{
	g_autofree gchar *identity = kasper_witness_dup_identity(secret);
	g_autofree gchar *text = g_strdup_printf(WITNESS_FORMAT, identity, epoch);

	/* it may lag behind: then it notices less, and is right the next time */
	if (pwrite(witness, text, strlen(text), 0) < 0)
		g_debug("the witness could not be written: %s", g_strerror(errno));
}
