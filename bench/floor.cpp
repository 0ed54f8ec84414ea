// floor: the least that a fan-out from Kafka to WebSocket clients can do, as a yardstick for wsfanout. One thread,
// one epoll set, one frame for each event, one send() for each subscriber and event. What a service needs and this
// leaves out: limits, timers, pings, checks of the events, UTF-8, fragments, close handshakes, backlogs (a socket
// that cannot take a whole frame gets its rest later and misses the events until then), counters, logs.
//
//   floor PORT BROKERS TOPIC     serves ws://127.0.0.1:PORT with the fx-rates messages, from the topic's current end
#include <fcntl.h>
#include <librdkafka/rdkafka.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
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

[[noreturn]] void die(const std::string& what) {
  std::fprintf(stderr, "floor: %s\n", what.c_str());
  std::exit(1);
}

std::string text_frame(std::string_view payload) {
  std::string frame(1, '\x81');
  const std::size_t size = payload.size();
  if (size < 126) {
    frame += static_cast<char>(size);
  } else if (size <= 0xFFFF) {
    frame += '\x7e';
    for (const int shift : {8, 0}) frame += static_cast<char>(size >> shift & 0xFF);
  } else {
    frame += '\x7f';
    for (int shift = 56; shift >= 0; shift -= 8) frame += static_cast<char>(size >> shift & 0xFF);
  }
  return frame.append(payload);
}

std::string accept_value(std::string_view key) {
  const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455 section 1.3
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  std::array<unsigned char, 32> base64{};
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  EVP_EncodeBlock(base64.data(), digest.data(), SHA_DIGEST_LENGTH);
  return reinterpret_cast<const char*>(base64.data());
}

void set(rd_kafka_conf_t* conf, const char* name, const char* value) {
  char error[256];
  if (rd_kafka_conf_set(conf, name, value, error, sizeof error) != RD_KAFKA_CONF_OK) die(error);
}

rd_kafka_t* open_consumer(const char* brokers) {
  char error[256];
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  set(conf, "bootstrap.servers", brokers);
  set(conf, "group.id", "floor");
  set(conf, "enable.auto.commit", "false");
  set(conf, "socket.nagle.disable", "true");
  set(conf, "fetch.error.backoff.ms", "5");
  rd_kafka_t* consumer = rd_kafka_new(RD_KAFKA_CONSUMER, conf, error, sizeof error);
  if (consumer == nullptr) die(error);
  rd_kafka_poll_set_consumer(consumer);
  return consumer;
}

// All partitions, each from the end it has now.
void assign_from_end(rd_kafka_t* consumer, const char* name) {
  rd_kafka_topic_t* topic = rd_kafka_topic_new(consumer, name, nullptr);
  const rd_kafka_metadata_t* metadata = nullptr;
  if (rd_kafka_metadata(consumer, 0, topic, &metadata, 10'000) != RD_KAFKA_RESP_ERR_NO_ERROR) die("no metadata");
  if (metadata->topic_cnt != 1 || metadata->topics[0].partition_cnt == 0) die(std::string("no topic ") + name);
  const int partitions = metadata->topics[0].partition_cnt;
  rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(partitions);
  for (int i = 0; i < partitions; i++) {
    std::int64_t low = 0, high = 0;
    rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR__STATE;
    for (int tries = 0; error != RD_KAFKA_RESP_ERR_NO_ERROR; tries++) {  // a new topic has no leader for a moment
      if (tries == 50) die(std::string("no end of the log: ") + rd_kafka_err2str(error));
      if (tries > 0) usleep(100'000);
      error = rd_kafka_query_watermark_offsets(consumer, name, i, &low, &high, 10'000);
    }
    rd_kafka_topic_partition_list_add(list, name, i)->offset = high;
  }
  if (rd_kafka_assign(consumer, list) != RD_KAFKA_RESP_ERR_NO_ERROR) die("cannot assign");
  rd_kafka_topic_partition_list_destroy(list);
  rd_kafka_metadata_destroy(metadata);
  rd_kafka_topic_destroy(topic);
}

struct Client {
  std::unique_ptr<std::string> in, tail;  // an unfinished request or frame; what the socket did not take
  bool open = false, upgraded = false;
};

class Floor {
 public:
  Floor(std::uint16_t port, rd_kafka_t* consumer) : consumer_(consumer) {
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    listen_on(port);
    wake_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    watch(EPOLL_CTL_ADD, wake_, EPOLLIN);
    const std::uint64_t one = 1;
    rd_kafka_queue_io_event_enable(rd_kafka_queue_get_consumer(consumer), wake_, &one, sizeof one);
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

  void fan_out() {
    while (rd_kafka_message_t* message = rd_kafka_consumer_poll(consumer_, 0)) {
      if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR && message->payload != nullptr) {
        pair_.assign(static_cast<const char*>(message->key), message->key_len);
        if (const auto found = subscribers_.find(pair_); found != subscribers_.end()) {
          text_ = R"({"type":"rateUpdate","event":)";
          text_.append(static_cast<const char*>(message->payload), message->len) += '}';
          const std::string frame = text_frame(text_);
          for (const int fd : found->second) put(fd, frame);
        }
      }
      rd_kafka_message_destroy(message);
    }
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
      subscribers_[std::string(message.substr(at + 1, close - at - 1))].push_back(fd);
      at = close;
    }
    put(fd, text_frame(R"({"type":"subscribed"})"));
  }

  void drop(int fd) {
    for (auto& [pair, fds] : subscribers_) fds.erase(std::remove(fds.begin(), fds.end(), fd), fds.end());
    client(fd) = Client{};
    close(fd);
  }

  rd_kafka_t* consumer_;
  int epoll_ = -1, listener_ = -1, wake_ = -1;
  std::vector<Client> clients_;  // by descriptor
  std::unordered_map<std::string, std::vector<int>> subscribers_;
  std::string pair_, text_;
  std::vector<char> buffer_ = std::vector<char>(65'536);
};

void raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) die("usage: floor PORT BROKERS TOPIC");
  raise_descriptor_limit();
  rd_kafka_t* consumer = open_consumer(argv[2]);
  assign_from_end(consumer, argv[3]);
  Floor floor(static_cast<std::uint16_t>(std::atoi(argv[1])), consumer);
  std::fprintf(stderr, "listening on 127.0.0.1:%s\n", argv[1]);
  floor.run();
}
