// floor: the least that a fan-out from Kafka to WebSocket clients can do, as a yardstick for wsfanout. One thread,
// one epoll set, one frame for each event, one send() for each subscriber and event. What a service needs and this
// leaves out: limits, timers, pings, checks of the events, UTF-8, fragments, close handshakes, backlogs (a socket
// that cannot take a whole frame gets its rest later and misses the events until then), counters, logs.
//
//   floor PORT BROKERS TOPIC            serves ws://127.0.0.1:PORT with the fx-rates messages, from the topic's end
//   floor PORT BROKERS TOPIC --joined   one send() for each subscriber and pair: the events of a pair that wait
//                                       together leave together
#include "kafka_feed.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace {

using yardstick::die;

void append_text_frame(std::string& out, std::string_view payload) {
  out += '\x81';
  const std::size_t size = payload.size();
  if (size < 126) {
    out += static_cast<char>(size);
  } else if (size <= 0xFFFF) {
    out += '\x7e';
    for (const int shift : {8, 0}) out += static_cast<char>(size >> shift & 0xFF);
  } else {
    out += '\x7f';
    for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(size >> shift & 0xFF);
  }
  out.append(payload);
}

std::string text_frame(std::string_view payload) {
  std::string frame;
  append_text_frame(frame, payload);
  return frame;
}

std::string accept_value(std::string_view key) {
  const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455 section 1.3
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  std::array<unsigned char, 32> base64{};
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  EVP_EncodeBlock(base64.data(), digest.data(), SHA_DIGEST_LENGTH);
  return reinterpret_cast<const char*>(base64.data());
}

struct Client {
  std::unique_ptr<std::string> in, tail;  // an unfinished request or frame; what the socket did not take
  bool open = false, upgraded = false;
};

struct Pair {
  std::vector<int> subscribers;
  std::string waiting;  // frames for all of them, with --joined
};

class Floor {
 public:
  Floor(std::uint16_t port, rd_kafka_t* consumer, bool joined)
      : queue_(rd_kafka_queue_get_consumer(consumer)), joined_(joined) {
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    listen_on(port);
    wake_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    watch(EPOLL_CTL_ADD, wake_, EPOLLIN);
    const std::uint64_t one = 1;
    rd_kafka_queue_io_event_enable(queue_, wake_, &one, sizeof one);
  }

