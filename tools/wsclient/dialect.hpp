#pragma once
// What differs between the protocols in addresses and words alone; what their messages mean is in stream.hpp. Pure
// data; any thread.

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::wsclient {

enum class Protocol { fx_rates, trading, notify, quotes, quotes_patch };

struct Dialect {
  Protocol protocol;
  const char* name;         // of --protocol
  const char* default_url;  // as wsfanout serves it
  const char* path;         // of that URL
  std::string_view update;  // what one of those is called that the client is here for: "update"
  bool wants_token;         // always, whoever serves it
  bool has_welcome;
  std::string_view ping;             // a message that is answered by one of type "pong"; "": there is none
  std::string_view sign_of_life;     // for a server that closes connections on which nothing is said; "": it does not
  std::string_view after_gap;        // what becomes of what close code 4002 speaks of, and what to do
  std::array<const char*, 3> pages;  // what the server says of itself; nullptr: no more
};

const Dialect& dialect_of(Protocol protocol);

std::vector<std::string> protocol_names();

// The one that --protocol names so; there must be one.
Protocol protocol_named(std::string_view name);

}  // namespace wsf::wsclient
