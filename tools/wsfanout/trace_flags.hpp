#pragma once
// The flags by which spans are recorded and delivered. Their further names in the environment are OpenTelemetry's
// (its specification, "OpenTelemetry Protocol Exporter" and "General SDK Configuration").

#include "base/settings.hpp"
#include "trace/options.hpp"

#include <string>
#include <vector>

namespace wsfanout {

class TraceFlags {
 public:
  explicit TraceFlags(wsf::base::Settings& settings);

  // After Settings::parse(). Throws base::StartupError(usage), which never holds a header's value.
  wsf::trace::Options options() const;

 private:
  wsf::base::Settings& settings_;
  wsf::trace::Options options_;
  std::vector<std::string> headers_;
};

}  // namespace wsfanout
