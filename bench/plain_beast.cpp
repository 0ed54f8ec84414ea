// plain_beast: what one writes with Boost.Beast in an afternoon, as a second yardstick beside the floor: a
// websocket::stream, a queue of shared strings and one async_write at a time for each client, a thread that reads
// Kafka and posts each event to the one thread of the io_context. Beast's suggested timeouts are on; nothing bounds
// the queue of a client that does not read.
//
//   plain_beast PORT BROKERS TOPIC     serves ws://127.0.0.1:PORT with the fx-rates messages, from the topic's end
#include "kafka_feed.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::asio::ip::tcp;
using Text = std::shared_ptr<const std::string>;

constexpr int kReadTimeoutMs = 1000;

class Client;
using Subscribers = std::unordered_map<std::string, std::unordered_set<Client*>>;

class Client : public std::enable_shared_from_this<Client> {
 public:
  Client(tcp::socket socket, Subscribers& subscribers) : stream_(std::move(socket)), subscribers_(subscribers) {}
  ~Client() {
    for (const std::string& pair : pairs_) subscribers_[pair].erase(this);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void start() {
    stream_.set_option(beast::websocket::stream_base::timeout::suggested(beast::role_type::server));
    stream_.async_accept([self = shared_from_this()](beast::error_code error) {
      if (!error) self->on_accept();
    });
  }

  void send(Text text) {
    waiting_.push_back(std::move(text));
    if (waiting_.size() == 1) write();
  }

 private:
  void on_accept() {
    stream_.text(true);
    send(std::make_shared<const std::string>(R"({"type":"connected"})"));
    read();
  }

  void read() {
    stream_.async_read(buffer_, [self = shared_from_this()](beast::error_code error, std::size_t) {
      if (!error) self->on_message();
    });
  }

  void on_message() {
    const auto message = nlohmann::json::parse(beast::buffers_to_string(buffer_.data()), nullptr, false);
    buffer_.consume(buffer_.size());
    if (message.is_object() && message.value("action", "") == "subscribe") {
      for (const auto& pair : message.value("currencyPairs", std::vector<std::string>())) {
        if (subscribers_[pair].insert(this).second) pairs_.push_back(pair);
      }
      send(std::make_shared<const std::string>(R"({"type":"subscribed"})"));
    }
    read();
  }

  void write() {
    stream_.async_write(asio::buffer(*waiting_.front()),
                        [self = shared_from_this()](beast::error_code error, std::size_t) {
                          if (!error) self->on_written();
                        });
  }

  void on_written() {
    waiting_.pop_front();
    if (!waiting_.empty()) write();
  }

  beast::websocket::stream<beast::tcp_stream> stream_;
  Subscribers& subscribers_;
  beast::flat_buffer buffer_;
  std::deque<Text> waiting_;
  std::vector<std::string> pairs_;
};

class Server {
 public:
  Server(asio::io_context& io, std::uint16_t port)
      : acceptor_(io, tcp::endpoint(asio::ip::address_v4::loopback(), port), true) {
    acceptor_.listen(4096);
    accept();
  }

  void publish(const std::string& pair, const Text& text) {
    const auto found = subscribers_.find(pair);
    if (found == subscribers_.end()) return;
    for (Client* client : found->second) client->send(text);
  }

 private:
  void accept() {
    acceptor_.async_accept([this](beast::error_code error, tcp::socket socket) {
      if (!error) {
        socket.set_option(tcp::no_delay(true));
        std::make_shared<Client>(std::move(socket), subscribers_)->start();
      }
      accept();
    });
  }

  Subscribers subscribers_;  // outlives the clients that the io_context holds no longer
  tcp::acceptor acceptor_;
};

[[noreturn]] void read_kafka(rd_kafka_t* consumer, asio::io_context& io, Server& server) {
  for (;;) {
    rd_kafka_message_t* message = rd_kafka_consumer_poll(consumer, kReadTimeoutMs);
    if (message == nullptr) continue;
    if (yardstick::is_event(*message)) {
      std::string text;
      yardstick::write_update(text, yardstick::event_of(*message));
      asio::post(io,
                 [&server, pair = std::string(yardstick::pair_of(*message)),
                  shared = std::make_shared<const std::string>(std::move(text))] { server.publish(pair, shared); });
    }
    rd_kafka_message_destroy(message);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) yardstick::die("usage: plain_beast PORT BROKERS TOPIC");
  yardstick::raise_descriptor_limit();
  rd_kafka_t* consumer = yardstick::consume_from_end(argv[2], argv[3]);
  asio::io_context io(1);
  Server server(io, static_cast<std::uint16_t>(std::atoi(argv[1])));
  std::thread([&] { read_kafka(consumer, io, server); }).detach();
  std::fprintf(stderr, "listening on 127.0.0.1:%s\n", argv[1]);
  io.run();
}
