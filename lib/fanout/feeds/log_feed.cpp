#include "fanout/feeds/log_feed.hpp"

#include "kafka/consumer.hpp"

#include <spdlog/spdlog.h>

namespace wsf::fanout {

LogFeed::LogFeed(std::string topics) : topics_(std::move(topics)) {}

LogFeed::~LogFeed() = default;

void LogFeed::start(const kafka::ConsumerOptions& options, kafka::RecordSink& sink) {
  if (!kafka::configured(options.connection)) {
    return spdlog::error(
        "Event Hub connection string not configured. Consumer disabled. Set --brokers, EVENTHUB_CONNECTION_STRING, "
        "or "
        "try --embedded-broker");
  }
  spdlog::info("Starting Event Hub consumer for: {}", topics_);
  consumer_ = std::make_unique<kafka::Consumer>(options, sink);
}

void LogFeed::stop() {
  consumer_.reset();
}

}  // namespace wsf::fanout
