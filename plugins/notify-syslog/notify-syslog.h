/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kasper.h>

G_BEGIN_DECLS

#define NOTIFY_TYPE_SYSLOG (notify_syslog_get_type())
G_DECLARE_FINAL_TYPE(NotifySyslog, notify_syslog, NOTIFY, SYSLOG, GObject)

G_END_DECLS
