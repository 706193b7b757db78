/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Depth first through everything that can happen. A state is remembered by 64 bits, together with
 * the ticks that it is from rest in the worst case.
 */
#include "model.h"

/* the worst case of a state that is being looked at, and of a place in the table that is free */
#define MODEL_OPEN 254
#define MODEL_FREE 255

typedef struct {
	ModelState state;
	guint64 hash;
	guint next;	/* among the moves */
	guint move;	/* that led here */
	guint worst;	/* so far */
	gboolean moved; /* something happens without an operation */
} ModelFrame;

struct _ModelSearch {
	const ModelCase *model_case;
	gboolean thorough;
	ModelCount count;
	guint moves[MODEL_N_MOVES];
	guint n_moves;
	guint64 *hashes;
	guint8 *worst;
	guint64 mask;
	GPtrArray *frames; /* of ModelFrame; those above @depth are kept for later */
	guint depth;
};

/* --- the table --- */

static guint64
model_search_find(const ModelSearch *self, guint64 hash)
{
	guint64 at = hash & self->mask;

	while (self->worst[at] != MODEL_FREE && self->hashes[at] != hash)
		at = (at + 1) & self->mask;
	return at;
}

static void
model_search_resize(ModelSearch *self, guint64 size)
{
	g_autofree guint64 *hashes = self->hashes;
	g_autofree guint8 *worst = self->worst;
	guint64 n = hashes != NULL ? self->mask + 1 : 0;

	self->hashes = g_new(guint64, size);
	self->worst = g_malloc(size);
	memset(self->worst, MODEL_FREE, size);
	self->mask = size - 1;
	for (guint64 i = 0; i < n; i++) {
		guint64 at;

		if (worst[i] == MODEL_FREE)
			continue;
		at = model_search_find(self, hashes[i]);
		self->hashes[at] = hashes[i];
		self->worst[at] = worst[i];
	}
}

static void
model_search_set(ModelSearch *self, guint64 hash, guint worst)
{
	guint64 at = model_search_find(self, hash);

	self->hashes[at] = hash;
	self->worst[at] = (guint8)MIN(worst, MODEL_OPEN);
}

ModelSearch *
model_search_new(const ModelCase *model_case, gboolean thorough)
{
	ModelSearch *self = g_new0(ModelSearch, 1);

	self->model_case = model_case;
	self->thorough = thorough;
	self->n_moves = model_move_list(model_case, self->moves);
	self->frames = g_ptr_array_new_with_free_func(g_free);
	self->count.bound = model_case_get_bound(model_case);
	model_search_resize(self, 1 << 16);
	return self;
}

void
model_search_free(ModelSearch *self)
{
	g_ptr_array_unref(self->frames);
	g_free(self->hashes);
	g_free(self->worst);
	g_free(self);
}

const ModelCount *
model_search_get_count(const ModelSearch *self)
{
	return &self->count;
}

/* --- what is found --- */

static ModelFrame *
model_search_get_frame(const ModelSearch *self, guint at)
{
	return g_ptr_array_index(self->frames, at);
}

static void
model_search_complain(ModelSearch *self, const ModelState *state, guint move, const gchar *what)
{
	g_autofree gchar *text = model_state_to_text(state);
	g_autoptr(GString) story = g_string_new(NULL);

	/* the first few say enough */
	if (self->count.violations++ >= 3)
		return;
	for (guint i = 0; i < self->depth; i++) {
		const ModelFrame *frame = model_search_get_frame(self, i);
		g_autofree gchar *before = model_state_to_text(&frame->state);

		g_string_append_printf(story,
				       "# %" G_GINT64_FORMAT ": %s\n%s",
				       frame->state.now,
				       i == 0 ? "it begins" : model_move_get_name(frame->move),
				       before);
	}
	g_printerr("# %s: %s\n%s# %" G_GINT64_FORMAT ": %s\n%s",
		   self->model_case->name,
		   what,
		   story->str,
		   state->now,
		   model_move_get_name(move),
		   text);
}

