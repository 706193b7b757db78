/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake-world.h"

#include <string.h>

#include "kasper-algorithm.h"
#include "kasper-backup-guard.h"
#include "kasper-dnskey.h"

/* a plugin that can act only as long as its engine lives */
typedef struct {
	GObject parent_instance;
	guint generation;
	gchar *note; /* a setting: with another one it is another configuration */
} FakePlugin;

/* with the lock held: before or after an effect. The point of the test's choice is the last one
 * that the process reaches; FALSE: it died here */
static gboolean
fake_plugin_pass_point(FakePlugin *self, GError **error)
{
	if (self->generation == fake_world.generation && fake_world.points_left > 0 &&
	    --fake_world.points_left == 0) {
		g_atomic_int_set(&fake_world.stopped, TRUE);
		g_main_context_wakeup(NULL);
	}
	while (g_atomic_int_get(&fake_world.stopped) && self->generation == fake_world.generation)
		g_cond_wait(&fake_world.changed, &fake_world.lock);
	if (self->generation == fake_world.generation)
		return TRUE;
	g_set_error_literal(error,
			    KASPER_ERROR,
			    KASPER_ERROR_UNKNOWN_OUTCOME,
			    "the engine of this plugin is gone");
	return FALSE;
}

/* with the lock held: what becomes of this call; FALSE: it ends here, with an error */
static gboolean
fake_plugin_enter(gpointer plugin, FakeCall call, GError **error)
{
	FakePlugin *self = plugin;

	if (self->generation == fake_world.generation)
		fake_world.counts[call]++;
	fake_world.inside++;
	g_cond_broadcast(&fake_world.changed);
	while (fake_world.faults[call] == FAKE_HANGS && self->generation == fake_world.generation)
		g_cond_wait(&fake_world.changed, &fake_world.lock);
	fake_world.inside--;
	/* plugins are opened by the thread that everything else waits for */
	if (call != FAKE_OPEN && !fake_plugin_pass_point(self, error))
		return FALSE;
	if (fake_world.faults[call] == FAKE_FAILS) {
		g_set_error_literal(error,
				    KASPER_ERROR,
				    (gint)fake_world.codes[call],
				    "it fails, as the test wants it");
		return FALSE;
	}
	return TRUE;
}

/* it has happened; FALSE: and nobody will know */
static gboolean
fake_plugin_leave(gpointer plugin, FakeCall call, GError **error)
{
	if (fake_world.die_after == (gint)call)
		fake_world.points_left = 1;
	if (!fake_plugin_pass_point(plugin, error))
		return FALSE;
	if (fake_world.faults[call] != FAKE_LOSES)
		return TRUE;
	g_set_error_literal(error,
			    KASPER_ERROR,
			    (gint)fake_world.codes[call],
			    "the answer is lost, as the test wants it");
	return FALSE;
}

static gboolean
fake_plugin_open(KasperPlugin *plugin, GCancellable *cancellable, GError **error)
{
	FakePlugin *self = (FakePlugin *)plugin;
	gboolean done;

	g_mutex_lock(&fake_world.lock);
	self->generation = fake_world.generation;
	done = fake_plugin_enter(plugin, FAKE_OPEN, error);
	g_mutex_unlock(&fake_world.lock);
	return done;
}

static void
fake_plugin_iface_init(KasperPluginInterface *iface)
{
	iface->open = fake_plugin_open;
}

static void
fake_plugin_set_property(GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
	FakePlugin *self = (FakePlugin *)object;

	g_free(self->note);
	self->note = g_value_dup_string(value);
}

static void
fake_plugin_get_property(GObject *object, guint id, GValue *value, GParamSpec *spec)
{
	g_value_set_string(value, ((FakePlugin *)object)->note);
}

static void
fake_plugin_finalize(GObject *object)
{
	g_free(((FakePlugin *)object)->note);
	G_OBJECT_CLASS(g_type_class_peek_parent(G_OBJECT_GET_CLASS(object)))->finalize(object);
}

