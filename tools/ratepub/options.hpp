#pragma once
// What ratepub is asked to do: command line, environment and configuration file.

#include "kafka/connection.hpp"
#include "load/publisher.hpp"

#include <chrono>
#include <string>
#include <variant>

namespace ratepub {

struct Options {
  wsf::kafka::ConnectionOptions connection;
  std::string where;  // for people: the brokers, and how they were found
  std::string topic = "fx-rates-updates";
  wsf::load::PublishPlan plan;
  std::chrono::milliseconds timeout{10'000};
  bool dry_run = false;
};

// A number: end with this code (help shown, a usage error told). Throws base::StartupError(usage).
std::variant<Options, int> read_options(int argc, char** argv);

}  // namespace ratepub
