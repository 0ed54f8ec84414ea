// What doctor examines after the upgrade: the subscription and the first update of fx-rates, or whatever answers of
// another protocol come before its first message.
#include "base/clock.hpp"
#include "wsclient/acceptance.hpp"
#include "wsclient/commands.hpp"
#include "wsclient/doctor.hpp"
#include "wsclient/line_text.hpp"
#include "wsclient/price_table.hpp"
#include "wsclient/request.hpp"
#include "wsclient/stream.hpp"
#include "wsclient/time_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wsf::wsclient {
namespace {

class RatesDoctor final : public Doctor {
 public:
  explicit RatesDoctor(const Options& options) : Doctor(options), acceptance_(options.pairs.size()) {
    for (const auto& pair : options.pairs) table_.watch(pair);
  }

 private:
  void on_upgraded() override { await("welcome", "no welcome", "is it a server of the fx-rates protocol?"); }

  void examine(std::string_view raw) override {
    const auto message = parse_server_message(raw);
    if (!message) return;
    table_.take(*message, base::epoch_us());
    if (message->type == "connected") return on_welcome(*message);
    if (message->update) return on_update(*message->update);
    switch (acceptance_.on_message(*message)) {
      case Acceptance::News::accepted:
        ok("subscription", pairs_text(message->pairs));
        return await_update();
      case Acceptance::News::refused:
        return fail("subscription", refused_subscription(*message));
      case Acceptance::News::complaint:
        return note("subscription", message->message);
      default:
        return;
    }
  }

  void on_welcome(const ServerMessage& welcome) {
    ok("welcome", welcome.message);
    await("subscription", "no answer to the subscription", "is the server overloaded? see its log");
    send(subscribe_request(options().pairs, {.snapshot = true, .meta = true}));
  }

  void on_update(const RateUpdate& update) {
    if (update.snapshot || !awaits("update")) return;
    const auto latency = latency_us(update, base::epoch_us());
    ok("update", latency ? fmt::format("{} {}, {} old", update.pair, update.rate.text, coarse_latency_text(*latency))
                         : fmt::format("{} {}", update.pair, update.rate.text));
    end(0);
  }

  std::string instead_of_update() const override {
    const auto now_us = base::epoch_us();
    const PriceRow* newest = nullptr;
    for (const auto& row : table_.rows())
      if (row.last && (!newest || row.age_ms(now_us) < newest->age_ms(now_us))) newest = &row;
    if (!newest) return "nor is there a last known price";
    return fmt::format("the last known price, of {}, is {} old", newest->pair, age_text(newest->age_ms(now_us)));
  }

  PriceTable table_;
  Acceptance acceptance_;
};

// What may be told of several quotes, of which one is enough.
std::string first_of_lines(const std::string& lines) {
  const auto end = std::min(lines.find('\n'), lines.size());
  const auto more = std::count(lines.begin(), lines.end(), '\n');
  return more == 0 ? lines : fmt::format("{}, and {} more", lines.substr(0, end), more);
}

class EventDoctor final : public Doctor {
 public:
  explicit EventDoctor(const Options& options) : Doctor(options), stream_(make_stream(options, {.in_words = true})) {}

 private:
  std::string query() const override { return stream_->query(); }

  void on_upgraded() override {
    const auto request = stream_->on_up().request;
    const auto is_it = fmt::format("is it a server of the {} protocol?", options().dialect->name);
    if (options().dialect->has_welcome) return await("welcome", "no welcome", is_it);
    if (request.empty()) return await_update();
    await("subscription", "no answer to the subscription", is_it);
    send(request);
  }

  void examine(std::string_view raw) override {
    const auto heard = stream_->take(raw, base::epoch_us());
    if (!heard.reply.empty()) send(heard.reply);
    if (!heard.told.empty()) note("server", heard.told);
    if (heard.refused)
      fail(std::string(awaits("subscription") ? "subscription" : options().dialect->update), *heard.refused);
    else if (heard.is_update && awaits(options().dialect->update))
      on_update(first_of_lines(heard.line));
    else if (!heard.line.empty())
      on_answer(heard.line);
  }

  void on_update(const std::string& words) {
    ok(std::string(options().dialect->update), words);
    end(0);
  }

  // One that stands before the first update.
  void on_answer(const std::string& words) {
    for (const char* step : {"welcome", "subscription"}) {
      if (!awaits(step)) continue;
      ok(step, words);
      return await_update();
    }
  }

  const std::unique_ptr<Stream> stream_;
};

}  // namespace

int run_doctor(const Options& options) {
  return options.dialect->protocol == Protocol::fx_rates ? run_command<RatesDoctor>(options)
                                                         : run_command<EventDoctor>(options);
}

}  // namespace wsf::wsclient
