#include "redis/subscriber.hpp"

#include "base/random_source.hpp"
#include "hub/wanted_names.hpp"
#include "redis/command.hpp"
#include "redis/link.hpp"
#include "redis/loop.hpp"

#include <boost/asio/post.hpp>

#include <atomic>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace wsf::redis {
namespace {

// `verb` for all the channels, in as many commands as it takes.
void append_all(std::string& bytes, std::string_view verb, const std::vector<std::string>& channels) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin < channels.size(); begin += Subscriber::kChannelsPerCommand) {
    const auto end = std::min(begin + Subscriber::kChannelsPerCommand, channels.size());
    parts.assign(1, verb);
    for (std::size_t i = begin; i < end; ++i) parts.push_back(channels[i]);
    append_command(bytes, parts);
  }
}

}  // namespace

class Subscriber::Worker final : private LinkEvents {
 public:
  Worker(const Options& options, SubscriberSink& sink)
      : sink_(sink), loop_([this] { send_changes(); }), link_(loop_.io(), options, base::random_source(), *this) {
    boost::asio::post(loop_.io(), [this] { link_.start(); });
    loop_.start();
  }
  ~Worker() { stop(); }
  void stop() {
    loop_.stop();
    link_.stop();
  }

  void subscribe(const std::string& channel) {
    if (wanted_.add(channel)) loop_.wake();
  }
  void unsubscribe(const std::string& channel) {
    if (wanted_.remove(channel)) loop_.wake();
  }

  bool up() const { return up_; }
  SubscriberCounters counters() const {
    return {messages_, bytes_, connects_, failures_, wanted_.size(), subscribed_};
  }

 private:
  // One write at a time: what changes while it goes out is gathered for the next.
  void send_changes() {
    if (!link_.up() || link_.writing()) return;
    std::vector<std::string> join, leave;
    for (auto& [channel, wanted] : wanted_.take(kChannelsPerWrite)) {
      const bool held = held_.contains(channel);
      if (wanted && !held) {
        held_.insert(channel);
        join.push_back(std::move(channel));
      } else if (!wanted && held) {
        held_.erase(channel);
        leave.push_back(std::move(channel));
      }
    }
    std::string bytes;
    append_all(bytes, "SUBSCRIBE", join);
    append_all(bytes, "UNSUBSCRIBE", leave);
    if (!bytes.empty()) link_.write(bytes);
  }

  void on_up() override {
    ++connects_;
    subscribed_ = 0;
    held_.clear();
    wanted_.start_anew();
    up_ = true;
    sink_.on_up();
    send_changes();
  }

  void on_reply(Reply reply) override {
    using Kind = Reply::Kind;
    if (reply.kind == Kind::error) return link_.lose(reply.text);
    if (reply.kind != Kind::array) return;  // the answer to PING while there is no channel
    auto& items = reply.items;
    if (items.size() == 3 && items[0].text == "message") {
      bytes_ += items[2].text.size();
      ++messages_;
      fresh_.push_back({std::move(items[1].text), std::move(items[2].text)});
    } else if (items.size() == 3 && items[2].kind == Kind::integer && items[2].integer >= 0) {
      subscribed_ = static_cast<std::uint64_t>(items[2].integer);
      if (items[0].text != "subscribe") return;
      on_read();  // what came before the confirmation
      sink_.on_subscribed(items[1].text);
    } else if (items.size() != 2 || items[0].text != "pong") {
      link_.lose("protocol error: not what a channel brings");
    }
  }

  void on_read() override {
    if (!fresh_.empty()) sink_.on_messages(fresh_);
    fresh_.clear();
  }

  void on_written() override { send_changes(); }
  void on_silence() override { link_.write(command({"PING"})); }

  void on_down(const std::string& why) override {
    on_read();
    ++failures_;
    subscribed_ = 0;
    up_ = false;
    sink_.on_down(why);
  }

  SubscriberSink& sink_;
  hub::WantedNames wanted_;
  std::atomic<bool> up_{false};
  std::atomic<std::uint64_t> messages_{0}, bytes_{0}, connects_{0}, failures_{0}, subscribed_{0};

  // The thread's own.
  std::unordered_set<std::string> held_;  // asked for on this connection
  std::vector<Message> fresh_;
  Loop loop_;
  Link link_;
};

Subscriber::Subscriber(const Options& options, SubscriberSink& sink)
    : worker_(std::make_unique<Worker>(options, sink)) {}
Subscriber::~Subscriber() = default;

void Subscriber::subscribe(const std::string& channel) {
  worker_->subscribe(channel);
}
void Subscriber::unsubscribe(const std::string& channel) {
  worker_->unsubscribe(channel);
}
void Subscriber::stop() {
  worker_->stop();
}
bool Subscriber::up() const {
  return worker_->up();
}
SubscriberCounters Subscriber::counters() const {
  return worker_->counters();
}

}  // namespace wsf::redis