static void
fake_plugin_install_note(GObjectClass *klass)
{
	klass->set_property = fake_plugin_set_property;
	klass->get_property = fake_plugin_get_property;
	klass->finalize = fake_plugin_finalize;
	g_object_class_install_property(
	    klass,
	    1,
	    g_param_spec_string("note",
				NULL,
				"any text",
				NULL,
				G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
}

/* --- the token --- */

/* by whichever tag: of a ZSK, of a KSK, of a revoked one */
static gboolean
fake_token_looks_like(GBytes *key, GBytes *other)
{
	static const guint flags[] = {256, 257, 385};

	for (guint i = 0; i < G_N_ELEMENTS(flags); i++) {
		for (guint j = 0; j < G_N_ELEMENTS(flags); j++) {
			if (kasper_dnskey_get_tag(flags[i], 13, key) ==
			    kasper_dnskey_get_tag(flags[j], 13, other))
				return TRUE;
		}
	}
	return FALSE;
}

static gboolean
fake_token_collides(GBytes *key)
{
	GHashTableIter iter;
	gpointer other;

	g_hash_table_iter_init(&iter, fake_world.keys);
	while (g_hash_table_iter_next(&iter, NULL, &other)) {
		if (fake_token_looks_like(key, kasper_key_info_get_public_key(other)))
			return TRUE;
	}
	return FALSE;
}

/* 64 octets that nobody else has. No two keys have a tag in common unless the test wants it: the
 * engine throws such a key away and makes another one, which a test that counts keys would take for
 * a key made twice, once in some ten thousand runs of a rollover */
static GBytes *
fake_token_make_public_key(void)
{
	static guint serial;
	guint8 octets[64];
	GBytes *key = NULL;

	do {
		g_clear_pointer(&key, g_bytes_unref);
		serial++;
		for (guint i = 0; i < sizeof octets; i++)
			octets[i] = (guint8)(g_random_int() ^ serial >> (i % 4 * 8));
		key = g_bytes_new(octets, sizeof octets);
	} while (fake_world.next_tag == G_MAXUINT && fake_token_collides(key));
	if (fake_world.next_tag == G_MAXUINT)
		return key;
	g_bytes_unref(key);
	for (guint i = 0; i <= G_MAXUINT16; i++) {
		octets[62] = (guint8)(i >> 8);
		octets[63] = (guint8)i;
		key = g_bytes_new(octets, sizeof octets);
		if (kasper_dnskey_get_tag(257, 13, key) == fake_world.next_tag)
			return key;
		g_bytes_unref(key);
	}
	g_assert_not_reached();
}

static KasperKeyInfo *
fake_token_make(KasperKeyInfo *wanted, GError **error)
{
	const gchar *id = kasper_key_info_get_id(wanted);
	g_autoptr(GBytes) public_key = NULL;
	KasperKeyInfo *made;

	if (fake_world.max_keys >= 0 && g_hash_table_size(fake_world.keys) >= fake_world.max_keys) {
		g_set_error_literal(error,
				    KASPER_ERROR,
				    KASPER_ERROR_NOT_SUPPORTED,
				    "the token is full");
		return NULL;
	}
	if (g_hash_table_contains(fake_world.keys, id)) {
		g_set_error(error, KASPER_ERROR, KASPER_ERROR_EXISTS, "%s is there already", id);
		return NULL;
	}
	public_key = fake_token_make_public_key();
	made = kasper_key_info_new(id,
				   kasper_key_info_get_algorithm(wanted),
				   kasper_key_info_get_bits(wanted),
				   public_key);
	g_hash_table_insert(fake_world.keys, g_strdup(id), g_object_ref(made));
	return made;
}

void
fake_world_add_key(const gchar *id)
{
	g_autoptr(KasperKeyInfo) wanted = kasper_key_info_new(id, 13, 256, NULL);
	g_autoptr(KasperKeyInfo) made = NULL;

	g_mutex_lock(&fake_world.lock);
	made = fake_token_make(wanted, NULL);
	g_mutex_unlock(&fake_world.lock);
	g_assert_nonnull(made);
}

static KasperKeyInfo *
fake_token_make_key(KasperKeyStore *self, KasperKeyInfo *wanted, GCancellable *c, GError **error)
{
	g_autoptr(KasperKeyInfo) made = NULL;

	g_mutex_lock(&fake_world.lock);
	if (fake_plugin_enter(self, FAKE_MAKE, error))
		made = fake_token_make(wanted, error);
	if (made != NULL && !fake_plugin_leave(self, FAKE_MAKE, error))
		g_clear_object(&made);
	g_mutex_unlock(&fake_world.lock);
	return g_steal_pointer(&made);
}

static KasperKeyInfo *
fake_token_look_up_key(KasperKeyStore *self, const gchar *id, GCancellable *c, GError **error)
{
	KasperKeyInfo *found = NULL;
	gboolean asked;

	g_mutex_lock(&fake_world.lock);
	asked = fake_plugin_enter(self, FAKE_LOOK_UP, error);
	if (asked)
		found = g_hash_table_lookup(fake_world.keys, id);
	if (found != NULL)
		g_object_ref(found);
	g_mutex_unlock(&fake_world.lock);
	if (asked && found == NULL)
		g_set_error(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND, "there is no key %s", id);
	return found;
}

static GListModel *
fake_token_list_keys(KasperKeyStore *self, GCancellable *cancellable, GError **error)
{
	GListStore *list = g_list_store_new(KASPER_TYPE_KEY_INFO);
	GHashTableIter iter;
	gpointer key;

	g_mutex_lock(&fake_world.lock);
	g_hash_table_iter_init(&iter, fake_world.keys);
	while (g_hash_table_iter_next(&iter, NULL, &key))
		g_list_store_append(list, key);
	g_mutex_unlock(&fake_world.lock);
	return G_LIST_MODEL(list);
}

static gboolean
fake_token_destroy_key(KasperKeyStore *self, const gchar *id, GCancellable *c, GError **error)
{
	gboolean done;

	g_mutex_lock(&fake_world.lock);
	done = fake_plugin_enter(self, FAKE_DESTROY, error);
	if (done && !g_hash_table_remove(fake_world.keys, id)) {
		g_set_error(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND, "there is no key %s", id);
		done = FALSE;
	}
	done = done && fake_plugin_leave(self, FAKE_DESTROY, error);
	g_mutex_unlock(&fake_world.lock);
	return done;
}

/* what it signs is never any good */
static GBytes *
fake_token_sign_data(KasperKeyStore *self,
		     KasperKeyInfo *key,
		     GBytes *data,
		     GCancellable *cancellable,
		     GError **error)
{
	GBytes *signature = NULL;

	g_mutex_lock(&fake_world.lock);
	if (fake_plugin_enter(self, FAKE_SIGN, error))
		signature = g_bytes_new_take(g_malloc0(64), 64);
	g_mutex_unlock(&fake_world.lock);
	return signature;
}

static guint
fake_token_get_capabilities(KasperKeyStore *self)
{
	return (fake_world.signs ? (guint)KASPER_KEY_STORE_SIGNS : 0) |
	       (fake_world.parallel ? (guint)KASPER_KEY_STORE_PARALLEL : 0);
}

static gboolean
fake_token_self_test(KasperKeyStore *self, GCancellable *cancellable, GError **error)
{
	gboolean done;

	g_mutex_lock(&fake_world.lock);
	done = fake_plugin_enter(self, FAKE_LOOK_UP, error);
	g_mutex_unlock(&fake_world.lock);
	return done;
}

static void
fake_token_iface_init(KasperKeyStoreInterface *iface)
{
	iface->make_key = fake_token_make_key;
	iface->look_up_key = fake_token_look_up_key;
	iface->list_keys = fake_token_list_keys;
	iface->destroy_key = fake_token_destroy_key;
	iface->sign_data = fake_token_sign_data;
	iface->get_capabilities = fake_token_get_capabilities;
	iface->self_test = fake_token_self_test;
}

typedef FakePlugin FakeToken;
typedef GObjectClass FakeTokenClass;

/* clang-format off */
G_DEFINE_TYPE_WITH_CODE(FakeToken, fake_token, G_TYPE_OBJECT,
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_PLUGIN, fake_plugin_iface_init)
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_KEY_STORE, fake_token_iface_init))
/* clang-format on */

