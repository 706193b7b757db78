/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <kasper.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pin.h"
#include "public-key.h"
#include "rv.h"
#include "softhsm.h"

static void
assert_pin(const HsmPin *pin, const gchar *text)
{
	g_assert_nonnull(pin);
	g_assert_cmpmem(hsm_pin_get_octets(pin), hsm_pin_get_length(pin), text, strlen(text));
}

static void
assert_refused(const gchar *source, KasperError code, const gchar *text)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(HsmPin) pin = hsm_pin_read(source, &error);

	g_assert_null(pin);
	g_assert_error(error, KASPER_ERROR, (gint)code);
	if (strstr(error->message, text) == NULL)
		g_error("\"%s\" does not say \"%s\"", error->message, text);
	g_assert_null(strstr(error->message, "4711"));
}

static void
test_contents(void)
{
	static const struct {
		const gchar *text, *pin;
	} rows[] = {
	    {"4711", "4711"},
	    {"4711\n", "4711"},
	    {"4711\r\n", "4711"},
	    {"4711\n\n", "4711\n"},
	    {" 47 11 ", " 47 11 "},
	    {"p\xc3\xa4ss", "p\xc3\xa4ss"},
	};
	g_autoptr(SoftHsm) folder = soft_hsm_new();

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree gchar *path = soft_hsm_write_file(folder, "pin", rows[i].text, 0600);
		g_autofree gchar *uri = g_strconcat("file:", path, NULL);
		g_autofree gchar *long_uri = g_strconcat("file://", path, NULL);
		const gchar *sources[] = {path, uri, long_uri};

		for (gsize j = 0; j < G_N_ELEMENTS(sources); j++) {
			g_autoptr(GError) error = NULL;
			g_autoptr(HsmPin) pin = hsm_pin_read(sources[j], &error);

			g_assert_no_error(error);
			assert_pin(pin, rows[i].pin);
		}
	}
}

static void
test_bad_contents(void)
{
	g_autoptr(SoftHsm) folder = soft_hsm_new();
	g_autofree gchar *most = g_strnfill(HSM_PIN_MAX, '7');
	g_autofree gchar *more = g_strnfill(HSM_PIN_MAX + 1, '7');
	g_autofree gchar *path = soft_hsm_write_file(folder, "pin", most, 0600);
	g_autoptr(HsmPin) pin = hsm_pin_read(path, NULL);

	assert_pin(pin, most);
	g_free(soft_hsm_write_file(folder, "pin", more, 0600));
	assert_refused(path, KASPER_ERROR_AUTH, "too long");
	g_free(soft_hsm_write_file(folder, "pin", "", 0600));
	assert_refused(path, KASPER_ERROR_AUTH, "is empty");
	g_free(soft_hsm_write_file(folder, "pin", "\n", 0600));
	assert_refused(path, KASPER_ERROR_AUTH, "is empty");
}

static void
test_modes(void)
{
	g_autoptr(SoftHsm) folder = soft_hsm_new();

	for (gint mode = 0; mode <= 0777; mode++) {
		g_autofree gchar *path = NULL;
		g_autoptr(GError) error = NULL;
		g_autoptr(HsmPin) pin = NULL;

		/* what the test's own user could not read says nothing */
		if ((mode & 0400) == 0)
			continue;
		path = soft_hsm_write_file(folder, "pin", "4711", mode);
		pin = hsm_pin_read(path, &error);
		g_assert_cmpint(pin != NULL, ==, (mode & 0077) == 0);
		if (pin == NULL)
			g_assert_error(error, KASPER_ERROR, KASPER_ERROR_AUTH);
	}
}

