#pragma once
// What depends on the protocol of a run before anything else is known of it.

#include "base/settings.hpp"
#include "flags.hpp"
#include "load/load_options.hpp"

namespace wsload {

wsf::load::LoadProtocol protocol_of(const Flags& flags);

// Where the server listens that is told nothing else.
const char* default_url(wsf::load::LoadProtocol protocol);

// What they send is due to who is connected, and kept for nobody.
bool takes_users(wsf::load::LoadProtocol protocol);

// Throws base::StartupError(usage) for a flag that was given though the protocol has no use for it.
void refuse_foreign_flags(const wsf::base::Settings& settings, wsf::load::LoadProtocol own);

}  // namespace wsload