static void
fake_token_class_init(FakeTokenClass *klass)
{
	fake_plugin_install_note(klass);
}

static void
fake_token_init(FakeToken *self)
{
}

/* --- the signer --- */

static void
fake_signer_keep(KasperZoneOrder *order)
{
	const gchar *zone = kasper_zone_order_get_zone(order);
	FakeOrder *kept = g_hash_table_lookup(fake_world.orders, zone);
	guint applied = kept != NULL ? kept->applied : 0;
	GListModel *keys = kasper_zone_order_get_keys(order);

	kept = g_new0(FakeOrder, 1);
	kept->revision = kasper_zone_order_get_revision(order);
	kept->applied = applied + 1;
	kept->signconf = g_strdup(kasper_zone_order_get_signer_configuration(order));
	kept->keys = g_array_new(FALSE, FALSE, sizeof(FakeOrderKey));
	g_object_get(kasper_zone_order_get_policy(order),
		     "nsec3-salt",
		     &kept->salt,
		     "dnskey-ttl",
		     &kept->dnskey_ttl,
		     NULL);
	for (guint i = 0; i < g_list_model_get_n_items(keys); i++) {
		g_autoptr(KasperOrderKey) key = g_list_model_get_item(keys, i);
		FakeOrderKey item = {
		    .id = g_strdup(kasper_order_key_get_id(key)),
		    .flags = kasper_order_key_get_flags(key),
		    .use = kasper_order_key_get_use(key),
		};

		g_array_append_val(kept->keys, item);
	}
	g_hash_table_insert(fake_world.orders, g_strdup(zone), kept);
}

