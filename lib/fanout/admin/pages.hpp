#pragma once
// What the port answers to plain HTTP: health, readiness, metrics, version. Answers are made from counters that
// others write, so any shard's thread may ask at any time.

#include "fanout/server_view.hpp"
#include "ws/http_request.hpp"

#include <string_view>

namespace wsf::fanout {

class Pages {
 public:
  explicit Pages(const ServerView& server) : server_(server) {}

  static bool serves(std::string_view path);  // one of ours: no protocol can have it
  ws::HttpReply answer(const ws::HttpRequest& request) const;

 private:
  ws::HttpReply health() const;
  ws::HttpReply ready() const;
  ws::HttpReply actuator_metric(std::string_view name) const;
  ws::HttpReply prometheus() const;

  const ServerView& server_;
};

}  // namespace wsf::fanout
