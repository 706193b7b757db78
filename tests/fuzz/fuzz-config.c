/* SPDX-License-Identifier: BSD-2-Clause */
#include "fuzz-config.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* files in memory, which the parsers open like any other, as /proc/self/fd/100 and so on: the
 * seeds of conf.xml name the other two */
#define FIRST_FD 100

static gint files[FUZZ_N_FILES] = {-1, -1, -1};

static const gchar good_conf[] =
    "<Configuration xmlns:p=\"urn:kasper:plugin:1\"><RepositoryList><Repository name=\"main\">"
    "<Module>keys-memory</Module><TokenLabel>memory</TokenLabel><p:Plugin module=\"keys-memory\"/>"
    "</Repository></RepositoryList><Common><PolicyFile>/proc/self/fd/101</PolicyFile>"
    "<ZoneListFile>/proc/self/fd/102</ZoneListFile></Common></Configuration>";

static const gchar good_kasp[] =
    "<KASP><Policy name=\"default\"><Passthrough/><Description/><Signatures><Resign>PT2H</Resign>"
    "<Refresh>P3D</Refresh><Validity><Default>P14D</Default><Denial>P14D</Denial></Validity>"
    "<Jitter>PT12H</Jitter><InceptionOffset>PT1H</InceptionOffset></Signatures><Denial><NSEC/>"
    "</Denial><Keys><TTL>PT1H</TTL><RetireSafety>PT1H</RetireSafety><PublishSafety>PT1H"
    "</PublishSafety></Keys><Zone><PropagationDelay>PT1H</PropagationDelay><SOA><TTL>PT1H</TTL>"
    "<Minimum>PT1H</Minimum><Serial>keep</Serial></SOA></Zone><Parent><PropagationDelay>PT1H"
    "</PropagationDelay><DS><TTL>PT1H</TTL></DS><SOA><TTL>PT1H</TTL><Minimum>PT1H</Minimum></SOA>"
    "</Parent></Policy></KASP>";

static const gchar good_zone_list[] = "<ZoneList/>";

static void
fuzz_config_write(FuzzFile file, gconstpointer data, gsize size)
{
	g_assert_cmpint(ftruncate(files[file], 0), ==, 0);
	g_assert_cmpint(pwrite(files[file], data, size, 0), ==, (gssize)size);
}

static void
fuzz_config_set_up(void)
{
	if (files[FUZZ_CONF] >= 0)
		return;
	for (guint i = 0; i < FUZZ_N_FILES; i++) {
		gint fd = memfd_create("kasper-fuzz", MFD_CLOEXEC);

		g_assert_cmpint(fd, >=, 0);
		files[i] = dup2(fd, FIRST_FD + (gint)i);
		g_assert_cmpint(files[i], ==, FIRST_FD + (gint)i);
		close(fd);
	}
	fuzz_config_write(FUZZ_CONF, good_conf, strlen(good_conf));
	fuzz_config_write(FUZZ_KASP, good_kasp, strlen(good_kasp));
	fuzz_config_write(FUZZ_ZONE_LIST, good_zone_list, strlen(good_zone_list));
}

/* it is a line of text, whatever was in the file */
static guint
fuzz_config_look_at(const KasperFinding *finding)
{
	g_autofree gchar *text = kasper_finding_to_text(finding);

	g_assert_true(g_utf8_validate(text, -1, NULL));
	g_assert_null(strchr(text, '\n'));
	g_assert_cmpint(finding->line, >=, 0);
	return finding->level == KASPER_FINDING_ERROR ? 1 : 0;
}

KasperConfig *
fuzz_config_load(FuzzFile file, const guint8 *data, gsize size)
{
	g_autoptr(GPtrArray) findings =
	    g_ptr_array_new_with_free_func((GDestroyNotify)kasper_finding_free);
	g_autofree gchar *path = NULL;
	g_autoptr(GError) error = NULL;
	KasperConfig *config;
	guint n_errors = 0;

	fuzz_config_set_up();
	fuzz_config_write(file, data, size);
	path = g_strdup_printf("/proc/self/fd/%d", files[FUZZ_CONF]);
	config = kasper_config_load(path, findings, &error);
	for (guint i = 0; i < findings->len; i++)
		n_errors += fuzz_config_look_at(g_ptr_array_index(findings, i));
	/* there is a reason, and only then it is refused */
	g_assert_cmpint(config == NULL, ==, n_errors > 0);
	g_assert_cmpint(config == NULL, ==, error != NULL);
	return config;
}
