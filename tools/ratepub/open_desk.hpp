#pragma once
// The desk of a MarketDataService that makes its quotes up: it lets everybody in, and all quotes are made, whether
// somebody wants them or not. Any thread.

#include "grpc/quote_desk.hpp"

#include <mutex>
#include <unordered_map>

namespace ratepub {

class OpenDesk final : public wsf::grpc::QuoteDesk {
 public:
  void know(const wsf::protocol::QuoteEvent& quote);  // the newest of its symbol

  wsf::base::Result<wsf::grpc::QuotePeer> admit(std::string_view, std::string_view) override {
    return wsf::grpc::QuotePeer{};
  }
  bool seat(wsf::grpc::QuotePeer&) override { return true; }
  std::optional<wsf::protocol::Quote> last(const std::string& symbol) const override;
  void join(const std::string&) override {}
  void leave(const std::string&) override {}

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, wsf::protocol::Quote> newest_;  // of the symbols that are made up
};

}  // namespace ratepub
