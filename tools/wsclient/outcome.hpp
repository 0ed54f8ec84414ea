#pragma once
// What the end of a connection means for the person at the keyboard: what to tell, and whether to try again. Pure.

#include "base/backoff.hpp"
#include "base/exit_codes.hpp"
#include "ws/client.hpp"
#include "wsclient/dialect.hpp"
#include "wsclient/server_message.hpp"

#include <chrono>
#include <string>

namespace wsf::wsclient {

struct Outcome {
  bool may_reconnect = false;
  base::Exit exit = base::Exit::runtime;  // when it is not tried again
  std::string line;                       // what, where, and the way out
  std::string brief;                      // the same in a few words, for the table's header
  std::string hint{};                     // the way out alone
  base::WaitWindow wait{};                // before it is tried again
};

Outcome outcome_of(const ws::ConnectFailure& failure, const ws::Url& url, std::chrono::nanoseconds timeout,
                   const Dialect& dialect);
Outcome outcome_of(const ws::Closed& closed, const Dialect& dialect);
Outcome refused_subscription(const ServerMessage& error);  // of all pairs
std::string interrupted_connect(const ws::Url& url);       // one line

}  // namespace wsf::wsclient
