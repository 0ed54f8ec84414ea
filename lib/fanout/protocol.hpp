#pragma once
// What a shard asks of a wire protocol: its clients' messages and its feed's updates come in here, what they lead to
// goes out through ws::Sessions. On the shard's thread only.

#include "auth/grant.hpp"
#include "fanout/protocol_counters.hpp"
#include "fanout/route.hpp"
#include "fanout/tracing/update_traces.hpp"
#include "hub/update.hpp"
#include "ws/http_request.hpp"
#include "ws/sessions.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace wsf::fanout {

class Protocol {
 public:
  explicit Protocol(Route& route) : route_(route) {}
  virtual ~Protocol() = default;

  // Before the first call of anything else; both stay with each other for life.
  virtual void attach(ws::Sessions& sessions) = 0;

  // Where updates that are traced are told of; without it they are not.
  void trace_to(UpdateTraces& traces) { traces_ = &traces; }

  Route& route() const { return route_; }

  // Of a request whose credential was accepted, if one is needed: nullopt lets it in, and its on_open() follows at
  // once.
  virtual std::optional<ws::HttpReply> refuse(const ws::HttpRequest& /*request*/, const auth::Grant* /*grant*/) {
    return std::nullopt;
  }
  // What holds for its sessions, where that is not the usual.
  virtual ws::SessionProfile profile(const ws::SessionProfile& usual) { return usual; }
  virtual const ProtocolCounters& counters() const = 0;

  // Of clients that were let in (reception.hpp).
  virtual void on_open(ws::Slot slot) = 0;
  virtual void on_text(ws::Slot slot, std::string_view text) = 0;
  virtual void on_close(ws::Slot slot) = 0;

  // Queues every update of the batch to whom it concerns. The caller flushes. False: it concerns nobody.
  virtual bool on_batch(const hub::SharedBatch& batch) = 0;
  // Now and then, so that what is too old is told, or forgotten, in a silent feed as well.
  virtual void on_tick() = 0;
  // Queues what is held back until a time, in each round; and when the next one's will have come.
  virtual void send_due() {}
  virtual std::optional<std::int64_t> next_due_ms() const { return std::nullopt; }

 protected:
  // Queues an update by `publish`, and tells of it if it is traced.
  template <class Publish>
  void traced(const hub::Update& update, Publish&& publish) {
    if (update.trace == nullptr || traces_ == nullptr) [[likely]]
      return publish();
    traces_->around(update, counters().updates_sent, publish);
  }

 private:
  Route& route_;
  UpdateTraces* traces_ = nullptr;
};

}  // namespace wsf::fanout
