#include "trace_flags.hpp"

#include "base/trimmed.hpp"
#include "trace/header_list.hpp"
#include "trace/http_post.hpp"

namespace wsfanout {
namespace {

constexpr const char* kGroup = "Tracing";
constexpr std::string_view kTracesPath = "/v1/traces";

// The collector for everything: each kind of signal has its own path below.
std::string traces_below(const std::string& collector) {
  const std::string_view trimmed = wsf::base::trimmed(collector);
  return std::string(trimmed.substr(0, trimmed.find_last_not_of('/') + 1)) + std::string(kTracesPath);
}

}  // namespace

TraceFlags::TraceFlags(wsf::base::Settings& settings) : settings_(settings) {
  settings_.add("--trace", options_.url, "Collector that spans are posted to (OTLP/HTTP): http://HOST:4318/v1/traces")
      .env("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
      .env("OTEL_EXPORTER_OTLP_ENDPOINT", traces_below)
      .type("URL")
      .group(kGroup);
  settings_.add("--trace-sample", options_.sample, "Share of the traces that begin here which is recorded")
      .env("OTEL_TRACES_SAMPLER_ARG")
      .range(0, 1)
      .type("SHARE")
      .group(kGroup);
  settings_.add("--trace-headers", headers_, "Headers of each post, such as a key; values percent-encoded")
      .env("OTEL_EXPORTER_OTLP_TRACES_HEADERS")
      .env("OTEL_EXPORTER_OTLP_HEADERS")
      .secret()
      .not_on_command_line()
      .type("NAME=VALUE,...")
      .group(kGroup);
  settings_.add("--trace-service", options_.service, "service.name of the spans")
      .env("OTEL_SERVICE_NAME")
      .type("NAME")
      .group(kGroup);
}

wsf::trace::Options TraceFlags::options() const {
  wsf::trace::Options options = options_;
  if (options.on()) options.url = settings_.value_of("trace", wsf::trace::check_url(options.url));
  options.headers = settings_.value_of("trace-headers", wsf::trace::parse_headers(headers_));
  return options;
}

}  // namespace wsfanout
