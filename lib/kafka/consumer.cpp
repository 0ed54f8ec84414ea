#include "kafka/consumer.hpp"

#include "kafka/reader.hpp"

namespace wsf::kafka {

Consumer::Consumer(const ConsumerOptions& options, RecordSink& sink)
    : reader_(std::make_unique<Reader>(options, sink)) {}
Consumer::~Consumer() = default;
bool Consumer::reachable() const {
  return reader_->reachable();
}
bool Consumer::at_head() const {
  return reader_->at_head();
}
ConsumerCounters Consumer::counters() const {
  return reader_->counters();
}
std::vector<PartitionProgress> Consumer::progress() const {
  return reader_->progress();
}

}  // namespace wsf::kafka
