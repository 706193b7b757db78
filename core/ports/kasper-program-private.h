/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <sys/types.h>

#include "kasper-program.h"

G_BEGIN_DECLS

/* the end of a stream, kept while all of it passes by */
typedef struct {
	int fd; /* -1: closed */
	gsize limit;
	GByteArray *octets;
} KasperProgramStream;

/* a program that was started, and our ends of its pipes */
typedef struct {
	pid_t pid;
	int pid_fd; /* readable once it has ended; -1: none */
	int input_fd;
	int input_read_fd; /* the other end: while we have it, too, no write raises SIGPIPE */
	GBytes *input;
	gsize written;
	KasperProgramStream output;
	KasperProgramStream errors;
} KasperProgramProcess;

/* feeds it and listens until it has ended, or until @deadline (of the monotonic clock, in
 * microseconds; -1: none) or @cancellable end the wait. Returns: whether it has ended */
gboolean
kasper_program_process_pump(KasperProgramProcess *self, gint64 deadline, GCancellable *cancellable);
/* text for people: valid UTF-8, nothing in it that a terminal could take for a command */
gchar *kasper_program_stream_to_text(const KasperProgramStream *self);

G_END_DECLS
