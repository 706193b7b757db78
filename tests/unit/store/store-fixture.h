/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-store.h"

/* 2023-11-14, a day like any other */
#define NOW ((KasperTime)1700000000)

/* a store in a folder of its own, with one repository and one policy */
typedef struct {
	gchar *folder;
	gchar *path;
	KasperStore *store;
	gint64 repository;
	gint64 policy;
} StoreFixture;

void store_fixture_set_up(StoreFixture *fixture, gconstpointer data);
void store_fixture_tear_down(StoreFixture *fixture, gconstpointer data);
void store_fixture_open(StoreFixture *fixture);
void store_fixture_close(StoreFixture *fixture);
KasperTransaction *store_fixture_begin(StoreFixture *fixture);
void store_fixture_commit(KasperTransaction *transaction);
gint64 store_fixture_add_zone(StoreFixture *fixture, const gchar *name);
/* in the open transaction; the public key is made from the number */
gint64 store_fixture_make_pair(StoreFixture *fixture);
KasperDemand store_fixture_get_demand(StoreFixture *fixture, guint roles);
/* gives the zone a key out of the pool, in the open transaction; returns the pair's number */
gint64 store_fixture_give_key(StoreFixture *fixture, gint64 zone, guint roles, gboolean shares);
void store_fixture_remove_folder(const gchar *folder);
/* runs SQL on a connection of its own; the store must be closed */
void store_fixture_run_sql(const gchar *path, const gchar *sql);
