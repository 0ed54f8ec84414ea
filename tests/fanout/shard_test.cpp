// The hand-over between threads, on real sockets: run it under the thread sanitizer.

#include "fanout/shard.hpp"

#include "fanout/fx_rates/service.hpp"
#include "fanout/peer.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <set>

namespace wsf::fanout {
namespace {

constexpr int kPatienceMs = 20'000;

// The client's end of a connection that was handed to a shard.
class Peer {
 public:
  explicit Peer(Shard& shard) {
    int ends[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    fd_ = ends[0];
    shard.adopt(ends[1], {});
    say(upgrade_request());
    wait_for("\r\n\r\n");
    bytes_.erase(0, bytes_.find("\r\n\r\n") + 4);
  }
  ~Peer() { ::close(fd_); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  void say(std::string_view bytes) {
    ASSERT_EQ(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
  }
  void wait_for(std::string_view text) {
    while (bytes_.find(text) == std::string::npos) ASSERT_TRUE(read_more()) << "waiting for " << text;
  }
  std::vector<std::string> texts() const { return texts_in(bytes_); }

 private:
  bool read_more() {
    pollfd readable{fd_, POLLIN, 0};
    if (::poll(&readable, 1, kPatienceMs) != 1) return false;
    char part[4096];
    const ssize_t size = ::recv(fd_, part, sizeof part, 0);
    if (size <= 0) return false;
    bytes_.append(part, static_cast<std::size_t>(size));
    return true;
  }

  int fd_ = -1;
  std::string bytes_;
};

hub::SharedBatch batch_of(std::int64_t offset) {
  auto batch = std::make_shared<hub::UpdateBatch>();
  hub::Update& update = batch->updates.emplace_back();
  update.key = "EURUSD";
  update.payload = R"({"n":)" + std::to_string(offset) + "}";
  update.position = {0, offset};
  return batch;
}

class ShardTest : public testing::Test {
 protected:
  ShardTest() {
    for (auto* shard : {&one, &two}) {
      shard->show_to(view);
      shard->start();
    }
  }
  ~ShardTest() override {
    for (auto* shard : {&one, &two}) shard->drain(std::chrono::milliseconds{0});
  }
  void post(std::int64_t offset) {
    const hub::SharedBatch batch = batch_of(offset);
    for (auto* shard : {&one, &two}) {
      while (!shard->post(batch)) std::this_thread::yield();
    }
  }

  Options options;
  ServerState state;
  ServerView view{options, state};
  Pages pages{view};
  FxRatesService service{*options.fx_rates};
  Shard one{options, state, pages, {&service}};
  Shard two{options, state, pages, {&service}};
};

TEST_F(ShardTest, batches_from_the_feeds_thread_reach_the_clients_of_every_shard_in_order) {
  Peer first(one);
  Peer second(two);
  for (Peer* peer : {&first, &second}) {
    peer->say(client_text(R"({"action":"subscribe","currencyPairs":["EURUSD"]})"));
    peer->wait_for("subscribed");
  }
  constexpr std::int64_t kEvents = 2'000;
  std::thread feed([this] {
    for (std::int64_t offset = 1; offset <= kEvents; ++offset) post(offset);
  });
  for (Peer* peer : {&first, &second}) {
    peer->wait_for(R"("n":2000})");
    const std::vector<std::string> texts = peer->texts();
    ASSERT_EQ(texts.size(), 2u + kEvents);
    EXPECT_EQ(texts[2], R"({"type":"rateUpdate","event":{"n":1}})");
    EXPECT_EQ(texts[1'001], R"({"type":"rateUpdate","event":{"n":1000}})");
  }
  feed.join();
}

TEST_F(ShardTest, counters_are_read_while_shards_write_them) {
  Peer peer(one);
  ws::HttpRequest request;
  request.path = "/metrics";
  for (std::int64_t offset = 1; offset <= 100; ++offset) {
    post(offset);
    EXPECT_EQ(pages.answer(request).status, 200);
  }
}

// The shard that accepts may be running before the next one is.
TEST_F(ShardTest, a_socket_may_be_handed_over_while_the_shard_starts) {
  Shard starting{options, state, pages, {&service}};
  std::thread other([&starting] { Peer peer(starting); });
  starting.start();
  other.join();
  starting.drain(std::chrono::milliseconds{0});
}

TEST_F(ShardTest, a_drain_closes_every_session_with_1012_and_ends_the_thread) {
  Peer peer(one);
  one.drain(std::chrono::milliseconds{0});
  peer.wait_for("service restart");
  EXPECT_EQ(peer.texts().back(), "close 1012");
}

}  // namespace
}  // namespace wsf::fanout
