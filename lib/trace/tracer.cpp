#include "trace/tracer.hpp"

#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>

#include <memory>
#include <utility>

namespace wsf::trace {
namespace {

Exporter::Post post_to(const Options& options) {
  const auto post = std::make_shared<HttpPost>(options.url, options.headers, "application/json");
  return [post](const std::string& body, std::chrono::milliseconds patience, const std::atomic<bool>& give_up) {
    return post->send(body, patience, give_up);
  };
}

Resource resource_of(const Options& options) {
  return {options.service, WSF_VERSION, boost::uuids::to_string(boost::uuids::random_generator()())};
}

}  // namespace

Tracer::Tracer(const Options& options) : Tracer(options, post_to(options), {}) {}

Tracer::Tracer(const Options& options, Exporter::Post post, const ExportTimes& times)
    : ratio_(options.sample),
      exporter_(spool_, counters_, resource_of(options), shown_url(options.url), std::move(post), times) {}

void Tracer::record(Span span) {
  if (!spool_.put(std::move(span))) counters_.drop(Dropped::spool_full, 1);
}

}  // namespace wsf::trace
