/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-client.h"
#include "kasper-control.h"
#include "rows-fixture.h"

/* an engine that does not run, served on a socket by the main thread; clients are other threads */
typedef struct {
	RowsFixture rows;
	KasperControl *control;
	gchar *socket;
} ControlFixture;

void control_fixture_set_up(ControlFixture *fixture, gconstpointer data);
void control_fixture_tear_down(ControlFixture *fixture, gconstpointer data);
/* runs the main loop until @func, which is called in a thread of its own with a client of its own,
 * returns */
typedef void (*ControlClientFunc)(KasperClient *client, gpointer data);
void control_run(const gchar *socket, ControlClientFunc func, gpointer data);
void control_fixture_run(ControlFixture *fixture, ControlClientFunc func, gpointer data);

#define CONTROL_TEST(name, function)                                                               \
	g_test_add(name,                                                                           \
		   ControlFixture,                                                                 \
		   NULL,                                                                           \
		   control_fixture_set_up,                                                         \
		   function,                                                                       \
		   control_fixture_tear_down)