static KasperSignerAnswer *
fake_signer_answer(KasperZoneOrder *order)
{
	gboolean lies = g_strcmp0(kasper_zone_order_get_zone(order), fake_world.lying) == 0;
	gint64 revision = kasper_zone_order_get_revision(order);
	KasperSignerAnswer *answer;

	if (lies && fake_world.lie == FAKE_LIE_STATUS)
		return kasper_signer_answer_new((KasperSignerStatus)77, revision, NULL);
	if (lies && fake_world.lie == FAKE_LIE_REVISION)
		revision++;
	if (fake_world.pending)
		return kasper_signer_answer_new(KASPER_SIGNER_PENDING, 0, NULL);
	answer = kasper_signer_answer_new(KASPER_SIGNER_PUBLISHED, revision, NULL);
	if (fake_world.sees)
		kasper_signer_answer_set_seen(answer,
					      fake_world.max_ttl,
					      fake_world.dnskey_ttl,
					      fake_world.replaced);
	return answer;
}

static GListModel *
fake_signer_apply_orders(KasperSigner *self, GListModel *orders, GCancellable *c, GError **error)
{
	g_autoptr(GListStore) answers = g_list_store_new(KASPER_TYPE_SIGNER_ANSWER);
	gboolean done;

	g_mutex_lock(&fake_world.lock);
	done = fake_plugin_enter(self, FAKE_APPLY, error);
	for (guint i = 0; done && i < g_list_model_get_n_items(orders); i++) {
		g_autoptr(KasperZoneOrder) order = g_list_model_get_item(orders, i);
		g_autoptr(KasperSignerAnswer) answer = NULL;

		if (g_strcmp0(kasper_zone_order_get_zone(order), fake_world.stubborn) == 0) {
			answer =
			    kasper_signer_answer_new(KASPER_SIGNER_FAILED, 0, "no such folder");
		} else {
			fake_signer_keep(order);
			answer = fake_signer_answer(order);
		}
		g_list_store_append(answers, answer);
		if (fake_world.lying != NULL && fake_world.lie == FAKE_LIE_NUMBER)
			g_list_store_append(answers, answer);
	}
	done = done && fake_plugin_leave(self, FAKE_APPLY, error);
	g_mutex_unlock(&fake_world.lock);
	return done ? G_LIST_MODEL(g_steal_pointer(&answers)) : NULL;
}

static KasperSignerAnswer *
fake_signer_read_back(KasperSigner *self, KasperZoneOrder *order, GCancellable *c, GError **error)
{
	KasperSignerAnswer *answer = NULL;

	g_mutex_lock(&fake_world.lock);
	if (fake_plugin_enter(self, FAKE_READ, error))
		answer = fake_signer_answer(order);
	g_mutex_unlock(&fake_world.lock);
	return answer;
}

