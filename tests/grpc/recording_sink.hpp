#pragma once
// A sink that remembers what it got, and lets a test wait for it.

#include "fakes/remembering.hpp"
#include "grpc/quote_upstream.hpp"

#include <string>
#include <vector>

namespace wsf::grpc {

class RecordingSink : public QuoteSink, private Remembering {
 public:
  void on_quotes(std::span<protocol::QuoteEvent> quotes) override {
    note([&] {
      for (const auto& [symbol, quote, given] : quotes) texts_.push_back(symbol + " " + quote.price);
    });
  }
  void on_refused(const std::string& symbol, const std::string& message) override {
    note([&] { texts_.push_back("refused " + symbol + ": " + message); });
  }
  void on_up() override {
    note([&] { ++ups_; });
  }
  void on_down(const std::string& why) override {
    note([&] { whys_.push_back(why); });
  }

  bool wait_for_ups(int count) {
    return wait([&] { return ups_ >= count; });
  }
  bool wait_for_downs(std::size_t count) {
    return wait([&] { return whys_.size() >= count; });
  }
  bool wait_for_texts(std::size_t count) {
    return wait([&] { return texts_.size() >= count; });
  }

  std::vector<std::string> texts() const { return copy_of(texts_); }
  std::vector<std::string> whys() const { return copy_of(whys_); }

 private:
  std::vector<std::string> texts_, whys_;
  int ups_ = 0;
};

}  // namespace wsf::grpc
