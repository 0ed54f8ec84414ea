#pragma once
// A sink that remembers what it got, and lets a test wait for it, or hold it up.

#include "fakes/remembering.hpp"
#include "kafka/record.hpp"

#include <string>
#include <vector>

namespace wsf::kafka {

class RecordingSink : public RecordSink, private Remembering {
 public:
  struct Kept {
    std::string topic;
    std::int32_t partition;
    std::int32_t epoch;
    std::int64_t offset;
    std::string key, value;
    bool has_key, tombstone, history;
  };

  void on_records(std::span<const Record> records) override {
    note([&] { waits_ = held_up_; });
    wait([&] { return !held_up_; });
    note([&] {
      for (const auto& r : records) {
        records_.push_back({std::string(r.topic), r.partition, r.epoch, r.offset, std::string(r.key),
                            std::string(r.value.value_or("")), r.has_key, !r.value, r.history});
      }
    });
  }
  void on_loss(const Loss& loss) override {
    note([&] { losses_.push_back(loss); });
  }
  void on_head() override {
    note([&] {
      heads_++;
      records_at_head_ = records_.size();
    });
  }
  void on_broker(bool reachable) override {
    note([&] { broker_.push_back(reachable); });
  }

  // From the next records on the reader waits here, until it may go on.
  void hold_up(bool on) {
    note([&] { held_up_ = on; });
  }
  bool wait_for_reader() {
    return wait([&] { return waits_; });
  }

  bool wait_for_records(std::size_t count) {
    return wait([&] { return records_.size() >= count; });
  }
  bool wait_for_value(const std::string& value) {
    return wait([&] { return !records_.empty() && records_.back().value == value; });
  }
  bool wait_for_head() {
    return wait([&] { return heads_ > 0; });
  }
  bool wait_for_broker(const std::vector<bool>& changes) {
    return wait([&] { return broker_ == changes; });
  }

  std::vector<Kept> records() const { return copy_of(records_); }
  std::vector<Loss> losses() const { return copy_of(losses_); }
  std::vector<std::string> values() const {
    std::vector<std::string> out;
    for (const auto& r : records()) out.push_back(r.value);
    return out;
  }
  std::size_t records_at_head() const { return copy_of(records_at_head_); }
  int heads() const { return copy_of(heads_); }

 private:
  std::vector<Kept> records_;
  std::vector<Loss> losses_;
  std::vector<bool> broker_;
  int heads_ = 0;
  bool held_up_ = false;
  bool waits_ = false;
  std::size_t records_at_head_ = 0;
};

}  // namespace wsf::kafka