  [[noreturn]] void run() {
    std::array<epoll_event, 512> events{};
    fan_out();  // the queue wakes only when it stops being empty
    for (;;) {
      const int ready = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < ready; i++) on_event(events[static_cast<std::size_t>(i)]);
    }
  }

 private:
  void listen_on(std::uint16_t port) {
    const int one = 1;
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    setsockopt(listener_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);  // accepted sockets inherit it
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || listen(listener_, 4096) != 0) {
      die("cannot listen on port " + std::to_string(port) + ": " + std::strerror(errno));
    }
    watch(EPOLL_CTL_ADD, listener_, EPOLLIN);
  }

  void watch(int operation, int fd, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    epoll_ctl(epoll_, operation, fd, &event);
  }

  Client& client(int fd) { return clients_[static_cast<std::size_t>(fd)]; }

  void on_event(const epoll_event& event) {
    const int fd = event.data.fd;
    if (fd == wake_) return on_wake();
    if (fd == listener_) return accept_all();
    if ((event.events & EPOLLOUT) != 0) flush_tail(fd);
    if ((event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) on_readable(fd);
  }

  void on_wake() {
    std::uint64_t count = 0;
    if (read(wake_, &count, sizeof count) > 0) fan_out();
  }

  // All that waits. Under overload the queue never empties while frames are sent one by one; that is as it should be:
  // clients that only listen need no other attention.
  void fan_out() {
    while (const std::size_t count = take_batch()) {
      for (std::size_t i = 0; i < count; i++) {
        if (yardstick::is_event(*batch_[i])) fan_out(*batch_[i]);
        rd_kafka_message_destroy(batch_[i]);
      }
      if (joined_ && count < batch_.size()) send_joined();
    }
  }

  std::size_t take_batch() {
    return static_cast<std::size_t>(
        std::max<ssize_t>(0, rd_kafka_consume_batch_queue(queue_, 0, batch_.data(), batch_.size())));
  }

  void fan_out(const rd_kafka_message_t& message) {
    pair_.assign(yardstick::pair_of(message));
    const auto found = pairs_.find(pair_);
    if (found == pairs_.end()) return;
    yardstick::write_update(text_, yardstick::event_of(message));
    Pair& pair = found->second;
    if (joined_) {
      if (pair.waiting.empty()) touched_.push_back(&pair);
      append_text_frame(pair.waiting, text_);
      return;
    }
    frame_.clear();
    append_text_frame(frame_, text_);
    for (const int fd : pair.subscribers) put(fd, frame_);
  }

  void send_joined() {
    for (Pair* pair : touched_) {
      for (const int fd : pair->subscribers) put(fd, pair->waiting);
      pair->waiting.clear();
    }
    touched_.clear();
  }

  void put(int fd, std::string_view bytes) {
    Client& to = client(fd);
    if (to.tail) return;
    const ssize_t sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 || sent == static_cast<ssize_t>(bytes.size())) return;
    to.tail = std::make_unique<std::string>(bytes.substr(static_cast<std::size_t>(sent)));
    watch(EPOLL_CTL_MOD, fd, EPOLLIN | EPOLLOUT);
  }

  void flush_tail(int fd) {
    Client& to = client(fd);
    if (!to.tail) return;
    const ssize_t sent = send(fd, to.tail->data(), to.tail->size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) to.tail->erase(0, static_cast<std::size_t>(sent));
    if (!to.tail->empty()) return;
    to.tail.reset();
    watch(EPOLL_CTL_MOD, fd, EPOLLIN);
  }

  void accept_all() {
    for (int fd; (fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
      if (static_cast<std::size_t>(fd) >= clients_.size()) clients_.resize(static_cast<std::size_t>(fd) + 1);
      client(fd) = Client{};
      client(fd).open = true;
      watch(EPOLL_CTL_ADD, fd, EPOLLIN);
    }
  }

  void on_readable(int fd) {
    const ssize_t got = recv(fd, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return drop(fd);
    Client& from = client(fd);
    std::string_view bytes(buffer_.data(), static_cast<std::size_t>(got));
    if (from.in) bytes = from.in->append(bytes);
    const std::size_t used = from.upgraded ? take_frames(fd, bytes) : take_request(fd, bytes);
    if (!client(fd).open) return;
    if (used == bytes.size()) {
      from.in.reset();
    } else {
      from.in = std::make_unique<std::string>(bytes.substr(used));
    }
  }

  std::size_t take_request(int fd, std::string_view bytes) {
    const std::size_t end = bytes.find("\r\n\r\n"), key = bytes.find("Sec-WebSocket-Key: ");
    if (end == bytes.npos || key == bytes.npos) return 0;
    const std::size_t from = key + 19;
    client(fd).upgraded = true;
    put(fd,
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
            accept_value(bytes.substr(from, bytes.find("\r\n", from) - from)) + "\r\n\r\n" +
            text_frame(R"({"type":"connected"})"));
    return end + 4;
  }

  // Masked frames of at most 64 KiB, not fragmented: all that the load clients send.
  std::size_t take_frames(int fd, std::string_view bytes) {
    std::size_t at = 0;
    for (;;) {
      const auto* p = reinterpret_cast<const unsigned char*>(bytes.data()) + at;
      const std::size_t have = bytes.size() - at;
      if (have < 6) return at;
      std::size_t size = p[1] & 0x7F, head = 2;
      if (size == 126 && have >= 8) {
        size = static_cast<std::size_t>(p[2] << 8 | p[3]);
        head = 4;
      }
      if (have < head + 4 + size) return at;
      if ((p[0] & 0x0F) == 8) {
        drop(fd);
        return bytes.size();
      }
      text_.assign(bytes.substr(at + head + 4, size));
      for (std::size_t i = 0; i < size; i++) text_[i] = static_cast<char>(text_[i] ^ p[head + (i & 3)]);
      subscribe(fd, text_);
      at += head + 4 + size;
    }
  }

  void subscribe(int fd, std::string_view message) {
    std::size_t at = message.find("\"currencyPairs\":[");
    if (at == message.npos) return;
    const std::size_t end = message.find(']', at);
    for (at = message.find('[', at); (at = message.find('"', at + 1)) < end;) {
      const std::size_t close = message.find('"', at + 1);
      pairs_[std::string(message.substr(at + 1, close - at - 1))].subscribers.push_back(fd);
      at = close;
    }
    put(fd, text_frame(R"({"type":"subscribed"})"));
  }

  void drop(int fd) {
    for (auto& [name, pair] : pairs_) std::erase(pair.subscribers, fd);
    client(fd) = Client{};
    close(fd);
  }

  rd_kafka_queue_t* queue_;
  const bool joined_;
  std::array<rd_kafka_message_t*, 256> batch_{};
  int epoll_ = -1, listener_ = -1, wake_ = -1;
  std::vector<Client> clients_;  // by descriptor
  std::unordered_map<std::string, Pair> pairs_;
  std::vector<Pair*> touched_;  // those with waiting frames
  std::string pair_, text_, frame_;
  std::vector<char> buffer_ = std::vector<char>(65'536);
};

}  // namespace

int main(int argc, char** argv) {
  const bool joined = argc == 5 && std::string_view(argv[4]) == "--joined";
  if (argc != 4 && !joined) die("usage: floor PORT BROKERS TOPIC [--joined]");
  yardstick::raise_descriptor_limit();
  rd_kafka_t* consumer = yardstick::consume_from_end(argv[2], argv[3]);
  Floor floor(static_cast<std::uint16_t>(std::atoi(argv[1])), consumer, joined);
  std::fprintf(stderr, "listening on 127.0.0.1:%s\n", argv[1]);
  floor.run();
}
