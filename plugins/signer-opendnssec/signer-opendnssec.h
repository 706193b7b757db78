/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kasper.h>

G_BEGIN_DECLS

#define SIGNER_TYPE_OPENDNSSEC (signer_opendnssec_get_type())
G_DECLARE_FINAL_TYPE(SignerOpendnssec, signer_opendnssec, SIGNER, OPENDNSSEC, GObject)

G_END_DECLS