static gboolean
fake_signer_forget_zone(KasperSigner *self, KasperZoneOrder *order, GCancellable *c, GError **error)
{
	gboolean done;

	g_mutex_lock(&fake_world.lock);
	done = fake_plugin_enter(self, FAKE_APPLY, error);
	if (done) {
		g_ptr_array_add(fake_world.forgotten,
				g_strdup_printf("%s %s",
						kasper_zone_order_get_zone(order),
						kasper_zone_order_get_signer_configuration(order)));
		g_hash_table_remove(fake_world.orders, kasper_zone_order_get_zone(order));
		done = fake_plugin_leave(self, FAKE_APPLY, error);
	}
	g_mutex_unlock(&fake_world.lock);
	return done;
}

/* what somebody else signed, and what was ordered, also by an engine that has lost its store */
static KasperSignerFinding *
fake_signer_find(const gchar *zone)
{
	const gchar *signed_by = g_hash_table_lookup(fake_world.signed_zones, zone);
	const gchar *unclear = g_hash_table_lookup(fake_world.unclear_zones, zone);
	FakeOrder *order = g_hash_table_lookup(fake_world.orders, zone);
	KasperSignerFinding *finding;

	if (unclear != NULL)
		return kasper_signer_finding_new(KASPER_SIGNER_UNCLEAR, unclear);
	if (signed_by != NULL)
		return kasper_signer_finding_new(KASPER_SIGNER_SIGNED, signed_by);
	if (order == NULL)
		return kasper_signer_finding_new(KASPER_SIGNER_NOTHING, NULL);
	finding = kasper_signer_finding_new(KASPER_SIGNER_SIGNED, "there is an order");
	for (guint i = 0; i < order->keys->len; i++) {
		const FakeOrderKey *key = &g_array_index(order->keys, FakeOrderKey, i);
		g_autoptr(KasperOrderKey) item =
		    kasper_order_key_new(key->id, NULL, key->flags, 13, key->use, NULL);

		kasper_signer_finding_add_key(finding, item);
	}
	return finding;
}

static GListModel *
fake_signer_find_zones(KasperSigner *self, GListModel *orders, GCancellable *c, GError **error)
{
	g_autoptr(GListStore) findings = g_list_store_new(KASPER_TYPE_SIGNER_FINDING);
	gboolean done;

	g_mutex_lock(&fake_world.lock);
	done = fake_plugin_enter(self, FAKE_FIND, error);
	for (guint i = 0; done && i < g_list_model_get_n_items(orders); i++) {
		g_autoptr(KasperZoneOrder) order = g_list_model_get_item(orders, i);
		g_autoptr(KasperSignerFinding) finding =
		    fake_signer_find(kasper_zone_order_get_zone(order));

		g_list_store_append(findings, finding);
	}
	done = done && fake_plugin_leave(self, FAKE_FIND, error);
	g_mutex_unlock(&fake_world.lock);
	return done ? G_LIST_MODEL(g_steal_pointer(&findings)) : NULL;
}

static void
fake_blind_signer_iface_init(KasperSignerInterface *iface)
{
	iface->apply_orders = fake_signer_apply_orders;
	iface->read_back = fake_signer_read_back;
	iface->forget_zone = fake_signer_forget_zone;
}

static void
fake_signer_iface_init(KasperSignerInterface *iface)
{
	fake_blind_signer_iface_init(iface);
	iface->find_zones = fake_signer_find_zones;
}

typedef FakePlugin FakeSigner;
typedef GObjectClass FakeSignerClass;
typedef FakePlugin FakeBlindSigner;
typedef GObjectClass FakeBlindSignerClass;

/* clang-format off */
G_DEFINE_TYPE_WITH_CODE(FakeBlindSigner, fake_blind_signer, G_TYPE_OBJECT,
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_PLUGIN, fake_plugin_iface_init)
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_SIGNER, fake_blind_signer_iface_init))
G_DEFINE_TYPE_WITH_CODE(FakeSigner, fake_signer, G_TYPE_OBJECT,
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_PLUGIN, fake_plugin_iface_init)
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_SIGNER, fake_signer_iface_init))
/* clang-format on */

static void
fake_blind_signer_class_init(FakeBlindSignerClass *klass)
{
}

static void
fake_blind_signer_init(FakeBlindSigner *self)
{
}

