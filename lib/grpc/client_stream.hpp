#pragma once
// One StreamQuotes stream on a connection of its own, from its start to its end; another attempt is another
// ClientStream. One thread owns it. For this folder's .cpp files only.

#include "grpc/quote_messages.hpp"
#include "grpc/quote_upstream.hpp"
#include "grpc/stream_inbox.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace wsf::grpc {

// The characters that a header's value may have (gRPC over HTTP/2, "ASCII-Value"). The library aborts on others.
bool fits_header(std::string_view text);

class ClientStream {
 public:
  // How long a server that ends the stream may take to say why.
  static constexpr std::chrono::milliseconds kLastWords{1'000};

  // Begins to connect. What becomes of it comes to the inbox, which holds nothing of an older stream. `roots`: PEM,
  // empty for the system's; `token` may be empty, and fits a header.
  ClientStream(const UpstreamOptions& options, const std::string& roots, const std::string& token,
               std::shared_ptr<StreamInbox> inbox);
  ~ClientStream();  // after end()
  ClientStream(const ClientStream&) = delete;
  ClientStream& operator=(const ClientStream&) = delete;

  // One at a time: the next after `written`.
  void ask(const StreamRequest& request);
  // After `read_held`, once what waited has been taken.
  void read_on();
  // Whether the connection stands.
  bool connected() const;

  // Ends the stream if it has not ended (`broken`), and waits until the library has let go of it. Returns why it
  // ended, in the server's words or the library's.
  std::string end(bool broken);

 private:
  class Reactor;
  std::unique_ptr<Reactor> reactor_;
};

}  // namespace wsf::grpc
