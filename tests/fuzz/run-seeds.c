/* SPDX-License-Identifier: BSD-2-Clause */

/* a fuzz target without a fuzzer: its seeds, and each of them spoilt a little in many ways */

#include "fuzz.h"

#include <string.h>

#define ROUNDS 200

static gchar *folder;

static void
spoil(guint8 *data, gsize *size)
{
	gsize place = (gsize)g_test_rand_int_range(0, (gint32)*size);

	switch (g_test_rand_int_range(0, 4)) {
	case 0: /* one bit */
		data[place] ^= (guint8)(1u << g_test_rand_int_range(0, 8));
		break;
	case 1: /* one octet */
		data[place] = (guint8)g_test_rand_int_range(0, 256);
		break;
	case 2: /* the end */
		*size = place;
		break;
	default: /* some octets twice */
		memmove(data + place, data + place / 2, *size - place);
		break;
	}
}

static void
test_seed(gconstpointer name)
{
	g_autofree gchar *path = g_build_filename(folder, name, NULL);
	g_autofree gchar *seed = NULL;
	g_autoptr(GError) error = NULL;
	gsize size = 0;

	g_file_get_contents(path, &seed, &size, &error);
	g_assert_no_error(error);
	g_assert_cmpint(LLVMFuzzerTestOneInput((const guint8 *)seed, size), ==, 0);
	for (guint i = 0; i < ROUNDS; i++) {
		g_autofree guint8 *data = g_memdup2(seed, size);
		gsize length = size;

		for (gint32 n = g_test_rand_int_range(1, 4); n > 0 && length > 0; n--)
			spoil(data, &length);
		g_assert_cmpint(LLVMFuzzerTestOneInput(data, length), ==, 0);
	}
}

int
main(int argc, char **argv)
{
	g_autoptr(GDir) seeds = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	const gchar *name;
	gint result;

	g_test_init(&argc, &argv, NULL);
	g_assert_cmpint(argc, ==, 2);
	folder = argv[1];
	seeds = g_dir_open(folder, 0, &error);
	g_assert_no_error(error);
	while ((name = g_dir_read_name(seeds)) != NULL)
		g_ptr_array_add(names, g_strdup(name));
	g_assert_cmpuint(names->len, >, 0);
	for (guint i = 0; i < names->len; i++) {
		g_autofree gchar *path =
		    g_strconcat("/fuzz/", (gchar *)g_ptr_array_index(names, i), NULL);

		g_test_add_data_func(path, g_ptr_array_index(names, i), test_seed);
	}
	result = g_test_run();
	return result;
}
