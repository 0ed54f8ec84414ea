#pragma once
// A client of MarketDataService as its users write them: blocking calls. Each has a deadline, so that a test that
// waits for what never comes fails. What it has not read is a few kilobytes, then the server has to wait.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace wsf::grpc {

struct ClientOptions {
  std::uint16_t port = 0;
  std::string user{};
  std::string token{};
  std::string roots{};  // PEM; "": plaintext
};

class StreamClient {
 public:
  explicit StreamClient(const ClientOptions& options);
  ~StreamClient();  // cancels

  void ask(const std::string& action, const std::vector<std::string>& symbols);
  void ask_raw(const std::string& bytes);
  void half_close();
  std::string next();  // "AAPL 150.25", "heartbeat", "error AAPL: why"; "end"
  std::vector<std::string> next(std::size_t count);
  std::string finish();  // what is left is read; then "0 ", "8 slow consumer"

 private:
  struct Call;
  std::unique_ptr<Call> call_;
};

// "AAPL 150.25 -1 -0.5 17", or "5 no quote".
std::string get_market_data(const ClientOptions& options, const std::string& symbol);
// "AAPL MSFT": what came.
std::string get_batch(const ClientOptions& options, const std::vector<std::string>& symbols);
// "serving", "not serving", or the status.
std::string health(const ClientOptions& options, const std::string& service);

}  // namespace wsf::grpc
