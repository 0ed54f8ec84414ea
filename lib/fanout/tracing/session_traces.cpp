#include "fanout/tracing/session_traces.hpp"

#include "auth/grant.hpp"
#include "base/clock.hpp"
#include "trace/traceparent.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

namespace wsf::fanout {
namespace {

constexpr std::int64_t kSwitchingProtocols = 101;
constexpr std::int64_t kFirstServerError = 500;

}  // namespace

SubscribeSpan::SubscribeSpan(trace::Tracer* tracer, std::unique_ptr<trace::Span> span)
    : tracer_(tracer), span_(std::move(span)) {}

SubscribeSpan::~SubscribeSpan() {
  if (!span_) return;
  span_->attributes.push_back({"wsfanout.keys_accepted", static_cast<std::int64_t>(accepted_)});
  span_->end_ns = base::epoch_ns();
  tracer_->record(std::move(*span_));
}

SessionTraces::SessionTraces(trace::Tracer* tracer) : tracer_(tracer) {
  if (tracer_ != nullptr) sampler_ = tracer_->new_sampler();
}

void SessionTraces::begin(const ws::HttpRequest& request) {
  connect_.reset();
  const auto parent = trace::parse_traceparent(request.traceparent);
  const auto context = sampler_->sample(parent);
  if (!context) return;
  connect_ = std::make_unique<trace::Span>();
  connect_->context = *context;
  if (parent) connect_->parent = parent->span;
  connect_->name = "connect";
  connect_->kind = trace::Kind::server;
  connect_->start_ns = base::epoch_ns();
  connect_->attributes = {{"http.request.method", request.method}, {"url.path", request.path}};
}

// Of the upgrade it ends with the session's begin.
void SessionTraces::take_answer(const ws::RequestAnswer& answer, const auth::Grant* grant) {
  const auto* const reply = std::get_if<ws::HttpReply>(&answer);
  const std::int64_t status = reply == nullptr ? kSwitchingProtocols : reply->status;
  auto& attributes = connect_->attributes;
  attributes.push_back({"http.response.status_code", status});
  attributes.push_back({"network.protocol.name", reply == nullptr ? "websocket" : "http"});
  if (grant != nullptr) attributes.push_back({"enduser.id", grant->user});
  connect_->failed = status >= kFirstServerError;
  if (reply != nullptr) end_connect();
}

void SessionTraces::take_session(ws::Slot slot, bool admitted) {
  if (admitted) {
    sessions_[slot] = connect_->context;
  } else {
    connect_->attributes.push_back({"error.type", "too_many_sessions"});
    connect_->failed = true;
  }
  end_connect();
}

void SessionTraces::end_connect() {
  connect_->end_ns = base::epoch_ns();
  tracer_->record(std::move(*connect_));
  connect_.reset();
}

SubscribeSpan SessionTraces::subscribe(ws::Slot slot, std::string_view protocol, std::size_t keys) {
  if (sessions_.empty()) return {tracer_, nullptr};
  const auto session = sessions_.find(slot);
  if (session == sessions_.end()) return {tracer_, nullptr};
  auto span = std::make_unique<trace::Span>();
  span->context = sampler_->child_of(session->second);
  span->parent = session->second.span;
  span->name = "subscribe";
  span->start_ns = base::epoch_ns();
  span->attributes = {{"wsfanout.protocol", std::string(protocol)},
                      {"wsfanout.keys", static_cast<std::int64_t>(keys)}};
  return {tracer_, std::move(span)};
}

}  // namespace wsf::fanout
