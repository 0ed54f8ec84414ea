#pragma once
// What the command line, the environment and the file ask for.

#include "base/settings.hpp"
#include "net/client_tls.hpp"
#include "ws/url.hpp"
#include "wsclient/dialect.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace wsf::wsclient {

struct Options {
  enum class Command { prompt, subscribe, verify, doctor, ping };
  Command command = Command::prompt;
  const Dialect* dialect = nullptr;  // what --protocol names; never null once read
  std::vector<std::string> pairs;    // of subscribe, verify and doctor with fx-rates
  std::string assessment;            // of the same with trading; "": none
  std::vector<std::string> symbols;  // of the same with quotes and quotes-patch
  std::string file;                  // of verify: a recording instead of a server, "-" is stdin
  ws::Url url;
  net::TlsFiles tls_files;
  std::shared_ptr<const net::ClientTls> tls;  // that they make, of a wss:// URL
  std::string token_file;
  std::string token;                                         // that it holds
  std::vector<std::pair<std::string, std::string>> headers;  // Origin and --header
  std::optional<std::uint64_t> count;
  std::optional<base::Duration> duration;
  std::chrono::nanoseconds timeout{};
  std::chrono::nanoseconds interval{};  // of ping
  bool compress = false;
  bool json = false;
  bool meta = false;
  bool snapshot = false;
  bool status = false;
  std::string fields;     // of quotes and quotes-patch; "": as the server has them
  bool compact = false;   // of quotes-patch
  bool document = false;  // of quotes-patch: show what the messages make, not the messages
  std::optional<double> max_rate_hz;
  bool reconnect = true;
  bool resume = true;
  bool frame = false;  // ping by WebSocket frames
};

// The options, or the code to end with (help shown, usage error told).
std::variant<Options, int> read_options(int argc, char** argv);

}  // namespace wsf::wsclient
