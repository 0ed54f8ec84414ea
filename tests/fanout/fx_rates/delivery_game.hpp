#pragma once
// A game of clients, prices, stalled sockets and time, played on the real subscriptions, outboxes and sessions, with
// delivery_model.hpp as the judge. Each move comes from `choose`, so a seed or a fuzzer's bytes repeat a game. The
// first breach of a rule is thrown.

#include "fakes/scripted_kernel.hpp"
#include "fanout/fx_rates/delivery_model.hpp"
#include "fanout/fx_rates/fx_rates.hpp"
#include "fanout/fx_rates/rate_frames.hpp"
#include "fanout/peer.hpp"

#include <spdlog/spdlog.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace wsf::fanout {

class DeliveryGame {
 public:
  // A number below `bound`.
  using Choose = std::function<unsigned(unsigned bound)>;

  explicit DeliveryGame(Choose choose) : choose_(std::move(choose)) {
    spdlog::set_level(spdlog::level::off);
    constexpr std::array<std::size_t, 3> kTogether{1, 2, 256};
    kernel_.together = kTogether[choose_(3)];
    ws::SessionLimits limits;
    limits.heartbeat_ms = 0;
    limits.outbox.outbox_bytes = 200u << choose_(5);
    limits.outbox.outbox_age_ms = choose_(2) == 0 ? 10'000 : 3'600'000;
    limits.outbox.breaker.write_timeout_ms = choose_(2) == 0 ? 100 : 2'000;
    outbox_age_ms_ = limits.outbox.outbox_age_ms;
    sessions_ = std::make_unique<ws::Sessions>(kernel_, reception_, limits, now_);
    reception_.attach(*sessions_);
    reception_.add(app_);
    app_.attach(*sessions_);
    feed(true);
    for (Player& player : players_) join(player);
  }

  // Moves as long as `goes_on` says so, then lets everything settle and looks at the whole.
  template <class GoesOn>
  void play(GoesOn goes_on) {
    while (goes_on()) move();
    end();
  }

 private:
  static constexpr std::size_t kPlayers = 3;

  struct Player {
    int fd = -1;
    std::unique_ptr<ModelClient> model;
    std::int64_t behind_since_ms = 0;  // its socket refused, and it has not caught up since; 0: it keeps up
  };