static void
test_not_files(void)
{
	g_autoptr(SoftHsm) folder = soft_hsm_new();
	const gchar *root = soft_hsm_get_folder(folder);
	g_autofree gchar *path = soft_hsm_write_file(folder, "pin", "4711", 0600);
	g_autofree gchar *symlink_path = g_build_filename(root, "link", NULL);
	g_autofree gchar *fifo = g_build_filename(root, "fifo", NULL);
	g_autofree gchar *missing = g_build_filename(root, "missing", NULL);

	g_assert_cmpint(symlink(path, symlink_path), ==, 0);
	g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
	assert_refused(symlink_path, KASPER_ERROR_AUTH, "symbolic link");
	assert_refused(fifo, KASPER_ERROR_AUTH, "not a regular file");
	assert_refused(root, KASPER_ERROR_AUTH, "not a regular file");
	assert_refused(missing, KASPER_ERROR_AUTH, "No such file");
	assert_refused("pin", KASPER_ERROR_INVALID, "credential:NAME");
	assert_refused("", KASPER_ERROR_INVALID, "credential:NAME");
	assert_refused("file:pin", KASPER_ERROR_INVALID, "credential:NAME");
}

static void
test_credentials(void)
{
	g_autoptr(SoftHsm) folder = soft_hsm_new();
	g_autofree gchar *path = soft_hsm_write_file(folder, "hsm-pin", "4711\n", 0440);
	g_autoptr(HsmPin) pin = NULL;

	g_unsetenv("CREDENTIALS_DIRECTORY");
	assert_refused("credential:hsm-pin", KASPER_ERROR_AUTH, "CREDENTIALS_DIRECTORY");
	g_setenv("CREDENTIALS_DIRECTORY", soft_hsm_get_folder(folder), TRUE);
	pin = hsm_pin_read("credential:hsm-pin", NULL);
	assert_pin(pin, "4711");
	assert_refused(path, KASPER_ERROR_AUTH, "read or written by others");
	assert_refused("credential:other", KASPER_ERROR_AUTH, "No such file");
	assert_refused("credential:", KASPER_ERROR_INVALID, "no name");
	assert_refused("credential:../hsm-pin", KASPER_ERROR_INVALID, "no name");
	assert_refused("credential:a/b", KASPER_ERROR_INVALID, "no name");
	g_assert_cmpint(g_chmod(path, 0444), ==, 0);
	assert_refused("credential:hsm-pin", KASPER_ERROR_AUTH, "by others");
	g_assert_cmpint(g_chmod(path, 0460), ==, 0);
	assert_refused("credential:hsm-pin", KASPER_ERROR_AUTH, "by others");
	g_unsetenv("CREDENTIALS_DIRECTORY");
}

static void
test_equal(void)
{
	g_autoptr(HsmPin) one = hsm_pin_new("4711");
	g_autoptr(HsmPin) same = hsm_pin_copy(one);
	g_autoptr(HsmPin) other = hsm_pin_new("4712");
	g_autoptr(HsmPin) longer = hsm_pin_new("47110");

	g_assert_true(hsm_pin_equal(one, same));
	g_assert_false(hsm_pin_equal(one, other));
	g_assert_false(hsm_pin_equal(one, longer));
	g_assert_null(hsm_pin_new(""));
}

/* RFC 3110: leading zeros go, and a long exponent takes three octets for its length */
static void
test_join_rsa(void)
{
	static const guint8 exponent[] = {0, 1, 0, 1}, modulus[] = {0, 0, 0xaa, 0xbb};
	static const guint8 expected[] = {3, 1, 0, 1, 0xaa, 0xbb}, zeros[] = {0, 0};
	guint8 large[300];
	g_autoptr(GBytes) joined = hsm_public_key_join_rsa(exponent, 4, modulus, 4);
	g_autoptr(GBytes) joined_large = NULL;
	const guint8 *octets;

	g_assert_cmpmem(g_bytes_get_data(joined, NULL),
			g_bytes_get_size(joined),
			expected,
			sizeof expected);
	memset(large, 0x11, sizeof large);
	joined_large = hsm_public_key_join_rsa(large, sizeof large, modulus, 4);
	octets = g_bytes_get_data(joined_large, NULL);
	g_assert_cmpuint(g_bytes_get_size(joined_large), ==, 3 + 300 + 2);
	g_assert_cmpuint(octets[0], ==, 0);
	g_assert_cmpuint(octets[1] << 8 | octets[2], ==, 300);
	g_assert_null(hsm_public_key_join_rsa(zeros, 2, modulus, 4));
	g_assert_null(hsm_public_key_join_rsa(exponent, 4, zeros, 2));
	g_assert_null(hsm_public_key_join_rsa(NULL, 0, modulus, 4));
}

