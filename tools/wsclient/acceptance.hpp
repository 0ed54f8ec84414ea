#pragma once
// How the server takes one subscribe request; made anew for each connection. Pure; one thread.

#include "wsclient/server_message.hpp"

#include <cstddef>

namespace wsf::wsclient {

class Acceptance {
 public:
  enum class News {
    nothing,
    accepted,   // of at least one pair; told once
    complaint,  // an error that leaves pairs subscribed, or yet to be answered
    refused,    // of all pairs: no update will come
  };

  explicit Acceptance(std::size_t asked_pairs) : open_(asked_pairs) {}

  News on_message(const ServerMessage& message);

 private:
  News on_error(const ServerMessage& error);

  std::size_t open_;  // pairs that no error has named yet
  bool accepted_ = false;
};

}  // namespace wsf::wsclient
