/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <glib.h>

/* The library is built with hidden visibility; what other floors or programs call is marked. */
#define KASPER_EXPORT __attribute__((visibility("default"))) extern
