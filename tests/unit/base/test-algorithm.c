/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-algorithm.h"

static void
test_names(void)
{
	g_assert_cmpuint(kasper_algorithm_from_string("13"), ==, 13);
	g_assert_cmpuint(kasper_algorithm_from_string("ecdsap256sha256"), ==, 13);
	g_assert_cmpuint(kasper_algorithm_from_string("ED448"), ==, 16);
	g_assert_cmpuint(kasper_algorithm_from_string("0"), ==, 0);
	g_assert_cmpuint(kasper_algorithm_from_string("12"), ==, 0);
	g_assert_cmpuint(kasper_algorithm_from_string("rot13"), ==, 0);
	g_assert_cmpstr(kasper_algorithm_to_string(8), ==, "RSASHA256");
	g_assert_cmpstr(kasper_algorithm_to_string(200), ==, "unknown");
	g_assert_true(kasper_algorithm_is_rsa(5));
	g_assert_false(kasper_algorithm_is_rsa(15));
}

static void
test_bits(void)
{
	g_assert_cmpuint(kasper_algorithm_get_bits(8, 2048), ==, 2048);
	g_assert_cmpuint(kasper_algorithm_get_bits(13, 2048), ==, 256);
	g_assert_cmpuint(kasper_algorithm_get_bits(14, 0), ==, 384);
}

static void
test_count_rsa_bits(void)
{
	guint8 modulus[4 + 256] = {3, 1, 0, 1, 0xc0};
	static const guint8 stumps[][3] = {{0, 0, 0}, {3, 1, 0}, {0, 255, 255}};
	g_autoptr(GBytes) key = g_bytes_new_static(modulus, sizeof modulus);

	g_assert_cmpuint(kasper_algorithm_count_bits(8, key), ==, 2048);
	for (gsize i = 0; i < G_N_ELEMENTS(stumps); i++) {
		g_autoptr(GBytes) stump = g_bytes_new_static(stumps[i], 3);

		g_assert_cmpuint(kasper_algorithm_count_bits(8, stump), ==, 0);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/algorithm/names", test_names);
	g_test_add_func("/algorithm/bits", test_bits);
	g_test_add_func("/algorithm/count-rsa-bits", test_count_rsa_bits);
	return g_test_run();
}
