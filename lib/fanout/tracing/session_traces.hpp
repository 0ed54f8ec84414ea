#pragma once
// What is traced of clients: span "connect", from a complete request at a protocol's path to its answer, and below it
// a span "subscribe" for each subscription of a session that is traced. A request's traceparent decides, else chance.
// Neither query nor credential gets into a span. One for each shard, used on its thread only.

#include "trace/tracer.hpp"
#include "ws/http_request.hpp"
#include "ws/sessions.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>

namespace wsf::auth {
struct Grant;
}

namespace wsf::fanout {

// Ends with its block. Without a span, of a session that is not traced, it does nothing.
class SubscribeSpan {
 public:
  SubscribeSpan(trace::Tracer* tracer, std::unique_ptr<trace::Span> span);
  ~SubscribeSpan();
  SubscribeSpan(const SubscribeSpan&) = delete;
  SubscribeSpan& operator=(const SubscribeSpan&) = delete;

  void accept(std::size_t keys) { accepted_ = keys; }

 private:
  trace::Tracer* tracer_;
  std::unique_ptr<trace::Span> span_;
  std::size_t accepted_ = 0;
};

class SessionTraces {
 public:
  explicit SessionTraces(trace::Tracer* tracer);  // nullptr: nothing is traced

  // A request; its answer follows, then opened() if that is the upgrade, before another request arrives.
  void arrive(const ws::HttpRequest& request) {
    if (tracer_ != nullptr) begin(request);
  }
  // `grant`: nullptr: the client is nobody in particular.
  void answer(const ws::RequestAnswer& answer, const auth::Grant* grant) {
    if (connect_) take_answer(answer, grant);
  }
  // False: the session is closed at once, because there are too many.
  void opened(ws::Slot slot, bool admitted) {
    if (connect_) take_session(slot, admitted);
  }
  void closed(ws::Slot slot) {
    if (!sessions_.empty()) sessions_.erase(slot);
  }

  // Of an open session, to so many keys. `protocol` lives for ever.
  SubscribeSpan subscribe(ws::Slot slot, std::string_view protocol, std::size_t keys);

 private:
  void begin(const ws::HttpRequest& request);
  void take_answer(const ws::RequestAnswer& answer, const auth::Grant* grant);
  void take_session(ws::Slot slot, bool admitted);
  void end_connect();

  trace::Tracer* tracer_;
  std::optional<trace::Sampler> sampler_;
  std::unique_ptr<trace::Span> connect_;                   // of the request that is being answered, if it is traced
  std::unordered_map<ws::Slot, trace::Context> sessions_;  // that are traced: their "connect"
};

}  // namespace wsf::fanout
