#include "load/notify_dialect.hpp"

#include "load/client_tokens.hpp"
#include "load/notify_publisher.hpp"
#include "load/server_message.hpp"
#include "protocol/notify.hpp"

#include <algorithm>
#include <utility>

namespace wsf::load {
namespace {

constexpr std::string_view kUser = R"("userId":")";

std::vector<std::string> users_of(const LoadOptions& options) {
  if (!options.tokens.empty()) {
    auto out = users_of_tokens(options.tokens);
    out.resize(std::min<std::size_t>(out.size(), options.connections));  // nobody publishes to who is not there
    return out;
  }
  return numbered("user-", options.users > 0 ? options.users : options.connections);
}

class NotifyScript : public EventScript, private NotifyOutput {
 public:
  NotifyScript(const std::vector<std::string>& users, const EventPlan& plan, Put put, std::int64_t start_epoch_ns)
      : users_(users.size()),
        put_(std::move(put)),
        publisher_(
            users, {.rate_per_s = plan.rate_per_s, .count = 0, .duration = plan.duration},
            [run = plan.run](std::string& out, const Notification& one) { append_notification(out, one, run); },
            static_cast<NotifyOutput&>(*this), start_epoch_ns) {}

  OpenLoop& loop() override { return publisher_; }
  std::vector<std::uint64_t> due(std::chrono::nanoseconds from, std::chrono::nanoseconds to) const override {
    std::vector<std::uint64_t> out(users_);
    const std::uint64_t end = publisher_.due_before(to);
    for (std::uint64_t one = publisher_.due_before(std::min(from, to)); one < end; one++) out[one % users_]++;
    return out;
  }

 private:
  bool put(std::string_view user, std::string_view payload) override {
    return put_({publisher_.published() % users_, user, payload});
  }

  const std::size_t users_;
  const Put put_;
  NotifyPublisher publisher_;
};

}  // namespace

NotifyDialect::NotifyDialect(const LoadOptions& options)
    : url_(options.url),
      users_(users_of(options)),
      tokens_(tokens_of(options, users_.size())),
      visitors_(tokens_of_visitors(options)),
      plan_{.connections = options.connections,
            .keys = static_cast<std::uint32_t>(users_.size()),
            .per_connection = 1,
            .slow = options.slow} {
  for (const std::string& user : users_) numbers_.emplace(user, static_cast<std::uint32_t>(numbers_.size()));
}

// The token as the protocol prints it: a server that was not made by us knows no other way.
UpgradeRequest NotifyDialect::request_of(std::uint32_t connection, std::string_view) const {
  UpgradeRequest out{url_};
  add_to_query(out.url, "token", tokens_[plan_.key_of(connection, 0)]);
  return out;
}

UpgradeRequest NotifyDialect::request_of_visitor(std::uint64_t visitor) const {
  UpgradeRequest out{url_};
  add_to_query(out.url, "token", visitors_[visitor % visitors_.size()]);
  return out;
}

// Anything but a word of the server's own is what somebody published.
Said NotifyDialect::kind_of(std::string_view text) const {
  return type_of(text) == "error" ? Said::other : Said::update;
}

SeenEvent NotifyDialect::event_of(std::string_view text, std::size_t& place) const {
  SeenEvent out{.mark = find_mark(text)};
  const std::string_view user = find_value(text, kUser, place);
  out.addressed = !user.empty();
  const auto found = numbers_.find(user);
  if (found != numbers_.end()) out.key = found->second;
  return out;
}

std::unique_ptr<EventScript> NotifyDialect::make_script(const EventPlan& plan, EventScript::Put put,
                                                        std::int64_t start_epoch_ns) const {
  return std::make_unique<NotifyScript>(users_, plan, std::move(put), start_epoch_ns);
}

std::vector<std::string> NotifyDialect::topics() const {
  std::vector<std::string> out;
  for (const std::string& user : users_) out.push_back(protocol::notify_channel(user));
  return out;
}

}  // namespace wsf::load
