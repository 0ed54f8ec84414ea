#pragma once
// What ratepub is asked to do: command line, environment and configuration file.

#include "kafka/destination.hpp"
#include "load/publisher.hpp"

#include <chrono>
#include <string>
#include <variant>

namespace ratepub {

struct Options {
  wsf::kafka::Destination kafka;
  wsf::load::PublishPlan plan;
  std::chrono::milliseconds timeout{10'000};
  bool dry_run = false;
};

// A number: end with this code (help shown, a usage error told). Throws base::StartupError(usage).
std::variant<Options, int> read_options(int argc, char** argv);

}  // namespace ratepub