/* wrapped, bare, and for P-256 without the mark; a bare Edwards point may begin like a wrapped one
 */
static void
test_unwrap_point(void)
{
	static const guint numbers[] = {13, 14, 15, 16};

	for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
		const HsmAlgorithm *algorithm = hsm_algorithm_find(numbers[i]);
		gsize length = algorithm->public_key, mark = numbers[i] < 15 ? 1 : 0;
		guint8 point[3 + 97 + 1];

		memset(point, 0x04, sizeof point);
		point[1] = (guint8)(length + mark);
		for (gsize size = 0; size <= sizeof point; size++) {
			gsize begin = size == length + mark + 2 ? 0 : 2;
			g_autoptr(GBytes) octets = NULL;

			if (begin + size > sizeof point)
				continue;
			octets = hsm_public_key_unwrap_point(algorithm, point + begin, size);
			g_assert_cmpint(octets != NULL,
					==,
					size == length || size == length + mark ||
					    size == length + mark + 2);
			if (octets != NULL)
				g_assert_cmpuint(g_bytes_get_size(octets), ==, length);
		}
	}
}

static void
test_codes(void)
{
	static const struct {
		CK_RV rv;
		const gchar *name;
		HsmRvClass class;
	} rows[] = {
	    {CKR_OK, "CKR_OK", HSM_RV_OK},
	    {CKR_PIN_LOCKED, "CKR_PIN_LOCKED", HSM_RV_AUTH},
	    {CKR_PIN_EXPIRED, "CKR_PIN_EXPIRED", HSM_RV_AUTH},
	    {CKR_USER_PIN_NOT_INITIALIZED, "CKR_USER_PIN_NOT_INITIALIZED", HSM_RV_AUTH},
	    {CKR_SESSION_CLOSED, "CKR_SESSION_CLOSED", HSM_RV_SESSION},
	    {CKR_DEVICE_REMOVED, "CKR_DEVICE_REMOVED", HSM_RV_LOST},
	    {CKR_DEVICE_MEMORY, "CKR_DEVICE_MEMORY", HSM_RV_FULL},
	    {CKR_TOKEN_WRITE_PROTECTED, "CKR_TOKEN_WRITE_PROTECTED", HSM_RV_READ_ONLY},
	    {CKR_KEY_SIZE_RANGE, "CKR_KEY_SIZE_RANGE", HSM_RV_REQUEST},
	    {0x80000001UL, "CKR 0x80000001", HSM_RV_DEVICE},
	    {0x12345UL, "CKR 0x00012345", HSM_RV_DEVICE},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree gchar *name = hsm_rv_to_string(rows[i].rv);

		g_assert_cmpstr(name, ==, rows[i].name);
		g_assert_cmpint(hsm_rv_classify(rows[i].rv), ==, rows[i].class);
	}
	/* whatever a module says, there is an error to show */
	for (CK_RV rv = 0; rv < 0x300; rv++) {
		g_autoptr(GError) error = NULL;

		hsm_rv_set_error(&error, rv, "test");
		g_assert_true(g_str_has_prefix(error->message, "test (CKR"));
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/hsm-pin/contents", test_contents);
	g_test_add_func("/hsm-pin/bad-contents", test_bad_contents);
	g_test_add_func("/hsm-pin/modes", test_modes);
	g_test_add_func("/hsm-pin/not-files", test_not_files);
	g_test_add_func("/hsm-pin/credentials", test_credentials);
	g_test_add_func("/hsm-pin/equal", test_equal);
	g_test_add_func("/hsm-public-key/join-rsa", test_join_rsa);
	g_test_add_func("/hsm-public-key/unwrap-point", test_unwrap_point);
	g_test_add_func("/hsm-rv/codes", test_codes);
	return g_test_run();
}
