#include "fanout/pages.hpp"

#include "fanout/metrics.hpp"
#include "stats/exposition.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace wsf::fanout {
namespace {

constexpr std::string_view kMetricsPath = "/actuator/metrics";
constexpr std::array<std::string_view, 6> kPaths{"/actuator/health", "/readyz",  "/healthz",
                                                 "/version",         "/metrics", kMetricsPath};
constexpr std::uintmax_t kDiskSpaceThreshold = 10u << 20;  // Spring's default

std::string_view up_or_down(bool up) {
  return up ? "UP" : "DOWN";
}

bool disk_has_space() {
  std::error_code ec;
  const std::filesystem::space_info space = std::filesystem::space(".", ec);
  return !ec && space.available >= kDiskSpaceThreshold;
}

ws::HttpReply json(int status, std::string body) {
  return {status, "application/json", std::move(body), {}};
}

ws::HttpReply version() {
  return json(200, fmt::format(R"({{"name":"wsfanout","version":"{}"}})", WSF_VERSION) + "\n");
}

ws::HttpReply metric_names() {
  std::string names;
  for (const ActuatorMetric& metric : actuator_metrics()) {
    if (!names.empty()) names += ',';
    names += fmt::format(R"("{}")", metric.name);
  }
  return json(200, fmt::format(R"({{"names":[{}]}})", names) + "\n");
}

}  // namespace

bool Pages::serves(std::string_view path) {
  return std::ranges::find(kPaths, path) != kPaths.end() || path.starts_with(std::string(kMetricsPath) + '/');
}

ws::HttpReply Pages::answer(const ws::HttpRequest& request) const {
  const std::string_view path = request.path;
  if (path == "/actuator/health") return health();
  if (path == "/readyz") return ready();
  if (path == "/healthz") return ws::plain_reply(200, "ok");
  if (path == "/version") return version();
  if (path == "/metrics") return prometheus();
  if (path == kMetricsPath) return metric_names();
  if (path.starts_with(kMetricsPath) && path[kMetricsPath.size()] == '/') {
    return actuator_metric(path.substr(kMetricsPath.size() + 1));
  }
  return ws::plain_reply(404, "no such path");
}

ws::HttpReply Pages::health() const {
  const Readiness readiness = state_.readiness();
  const bool disk = disk_has_space();
  const bool serves = disk && (readiness == Readiness::ready || readiness == Readiness::degraded);
  return json(serves ? 200 : 503,
              fmt::format(R"({{"status":"{}","components":{{"diskSpace":{{"status":"{}"}},"ping":{{"status":"UP"}},)"
                          R"("kafka":{{"status":"{}"}}}}}})",
                          up_or_down(serves), up_or_down(disk), up_or_down(state_.broker_reachable)) +
                  "\n");
}

ws::HttpReply Pages::ready() const {
  switch (state_.readiness()) {
    case Readiness::ready:
      return ws::plain_reply(200, "ready");
    case Readiness::degraded:
      return ws::plain_reply(200, "degraded: broker unreachable");
    case Readiness::starting:
      return ws::plain_reply(503, "starting: the head of the log is not reached");
    case Readiness::draining:
      return ws::plain_reply(503, "draining");
  }
  return ws::plain_reply(503, "unknown");
}

// In the shape of Spring Boot's actuator.
ws::HttpReply Pages::actuator_metric(std::string_view name) const {
  for (const ActuatorMetric& metric : actuator_metrics()) {
    if (metric.name != name) continue;
    return json(200,
                fmt::format(R"({{"name":"{}","description":"{}","measurements":[{{"statistic":"{}","value":{}.0}}],)"
                            R"("availableTags":[]}})",
                            metric.name, metric.description, metric.statistic, metric.value(shards_, state_)) +
                    "\n");
  }
  return json(404, R"({"error":"no such metric","see":"/actuator/metrics"})"
                   "\n");
}

ws::HttpReply Pages::prometheus() const {
  stats::Exposition out;
  append_metrics(out, options_, state_, shards_, consumer_, keys_);
  return {200, std::string(stats::Exposition::kContentType), std::move(out).text(), {}};
}

}  // namespace wsf::fanout
