#pragma once
// A tracer whose spans a test looks at in the end.

#include "fakes/remembering.hpp"
#include "trace/tracer.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <vector>

namespace wsf::fanout {

class RecordedSpans : Remembering {
 public:
  explicit RecordedSpans(double share) {
    tracer_.emplace(
        trace::Options{.url = "http://collector/", .sample = share},
        [this](const std::string& body, std::chrono::milliseconds, const std::atomic<bool>&) {
          note([&] { bodies_.push_back(body); });
          return base::Result<trace::HttpAnswer>(trace::HttpAnswer{.status = 200});
        },
        trace::ExportTimes{.linger = std::chrono::hours{1}});
  }

  trace::Tracer* tracer() { return &*tracer_; }

  // In the order of their ends. The tracer ends with it.
  std::vector<nlohmann::json> take() {
    tracer_.reset();
    std::vector<nlohmann::json> spans;
    for (const std::string& body : copy_of(bodies_)) {
      const auto request = nlohmann::json::parse(body);
      for (const auto& span : request["resourceSpans"][0]["scopeSpans"][0]["spans"]) spans.push_back(span);
    }
    return spans;
  }

 private:
  std::vector<std::string> bodies_;
  std::optional<trace::Tracer> tracer_;
};

// Text of an attribute, whatever its type; "" where there is none.
inline std::string attribute(const nlohmann::json& span, std::string_view name) {
  for (const auto& one : span.value("attributes", nlohmann::json::array())) {
    if (one["key"] == name) return one["value"].begin()->get<std::string>();
  }
  return {};
}

}  // namespace wsf::fanout
