#pragma once
// One protocol of a server: what there is once of it, whatever the number of shards. Its feed, the route that leads
// to it, what health and metrics say of it.

#include "fanout/protocol.hpp"
#include "fanout/route.hpp"
#include "fanout/server_state.hpp"
#include "hub/update.hpp"
#include "stats/exposition.hpp"
#include "ws/http_request.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wsf::fanout {

class LogFeed;
class Reception;
class SeedFamilies;

// A part that a service stands on, as health shows it.
struct Component {
  std::string_view name;  // "kafka"
  bool up = false;
};

class Service {
 public:
  // To the service's protocol on every shard. The batch is the shards' from then on. May wait for one that is behind.
  using Post = std::function<void(std::shared_ptr<hub::UpdateBatch>)>;

  explicit Service(RouteOptions route) : route_{.options = std::move(route)} {}
  virtual ~Service() = default;

  virtual std::string_view name() const = 0;  // "fx-rates"

  // Before start(), where updates are traced. It must outlive stop().
  void trace_to(trace::Tracer& tracer) { tracer_ = &tracer; }

  Route& route() { return route_; }
  const Route& route() const { return route_; }

  // Before start(): its part on one more shard, which the service must outlive.
  virtual std::unique_ptr<Protocol> make_protocol(Reception& reception) = 0;

  // The feed begins to post, on a thread of its own; after stop() it posts no more. Throws base::StartupError.
  virtual void start(Post post) = 0;
  virtual void stop() = 0;

  // What it serves beside the shards ends within `window`. Returns at once; drained(): it has ended.
  virtual void drain(std::chrono::milliseconds /*window*/) {}
  virtual bool drained() const { return true; }

  // One line for the log: what is served from where.
  virtual std::string summary() const = 0;

  // Any thread, from here on.
  virtual Readiness readiness() const = 0;             // all but draining
  virtual std::string_view why_not_ready() const = 0;  // yet, or fully
  virtual std::vector<Component> components() const = 0;
  // Of a path that the service has beside its route, while it is as ready as `now`; nullopt: it has none of this
  // name.
  virtual std::optional<ws::HttpReply> page(std::string_view path, Readiness now) const = 0;
  // Families of its own; those of all protocols and of all logs are added up by the caller.
  virtual void append_metrics(stats::Exposition& out) const = 0;
  virtual void add_to(SeedFamilies& /*families*/) const {}
  virtual const LogFeed* log() const { return nullptr; }  // of one that reads Kafka

 protected:
  trace::Tracer* tracer() const { return tracer_; }  // none: nothing is traced

 private:
  Route route_;
  trace::Tracer* tracer_ = nullptr;
};

}  // namespace wsf::fanout