static void
model_search_push(ModelSearch *self, const ModelState *state, guint64 hash, guint move)
{
	ModelFrame *frame;

	if (self->depth == self->frames->len)
		g_ptr_array_add(self->frames, g_new(ModelFrame, 1));
	frame = model_search_get_frame(self, self->depth++);
	frame->state = *state;
	frame->hash = hash;
	frame->move = move;
	frame->next = 0;
	frame->worst = 0;
	frame->moved = FALSE;
	self->count.states++;
	self->count.depth = MAX(self->count.depth, self->depth);
	if (self->count.states * 2 > self->mask)
		model_search_resize(self, (self->mask + 1) * 2);
	model_search_set(self, hash, MODEL_OPEN);
	if (self->thorough) {
		const gchar *problem = model_zone_check_calm(self->model_case, state);

		if (problem != NULL)
			model_search_complain(self, state, move, problem);
	}
}

/* what the move leads to has been seen before, or is looked at later */
static void
model_search_take(ModelSearch *self, ModelFrame *frame, const ModelState *state, guint move)
{
	guint64 hash = model_state_hash(self->model_case, state);
	gboolean free_move = move < MODEL_N_FREE_MOVES;
	guint worst;

	/* nothing happens: an operation that there is not, a tick of a zone at rest */
	if (hash == frame->hash)
		return;
	self->count.transitions++;
	frame->moved |= free_move;
	worst = self->worst[model_search_find(self, hash)];
	if (worst == MODEL_FREE) {
		model_search_push(self, state, hash, move);
		return;
	}
	if (!free_move)
		return;
	if (worst == MODEL_OPEN && !model_zone_is_excused(state))
		model_search_complain(self, state, move, "it goes round in circles");
	if (worst != MODEL_OPEN)
		frame->worst = MAX(frame->worst, worst + (model_move_is_tick(move) ? 1 : 0));
}

static void
model_search_step(ModelSearch *self, ModelFrame *frame)
{
	const ModelCase *model_case = self->model_case;
	guint move = self->moves[frame->next++];
	ModelState state;
	const gchar *problem;

	if (!model_move_is_possible(model_case, &frame->state, move))
		return;
	state = frame->state;
	problem = model_move_make(model_case, &state, move);
	if (problem != NULL)
		model_search_complain(self, &state, move, problem);
	else
		model_search_take(self, frame, &state, move);
}

/* everything that can come of it is known */
static void
model_search_pop(ModelSearch *self)
{
	const ModelFrame *frame = model_search_get_frame(self, self->depth - 1);
	guint worst = frame->worst;

	if (!frame->moved && !model_zone_is_settled(&frame->state) &&
	    !model_zone_is_excused(&frame->state))
		model_search_complain(self, &frame->state, frame->move, "it is stuck");
	if (worst > self->count.bound && self->count.worst <= self->count.bound)
		model_search_complain(self, &frame->state, frame->move, "it takes too long");
	self->count.worst = MAX(self->count.worst, worst);
	model_search_set(self, frame->hash, MIN(worst, MODEL_OPEN - 1));
	self->depth--;
	if (self->depth > 0 && frame->move < MODEL_N_FREE_MOVES) {
		ModelFrame *before = model_search_get_frame(self, self->depth - 1);

		before->worst =
		    MAX(before->worst, worst + (model_move_is_tick(frame->move) ? 1 : 0));
	}
}

void
model_search_from(ModelSearch *self, const ModelState *start)
{
	guint64 hash = model_state_hash(self->model_case, start);

	if (self->worst[model_search_find(self, hash)] != MODEL_FREE)
		return;
	self->count.starts++;
	model_search_push(self, start, hash, 0);
	while (self->depth > 0) {
		ModelFrame *frame = model_search_get_frame(self, self->depth - 1);

		if (frame->next < self->n_moves)
			model_search_step(self, frame);
		else
			model_search_pop(self);
	}
}
