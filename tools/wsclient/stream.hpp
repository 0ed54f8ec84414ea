#pragma once
// What a connection is for, whatever it speaks: each protocol says here how it asks, what a message means, and what
// its messages come to. One thread; no I/O.

#include "base/exit_codes.hpp"
#include "wsclient/options.hpp"
#include "wsclient/outcome.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace wsf::wsclient {

class PriceTable;

// What is worth telling of how messages follow each other.
struct Found {
  std::string words;
  std::string json;     // an object
  bool is_gap = false;  // something was missed, or a promise broken
};

struct Heard {
  bool understood = true;            // false: not a message of the protocol
  bool is_update = false;            // one of those that the client is here for
  std::string line{};                // in words, where words are wanted; "": nothing to show
  std::optional<Found> found{};      // in its place among the messages
  std::string told{};                // to the person, beside the messages
  std::string reply{};               // what the server waits for
  std::optional<Outcome> refused{};  // nothing more will come
};

struct Asking {
  std::string request{};  // the first message of a connection; "": none
  std::string told{};     // to the person
};

struct Verdict {
  std::string line, json;
  base::Exit exit;
};

class Stream {
 public:
  virtual ~Stream() = default;

  // What the URL asks for, beside what stands in it already: "assessmentId=a&meta=1". Anew for each connection.
  virtual std::string query() const { return {}; }
  virtual Asking on_up() { return {}; }  // for each connection
  virtual Heard take(std::string_view raw, std::int64_t now_us) = 0;

  virtual std::uint64_t updates() const = 0;
  virtual std::string summary(std::int64_t elapsed_ms, std::uint64_t reconnects) const = 0;
  virtual Verdict verdict(std::optional<std::int64_t> elapsed_ms) const = 0;  // nothing: of a recording
  virtual const PriceTable* table() const { return nullptr; }                 // what can be repainted in place
};

// How its messages are shown.
struct Showing {
  bool as_table = false;
  bool in_words = false;  // fills Heard::line
};

// The options must outlive it.
std::unique_ptr<Stream> make_stream(const Options& options, const Showing& showing);

}  // namespace wsf::wsclient
