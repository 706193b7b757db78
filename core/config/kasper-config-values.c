/* SPDX-License-Identifier: BSD-2-Clause */

/* what a configuration says, as kasper-config.h explains it; nothing changes any more */

#include "kasper-config-private.h"

const gchar *
kasper_config_get_path(KasperConfig *self)
{
	return self->path;
}

const gchar *
kasper_config_get_policy_file(KasperConfig *self)
{
	return self->policy_file;
}

const gchar *
kasper_config_get_zone_list_file(KasperConfig *self)
{
	return self->zone_list_file;
}

const gchar *
kasper_config_get_store_file(KasperConfig *self)
{
	return self->store_file;
}

const gchar *
kasper_config_get_socket_file(KasperConfig *self)
{
	return self->socket_file;
}

const gchar *
kasper_config_get_pid_file(KasperConfig *self)
{
	return self->pid_file;
}

const gchar *
kasper_config_get_working_directory(KasperConfig *self)
{
	return self->working_directory;
}

const gchar *
kasper_config_get_signer_working_directory(KasperConfig *self)
{
	return self->signer_working_directory;
}

const gchar *
kasper_config_get_user(KasperConfig *self)
{
	return self->user;
}

const gchar *
kasper_config_get_group(KasperConfig *self)
{
	return self->group;
}

const gchar *
kasper_config_get_syslog_facility(KasperConfig *self)
{
	return self->syslog_facility;
}

guint
kasper_config_get_verbosity(KasperConfig *self)
{
	return self->verbosity;
}

const gchar *
kasper_config_get_ds_submit_command(KasperConfig *self)
{
	return self->ds_submit_command;
}

const gchar *
kasper_config_get_ds_retract_command(KasperConfig *self)
{
	return self->ds_retract_command;
}

KasperSpan
kasper_config_get_generation_period(KasperConfig *self)
{
	return self->generation_period;
}

gboolean
kasper_config_get_manual_generation(KasperConfig *self)
{
	return self->manual_generation;
}

KasperSpan
kasper_config_get_rollover_notification(KasperConfig *self)
{
	return self->rollover_notification;
}

const gchar *const *
kasper_config_get_plugin_folders(KasperConfig *self)
{
	return (const gchar *const *)self->plugin_folders;
}

GPtrArray *
kasper_config_get_repositories(KasperConfig *self)
{
	return self->repositories;
}

GPtrArray *
kasper_config_get_plugins(KasperConfig *self)
{
	return self->plugins;
}

GPtrArray *
kasper_config_get_policies(KasperConfig *self)
{
	return self->policies;
}

GPtrArray *
kasper_config_get_zones(KasperConfig *self)
{
	return self->zones;
}

void
kasper_config_drop_zones(KasperConfig *self)
{
	g_ptr_array_set_size(self->zones, 0);
}
