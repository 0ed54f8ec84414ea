#pragma once
// What a client must have been told, as a simple model: the log of each pair, and a client that reads its stream and
// finds every hole. A breach is thrown as std::runtime_error that says what came and what should have.

#include "ws/frame_reader.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace wsf::fanout {

inline constexpr std::array<const char*, 4> kPairs{"EURUSD", "GBPUSD", "USDJPY", "AUDUSD"};

// The offsets of one pair's events, oldest first.
struct PairLog {
  std::vector<std::int64_t> offsets;
  bool has_last = false;  // a snapshot has something to show

  std::string before(std::size_t index) const { return index == 0 ? "null" : text(offsets[index - 1]); }
  static std::string text(std::int64_t offset) { return "\"0-" + std::to_string(offset) + '"'; }
};
using Logs = std::array<PairLog, kPairs.size()>;

class ModelClient {
 public:
  explicit ModelClient(const Logs& logs) : logs_(&logs) {}

  // What the client asks for, in the order in which the server hears it.
  void subscribes(std::size_t pair, bool snapshot) {
    if (std::exchange(wanted_[pair], true)) return;
    const PairLog& log = (*logs_)[pair];
    views_[pair].begins.push_back(log.offsets.size() - (snapshot && log.has_last ? 1 : 0));
  }
  void unsubscribes(std::size_t pair) { wanted_[pair] = false; }
  void asks() { ++answers_due_; }  // each command has one answer
  bool wants(std::size_t pair) const { return wanted_[pair]; }
  void may_miss() { may_miss_ = true; }  // it stalls, or wants no more than a rate

  void reads(std::string bytes) {
    std::span<char> rest(bytes);
    using Kind = ws::FrameEvent::Kind;
    for (ws::FrameEvent event = reader_.next(rest); event.kind != Kind::need_more; event = reader_.next(rest)) {
      if (event.kind == Kind::error) throw std::runtime_error("the stream is broken: " + std::string(event.payload));
      if (event.kind == Kind::text) hears(event.payload);
      if (event.kind == Kind::close) {
        close_code_ = event.close_code;
        return;
      }
    }
  }
  std::uint16_t close_code() const { return close_code_; }

  // Nothing is under way: the client's state is that of the log.
  bool complete() const {
    for (std::size_t pair = 0; pair < kPairs.size(); ++pair) {
      const View& view = views_[pair];
      if (!view.begins.empty() || view.on != wanted_[pair]) return false;  // an answer is missing
      if (view.on && view.next != (*logs_)[pair].offsets.size()) return false;
    }
    return answers_due_ == 0;
  }

 private:
  struct View {
    bool on = false;
    std::size_t next = 0;            // index in the log of what has not come yet
    std::deque<std::size_t> begins;  // where the subscriptions begin that are not confirmed yet
  };

  static std::size_t pair_of(const nlohmann::json& name) {
    const auto* const at = std::ranges::find(kPairs, name.get<std::string>());
    return static_cast<std::size_t>(at - kPairs.begin());
  }

  [[noreturn]] static void wrong(std::size_t pair, const std::string& what, std::string_view text = {}) {
    throw std::runtime_error(std::string(kPairs[pair]) + ": " + what + ": " + std::string(text));
  }

  void hears(std::string_view text) {
    const nlohmann::json message = nlohmann::json::parse(text);
    const std::string type = message["type"];
    if (type == "subscribed" || type == "unsubscribed" || type == "pong") --answers_due_;
    if (type == "rateUpdate") return hears_update(message, text);
    if (type != "subscribed" && type != "unsubscribed") return;
    for (const nlohmann::json& name : message["currencyPairs"]) {
      View& view = views_[pair_of(name)];
      if (type == "unsubscribed") {
        view.on = false;
      } else if (!view.on) {
        view.on = true;
        view.next = view.begins.front();
        view.begins.pop_front();
      }
    }
  }

  void hears_update(const nlohmann::json& message, std::string_view text) {
    const std::size_t pair = pair_of(message["event"]["pair"]);
    const PairLog& log = (*logs_)[pair];
    View& view = views_[pair];
    if (!view.on) wrong(pair, "comes without a subscription", text);
    const auto at = std::ranges::lower_bound(log.offsets, message["event"]["n"].get<std::int64_t>());
    const auto index = static_cast<std::size_t>(at - log.offsets.begin());
    if (index < view.next) wrong(pair, "comes twice, or after a newer one", text);
    const std::size_t hole = index - view.next;
    if (hole > 0 && !may_miss_) wrong(pair, "a hole for a client that keeps up", text);
    if (message.contains("meta")) {
      const nlohmann::json& meta = message["meta"];
      if (meta["offset"].dump() != PairLog::text(log.offsets[index])) wrong(pair, "another event's offset", text);
      if (meta["prev"].dump() != log.before(view.next)) {
        wrong(pair, "prev is not the last that came, " + log.before(view.next), text);
      }
      if (meta["conflated"] != hole) wrong(pair, "the hole has " + std::to_string(hole), text);
    }
    view.next = index + 1;
  }

  const Logs* logs_;
  std::array<bool, kPairs.size()> wanted_{};
  std::array<View, kPairs.size()> views_;
  ws::FrameReader reader_{ws::Role::client, 1 << 20};
  int answers_due_ = 0;
  std::uint16_t close_code_ = 0;
  bool may_miss_ = false;
};

}  // namespace wsf::fanout
