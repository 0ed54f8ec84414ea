#pragma once
// A desk that knows what a test tells it, and remembers which symbols are wanted.

#include "fakes/remembering.hpp"
#include "grpc/quote_desk.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>

namespace wsf::grpc {

class FakeDesk final : public QuoteDesk, private Remembering {
 public:
  // A token "only X" may see symbol X alone, "none" is refused.
  base::Result<QuotePeer> admit(std::string_view authorization, std::string_view user_id) override {
    if (authorization == "none") return base::Error{"no such token"};
    QuotePeer peer{.user = std::string(user_id)};
    if (authorization.starts_with("only ")) {
      peer.may_see = [allowed = std::string(authorization.substr(5))](const std::string& symbol) {
        return symbol == allowed;
      };
    }
    return peer;
  }
  // The user "crowd" has too many streams; of the others' places the test sees how many are taken.
  bool seat(QuotePeer& peer) override {
    if (peer.user == "crowd") return false;
    peer.place = seats_;
    return true;
  }
  long seated() const { return seats_.use_count() - 1; }
  std::optional<protocol::Quote> last(const std::string& symbol) const override {
    const auto all = copy_of(quotes_);
    const auto known = all.find(symbol);
    return known == all.end() ? std::nullopt : std::optional(known->second);
  }
  void join(const std::string& symbol) override {
    note([&] {
      if (!wanted_.insert(symbol).second) ++faults_;
    });
  }
  void leave(const std::string& symbol) override {
    note([&] {
      if (wanted_.erase(symbol) == 0) ++faults_;
    });
  }

  void know(const std::string& symbol, const protocol::Quote& quote) {
    note([&] { quotes_[symbol] = quote; });
  }
  std::set<std::string> wanted() const { return copy_of(wanted_); }
  bool wait_for_wanted(const std::set<std::string>& symbols) {
    return wait([&] { return wanted_ == symbols; });
  }
  int faults() const { return copy_of(faults_); }  // joined twice, left without having been joined

 private:
  std::map<std::string, protocol::Quote> quotes_;
  std::set<std::string> wanted_;
  std::shared_ptr<const int> seats_ = std::make_shared<int>(0);
  int faults_ = 0;
};

}  // namespace wsf::grpc