static void
fake_signer_class_init(FakeSignerClass *klass)
{
}

static void
fake_signer_init(FakeSigner *self)
{
}

/* --- the registrar --- */

static void
fake_channel_keep(KasperDsRequest *request, const gchar *verb)
{
	GListModel *wanted = kasper_ds_request_get_wanted(request);
	g_autoptr(GStrvBuilder) lines = g_strv_builder_new();
	g_autoptr(GString) text = g_string_new(NULL);

	g_string_printf(text,
			"%s %s %d ",
			verb,
			kasper_ds_request_get_zone(request),
			(gint)kasper_ds_request_get_phase(request));
	for (guint i = 0; i < g_list_model_get_n_items(wanted); i++) {
		g_autoptr(KasperDsKey) key = g_list_model_get_item(wanted, i);

		g_string_append_printf(text, "%s%.4s", i > 0 ? "," : "", kasper_ds_key_get_id(key));
		g_strv_builder_addv(lines, (const gchar **)kasper_ds_key_get_ds(key));
	}
	g_string_append_printf(text, " attempt %u", kasper_ds_request_get_attempt(request));
	g_ptr_array_add(fake_world.submissions, g_strdup(text->str));
	g_ptr_array_add(fake_world.operations,
			g_strdup(kasper_ds_request_get_operation_id(request)));
	if (fake_world.ds_status != KASPER_DS_STATUS_DONE)
		return;
	g_strfreev(fake_world.stored);
	fake_world.stored = g_strv_builder_end(lines);
}

static KasperDsAnswer *
fake_channel_submit_set(KasperDsChannel *self,
			KasperDsRequest *request,
			GCancellable *c,
			GError **error)
{
	g_autoptr(KasperDsAnswer) answer = NULL;

	g_mutex_lock(&fake_world.lock);
	if (fake_plugin_enter(self, FAKE_SUBMIT, error) &&
	    g_strcmp0(kasper_ds_request_get_zone(request), fake_world.refused) == 0) {
		answer = kasper_ds_answer_new(KASPER_DS_STATUS_RETRY, "not this one");
	} else if (*error == NULL) {
		fake_channel_keep(request, "submit");
		answer = kasper_ds_answer_new(fake_world.ds_status, "as the test wants it");
		if (fake_world.ds_token != NULL)
			kasper_ds_answer_set_token(answer, fake_world.ds_token);
		if (!fake_plugin_leave(self, FAKE_SUBMIT, error))
			g_clear_object(&answer);
	}
	g_mutex_unlock(&fake_world.lock);
	return g_steal_pointer(&answer);
}

static KasperDsAnswer *
fake_channel_poll_token(KasperDsChannel *self,
			KasperDsRequest *request,
			GCancellable *c,
			GError **error)
{
	KasperDsAnswer *answer = NULL;

	g_mutex_lock(&fake_world.lock);
	if (fake_plugin_enter(self, FAKE_SUBMIT, error)) {
		g_ptr_array_add(fake_world.submissions,
				g_strdup_printf("poll %s %s",
						kasper_ds_request_get_zone(request),
						kasper_ds_request_get_token(request)));
		answer = kasper_ds_answer_new(fake_world.ds_status, "as the test wants it");
		kasper_ds_answer_set_token(answer, kasper_ds_request_get_token(request));
	}
	g_mutex_unlock(&fake_world.lock);
	return answer;
}

static KasperDsAnswer *
fake_channel_read_stored(KasperDsChannel *self,
			 KasperDsRequest *request,
			 GCancellable *c,
			 GError **error)
{
	KasperDsAnswer *answer = NULL;

	g_mutex_lock(&fake_world.lock);
	if (fake_plugin_enter(self, FAKE_LOOK_UP, error)) {
		answer = kasper_ds_answer_new(KASPER_DS_STATUS_DONE, NULL);
		if (fake_world.stored != NULL)
			kasper_ds_answer_set_stored(answer,
						    (const gchar *const *)fake_world.stored);
	}
	g_mutex_unlock(&fake_world.lock);
	return answer;
}

static void
fake_channel_iface_init(KasperDsChannelInterface *iface)
{
	iface->submit_set = fake_channel_submit_set;
	iface->poll_token = fake_channel_poll_token;
	iface->read_stored = fake_channel_read_stored;
}

