/* SPDX-License-Identifier: BSD-2-Clause */
#include <gmodule.h>

/* some module, and no plugin */
G_MODULE_EXPORT gint some_module(void);

gint
some_module(void)
{
	return 42;
}
