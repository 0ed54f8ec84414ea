#include "fanout/admin/pages.hpp"

#include "fanout/admin/metrics.hpp"
#include "stats/exposition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace wsf::fanout {
namespace {

constexpr std::string_view kMetricsPath = "/actuator/metrics";
constexpr std::array<std::string_view, 10> kPaths{"/actuator/health", "/readyz",           "/healthz", "/version",
                                                  "/metrics",         kMetricsPath,        "/health",  "/ready",
                                                  "/healthz/redis",   "/healthz/websocket"};
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

// Of all services; one that two of them stand on is up when it is for both.
std::vector<Component> components_of(const ServerView& server) {
  std::vector<Component> all;
  for (const Service* service : server.services) {
    for (const Component& one : service->components()) {
      const auto known = std::ranges::find(all, one.name, &Component::name);
      if (known == all.end()) {
        all.push_back(one);
      } else {
        known->up = known->up && one.up;
      }
    }
  }
  return all;
}

// Of all services that are no further than this.
std::string why(const ServerView& server, Readiness readiness) {
  std::string all;
  for (const Service* service : server.services) {
    const std::string_view why = service->why_not_ready();
    if (service->readiness() != readiness || all.find(why) != std::string::npos) continue;
    all += fmt::format("{}{}", all.empty() ? "" : ", ", why);
  }
  return all;
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
  for (const Service* service : server_.services) {
    const Readiness now = server_.state.draining ? Readiness::draining : service->readiness();
    if (auto found = service->page(path, now)) return *found;
  }
  return ws::plain_reply(404, "no such path");
}

ws::HttpReply Pages::health() const {
  const Readiness readiness = server_.readiness();
  const bool disk = disk_has_space();
  const bool serves = disk && (readiness == Readiness::ready || readiness == Readiness::degraded);
  std::string components = fmt::format(R"("diskSpace":{{"status":"{}"}},"ping":{{"status":"UP"}})", up_or_down(disk));
  for (const Component& one : components_of(server_)) {
    components += fmt::format(R"(,"{}":{{"status":"{}"}})", one.name, up_or_down(one.up));
  }
  return json(serves ? 200 : 503,
              fmt::format(R"({{"status":"{}","components":{{{}}}}})", up_or_down(serves), components) + "\n");
}

ws::HttpReply Pages::ready() const {
  switch (server_.readiness()) {
    case Readiness::ready:
      return ws::plain_reply(200, "ready");
    case Readiness::degraded:
      return ws::plain_reply(200, "degraded: " + why(server_, Readiness::degraded));
    case Readiness::starting:
      return ws::plain_reply(503, "starting: " + why(server_, Readiness::starting));
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
                            metric.name, metric.description, metric.statistic, metric.value(server_)) +
                    "\n");
  }
  return json(404, R"({"error":"no such metric","see":"/actuator/metrics"})"
                   "\n");
}

ws::HttpReply Pages::prometheus() const {
  stats::Exposition out;
  append_metrics(out, server_);
  return {200, std::string(stats::Exposition::kContentType), std::move(out).text(), {}};
}

}  // namespace wsf::fanout