typedef FakePlugin FakeChannel;
typedef GObjectClass FakeChannelClass;

/* clang-format off */
G_DEFINE_TYPE_WITH_CODE(FakeChannel, fake_channel, G_TYPE_OBJECT,
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_PLUGIN, fake_plugin_iface_init)
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_DS_CHANNEL, fake_channel_iface_init))
/* clang-format on */

static void
fake_channel_class_init(FakeChannelClass *klass)
{
}

static void
fake_channel_init(FakeChannel *self)
{
}

/* --- the log --- */

static void
fake_log_keep(FakePlugin *self, KasperEvent *event)
{
	g_auto(GStrv) lines = g_strsplit(kasper_event_get_text(event), "\n", -1);

	for (guint i = 0; lines[i] != NULL; i++)
		g_ptr_array_add(fake_world.log, g_strdup(lines[i]));
	g_ptr_array_add(fake_world.delivered,
			g_strdup_printf("%s %s %s",
					self->note != NULL ? self->note : "",
					kasper_event_get_name(event),
					kasper_event_get_id(event)));
}

static gboolean
fake_log_deliver(KasperNotifier *self, KasperEvent *event, GCancellable *c, GError **error)
{
	FakePlugin *plugin = (FakePlugin *)self;
	gboolean hears, done;

	g_mutex_lock(&fake_world.lock);
	hears = fake_world.deaf != NULL && g_strcmp0(fake_world.deaf, plugin->note) != 0;
	done = hears || fake_plugin_enter(self, FAKE_DELIVER, error);
	if (done && fake_world.deliveries_left >= 0 && fake_world.deliveries_left-- == 0) {
		g_set_error_literal(error, KASPER_ERROR, KASPER_ERROR_TRY_AGAIN, "not this one");
		done = FALSE;
	}
	if (done)
		fake_log_keep(plugin, event);
	done = done && (hears || fake_plugin_leave(self, FAKE_DELIVER, error));
	g_mutex_unlock(&fake_world.lock);
	return done;
}

static void
fake_log_iface_init(KasperNotifierInterface *iface)
{
	iface->deliver = fake_log_deliver;
}

typedef FakePlugin FakeLog;
typedef GObjectClass FakeLogClass;

/* clang-format off */
G_DEFINE_TYPE_WITH_CODE(FakeLog, fake_log, G_TYPE_OBJECT,
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_PLUGIN, fake_plugin_iface_init)
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_NOTIFIER, fake_log_iface_init))
/* clang-format on */

static void
fake_log_class_init(FakeLogClass *klass)
{
	fake_plugin_install_note(klass);
}

static void
fake_log_init(FakeLog *self)
{
}

/* --- a backup guard that finds out by itself --- */

static GListModel *
fake_guard_list_safe_keys(KasperBackupGuard *self,
			  const gchar *repository,
			  GListModel *waiting,
			  GCancellable *cancellable,
			  GError **error)
{
	GListStore *safe = g_list_store_new(KASPER_TYPE_KEY_INFO);

	g_mutex_lock(&fake_world.lock);
	for (guint i = 0; i < g_list_model_get_n_items(waiting); i++) {
		g_autoptr(KasperKeyInfo) key = g_list_model_get_item(waiting, i);

		if (g_ptr_array_find_with_equal_func(fake_world.safe,
						     kasper_key_info_get_id(key),
						     g_str_equal,
						     NULL))
			g_list_store_append(safe, key);
	}
	g_mutex_unlock(&fake_world.lock);
	return G_LIST_MODEL(safe);
}

static void
fake_guard_iface_init(KasperBackupGuardInterface *iface)
{
	iface->list_safe_keys = fake_guard_list_safe_keys;
}

typedef FakePlugin FakeGuard;
typedef GObjectClass FakeGuardClass;

/* clang-format off */
G_DEFINE_TYPE_WITH_CODE(FakeGuard, fake_guard, G_TYPE_OBJECT,
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_PLUGIN, fake_plugin_iface_init)
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_BACKUP_GUARD, fake_guard_iface_init))
/* clang-format on */

static void
fake_guard_class_init(FakeGuardClass *klass)
{
}

static void
fake_guard_init(FakeGuard *self)
{
}
