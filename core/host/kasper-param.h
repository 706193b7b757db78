/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* can the property be a setting? */
gboolean kasper_param_is_setting(GParamSpec *pspec);
gboolean kasper_param_is_secret(GParamSpec *pspec);
/* @ret_value: (inout): all zero before; initialized only on success */
gboolean
kasper_param_parse(GParamSpec *pspec, const gchar *text, GValue *ret_value, GError **error);
/* (transfer full): what kasper_param_parse() would read */
gchar *kasper_param_print(GParamSpec *pspec, const GValue *value);
/* (transfer full): "yes or no", "whole number, 1 to 16", "one of: a, b" */
gchar *kasper_param_describe_type(GParamSpec *pspec);

G_END_DECLS