  void move() {
    Player& player = players_[choose_(kPlayers)];
    switch (choose_(12)) {
      case 0:
        subscribe(player);
        break;
      case 1:
        unsubscribe(player);
        break;
      case 2:
      case 3:
        stall(player);
        break;
      case 4:
        if (kernel_[player.fd].takes != SIZE_MAX) kernel_[player.fd].takes += choose_(400);
        break;
      case 5:
        recover(player);
        break;
      case 6:
        pass(std::array{50, 250, 1'100, 2'100, 31'000}[choose_(5)]);
        break;
      case 7:
        hear(player, client_text(R"({"action":"ping"})"));
        break;
      case 8:
        if (choose_(4) == 0) leave(player);
        break;
      default:
        feed(false);
    }
    round();
  }

  void end() {
    for (Player& player : players_) recover(player);
    for (int i = 0; i < 80; ++i) pass(500);  // longer than any pause
    for (Player& player : players_) expect(player.model->complete(), "a newest value or an answer is missing");
    expect(sessions_->all_written(), "something still waits although every socket takes everything");
    const auto& in_state = sessions_->counters().breaker_sessions;
    expect(in_state[1].value() == 0 && in_state[2].value() == 0, "a client that takes everything is left alone");
    for (Player& player : players_) drop(player);
    sessions_->advance(now_ += 50);
    expect(sessions_->empty() && app_.counters().subscriptions.value() == 0, "a client leaves something behind");
    for (const stats::Gauge& gauge : sessions_->counters().breaker_sessions) expect(gauge.value() == 0, "a gauge");
    expect(sessions_->counters().conflating_sessions.value() == 0, "a gauge");
    expect(!app_.next_due_ms(), "something is held for a client that is gone");
  }

  void join(Player& player) {
    player = {next_fd_++, std::make_unique<ModelClient>(logs_), 0};
    sessions_->adopt(player.fd);
    kernel_[player.fd].incoming = upgrade_request();
    sessions_->on_ready(kernel_.readable(player.fd));
    sessions_->flush();
    const std::string written = std::exchange(kernel_[player.fd].written, {});
    player.model->reads(written.substr(written.find("\r\n\r\n") + 4));
  }

  void drop(Player& player) {
    kernel_[player.fd].incoming.clear();
    kernel_[player.fd].peer_ended = true;
    sessions_->on_ready(kernel_.readable(player.fd));
  }

  void leave(Player& player) {
    drop(player);
    join(player);
  }

  void subscribe(Player& player) {
    const std::vector<std::size_t> pairs = choose_pairs();
    // A snapshot of what is subscribed already repeats a value; that is no matter of delivery.
    const bool fresh = std::ranges::none_of(pairs, [&](std::size_t pair) { return player.model->wants(pair); });
    const bool snapshot = choose_(2) == 0 && fresh;
    for (const std::size_t pair : pairs) player.model->subscribes(pair, snapshot);
    ask(player, "subscribe", pairs,
        std::string(choose_(3) != 0 ? R"(,"meta":true)" : "") + (snapshot ? R"(,"snapshot":true)" : "") +
            (choose_(2) == 0 ? R"(,"status":true)" : "") + choose_rate(player));
  }

  std::string choose_rate(Player& player) {
    constexpr std::array kRates{"0.5", "4", "100"};
    const unsigned chosen = choose_(2 * kRates.size());
    if (chosen >= kRates.size()) return "";
    player.model->may_miss();
    return std::string(R"(,"maxRateHz":)") + kRates[chosen];
  }

  void unsubscribe(Player& player) {
    const std::vector<std::size_t> pairs = choose_pairs();
    for (const std::size_t pair : pairs) player.model->unsubscribes(pair);
    ask(player, "unsubscribe", pairs, "");
  }

  std::vector<std::size_t> choose_pairs() {
    std::vector<std::size_t> pairs;
    const unsigned chosen = 1 + choose_((1u << kPairs.size()) - 1);
    for (std::size_t pair = 0; pair < kPairs.size(); ++pair) {
      if ((chosen >> pair & 1) != 0) pairs.push_back(pair);
    }
    return pairs;
  }

  void ask(Player& player, const std::string& action, const std::vector<std::size_t>& pairs,
           const std::string& more) {
    std::string names;
    for (const std::size_t pair : pairs) names += (names.empty() ? "\"" : ",\"") + std::string(kPairs[pair]) + '"';
    hear(player, client_text(R"({"action":")" + action + R"(","currencyPairs":[)" + names + "]" + more + "}"));
  }

  void hear(Player& player, const std::string& bytes) {
    player.model->asks();
    kernel_[player.fd].incoming += bytes;
    read(player);
  }

  // Unless so many answers wait that the server does not read.
  void read(Player& player) {
    const ws::Interest interest = kernel_[player.fd].interest;
    const bool asked = interest == ws::Interest::read || interest == ws::Interest::both;
    if (asked && !kernel_[player.fd].incoming.empty()) sessions_->on_ready(kernel_.readable(player.fd));
  }

  void stall(Player& player) {
    kernel_[player.fd].takes = choose_(2) == 0 ? 0 : choose_(400);
    player.model->may_miss();
    if (player.behind_since_ms == 0) player.behind_since_ms = now_;
  }

  void recover(Player& player) { kernel_[player.fd].takes = SIZE_MAX; }

  // A poll's events: news, and a tombstone now and then.
  void feed(bool head) {
    auto batch = std::make_shared<hub::UpdateBatch>();
    batch->head = head;
    for (unsigned i = choose_(5); i > 0 && !head; --i) {
      const std::size_t pair = choose_(kPairs.size());
      PairLog& log = logs_[pair];
      hub::Update& update = batch->updates.emplace_back();
      update.key = kPairs[pair];
      update.position = {0, next_offset_++};
      if (!log.offsets.empty()) update.previous = base::Position{0, log.offsets.back()};
      update.tombstone = choose_(16) == 0;
      log.has_last = !update.tombstone;
      if (update.tombstone) continue;
      log.offsets.push_back(update.position.offset);
      update.payload = R"({"pair":")" + update.key + R"(","n":)" + std::to_string(update.position.offset) +
                       R"(,"pad":")" + std::string(choose_(100), 'x') + "\"}";
    }
    app_.on_batch(batch);
  }

  void pass(std::int64_t ms) {
    now_ += ms;
    sessions_->advance(now_);
    feed_state_.broker_reachable = choose_(8) != 0;
    app_.on_tick();
    round();
  }

  // The end of the loop's round, and what the clients read of it.
  void round() {
    for (Player& player : players_) {
      const ws::ScriptedKernel::Socket& socket = kernel_[player.fd];
      const bool asked = socket.interest == ws::Interest::write || socket.interest == ws::Interest::both;
      if (asked && socket.takes > 0) sessions_->on_ready(kernel_.writable(player.fd));
      read(player);
    }
    app_.send_due();
    sessions_->flush();
    for (Player& player : players_) {
      player.model->reads(std::exchange(kernel_[player.fd].written, {}));
      if (player.model->close_code() != 0 || kernel_[player.fd].closed) closed(player);
      if (kernel_[player.fd].takes == SIZE_MAX && player.model->complete()) player.behind_since_ms = 0;
    }
  }

  void closed(Player& player) {
    const std::uint16_t code = player.model->close_code();
    if (code != 4000)
      throw std::runtime_error("a client is closed by " + std::to_string(code) + ", not for being slow");
    expect(player.behind_since_ms != 0 && now_ - player.behind_since_ms >= outbox_age_ms_,
           "a client is closed that was not slow for so long");
    leave(player);
  }

  static void expect(bool holds, const char* what) {
    if (!holds) throw std::runtime_error(what);
  }

  Choose choose_;
  Logs logs_;
  Options options_;
  ServerState state_;
  ServerView view_{options_, state_};
  Pages pages_{view_};
  ws::ScriptedKernel kernel_;
  Reception reception_{options_, state_, pages_};
  FeedState feed_state_;
  Route route_{.options = options_.fx_rates->route};
  FxRates app_{*options_.fx_rates, feed_state_, nullptr, reception_, route_};
  std::int64_t now_ = 1'000'000;
  std::int64_t outbox_age_ms_ = 0;
  std::unique_ptr<ws::Sessions> sessions_;
  std::array<Player, kPlayers> players_;
  int next_fd_ = 5;
  std::int64_t next_offset_ = 0;
};

}  // namespace wsf::fanout
