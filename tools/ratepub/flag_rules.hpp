#pragma once
// Which flags go with which task, and with which protocol. What breaks a rule ends in base::StartupError(usage).

#include "base/settings.hpp"
#include "options.hpp"

namespace ratepub {

// Before the settings are read.
void add_exclusions(wsf::base::Settings& settings);

// After they were read: a flag that says how to do what was not asked for, or that the protocol has no use for.
void refuse_lonely_flags(const wsf::base::Settings& settings, Options::Task task);
void refuse_foreign_flags(const wsf::base::Settings& settings, Options::Protocol protocol);

// Of quotes that are served here.
void refuse_flags_of_redis(const wsf::base::Settings& settings);

}  // namespace ratepub
