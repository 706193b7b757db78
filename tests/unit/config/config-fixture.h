/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-config.h"
#include "kasper-error.h"

G_BEGIN_DECLS

/* a folder with the files of an installation, some of which a test has spoilt */
typedef struct {
	gchar *folder;
	gchar *conf;
	GPtrArray *findings;  /* of the last load */
	KasperConfig *config; /* NULL: it was refused */
	GError *error;
} ConfigFixture;

/* copies data/@set ("1.4", "2.1", "kasper") and makes what conf.xml names */
void config_fixture_set_up(ConfigFixture *self, const gchar *set);
/* the files of data/examples */
void config_fixture_set_up_examples(ConfigFixture *self);
void config_fixture_tear_down(ConfigFixture *self);

/* (transfer full): the path of a file in the folder */
gchar *config_fixture_path(ConfigFixture *self, const gchar *name);
gchar *config_fixture_read(ConfigFixture *self, const gchar *name);
void config_fixture_write(ConfigFixture *self, const gchar *name, const gchar *text, gssize length);
/* puts @with in the place of the first @what in a file; that must be there */
void config_fixture_replace(ConfigFixture *self,
			    const gchar *name,
			    const gchar *what,
			    const gchar *with);
/* the line, from 1, in which @mark stands for the first time */
gint config_fixture_find_line(ConfigFixture *self, const gchar *name, const gchar *mark);

/* loads anew; what comes out is in the fixture */
void config_fixture_load(ConfigFixture *self);
/* there is such a finding, with @text somewhere in its text; else the test fails and shows all */
void config_fixture_assert_found(ConfigFixture *self,
				 const gchar *name,
				 gint line,
				 KasperFindingLevel level,
				 const gchar *text);
void config_fixture_assert_loaded(ConfigFixture *self);
guint config_fixture_count(ConfigFixture *self, KasperFindingLevel level);

G_END_DECLS
