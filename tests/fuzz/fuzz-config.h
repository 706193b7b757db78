/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "fuzz.h"
#include "kasper-config.h"

G_BEGIN_DECLS

typedef enum {
	FUZZ_CONF,
	FUZZ_KASP,
	FUZZ_ZONE_LIST,
	FUZZ_N_FILES,
} FuzzFile;

/* loads a configuration of which one file is @data and the others are good; looks at what is
 * found. (transfer full) (nullable): what could be loaded */
KasperConfig *fuzz_config_load(FuzzFile file, const guint8 *data, gsize size);

G_END_DECLS
