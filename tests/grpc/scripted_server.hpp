#pragma once
// A MarketDataService that says what a test tells it to, and remembers what it was asked.

#include "grpc/quote_upstream.hpp"

#include <memory>
#include <string>
#include <vector>

namespace wsf::grpc {

class ScriptedServer {
 public:
  struct Tls {
    std::string certificate, key;  // PEM
  };
  ScriptedServer() : ScriptedServer(Tls{}) {}
  explicit ScriptedServer(const Tls& tls);  // listens on a free port of loopback
  ~ScriptedServer();

  UpstreamOptions options() const;  // to reach it, impatient
  void stop();
  void start();  // again, on the same port

  // For streams that come from now on.
  void greet();  // with headers at once; else they come with the first message, as grpcio has it
  void refuse(int status_code, const std::string& message);
  void welcome();

  // On the newest stream, which has to stand.
  void quote(const std::string& symbol, double price);
  void say(const std::string& type, const std::string& symbol, const std::string& message);
  void end_stream();  // with OK

  // "subscribe A,B", of all streams, symbols sorted; streams as "user_id authorization".
  bool wait_for_requests(std::size_t count);
  bool wait_for_streams(std::size_t count);
  std::vector<std::string> requests() const;
  std::vector<std::string> streams() const;

 private:
  class Service;
  std::unique_ptr<Service> service_;
};

}  // namespace wsf::grpc
