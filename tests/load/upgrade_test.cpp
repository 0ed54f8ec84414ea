#include "load/upgrade.hpp"

#include "ws/permessage_deflate.hpp"

#include <gtest/gtest.h>

namespace wsf::load {
namespace {

using Kind = UpgradeAnswer::Kind;

constexpr const char* kKey = "dGhlIHNhbXBsZSBub25jZQ==";  // RFC 6455 section 1.3
constexpr const char* kGood =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nsec-websocket-accept:  s3pPLMBiTxaQ9kYGzzhZRbK+xOo= "
    "\r\n\r\n";

TEST(Upgrade, accepts_the_answer_of_the_rfc_and_tells_where_frames_begin) {
  const auto answer = judge_upgrade(std::string(kGood) + "\x81", kKey);
  EXPECT_EQ(answer.kind, Kind::accepted);
  EXPECT_EQ(answer.head_bytes, std::string(kGood).size());
}

TEST(Upgrade, waits_for_the_rest_of_an_answer_in_pieces) {
  const std::string good = kGood;
  for (std::size_t size = 0; size < good.size(); size++) {
    EXPECT_EQ(judge_upgrade(good.substr(0, size), kKey).kind, Kind::need_more) << size;
  }
}

TEST(Upgrade, tells_a_refusal_from_a_place_without_websockets) {
  const auto exit_of = [](const std::string& status) {
    return judge_upgrade("HTTP/1.1 " + status + "\r\n\r\n", kKey).exit;
  };
  EXPECT_EQ(exit_of("401 Unauthorized"), base::Exit::refused);
  EXPECT_EQ(exit_of("403 Forbidden"), base::Exit::refused);
  EXPECT_EQ(exit_of("404 Not Found"), base::Exit::cannot_connect);
  EXPECT_EQ(exit_of("200 OK"), base::Exit::cannot_connect);
}

TEST(Upgrade, refuses_what_is_not_http_at_its_first_wrong_byte) {
  EXPECT_EQ(judge_upgrade("SSH-2.0-", kKey).kind, Kind::refused);
  EXPECT_EQ(judge_upgrade("HTTX", kKey).kind, Kind::refused);
}

TEST(Upgrade, refuses_an_answer_without_a_status) {
  const auto answer = judge_upgrade("HTTP/1.\r\n\r\n", kKey);
  EXPECT_EQ(answer.kind, Kind::refused);
  EXPECT_FALSE(answer.why.empty());
}

TEST(Upgrade, refuses_a_101_for_another_key) {
  EXPECT_EQ(judge_upgrade(kGood, "AAAAAAAAAAAAAAAAAAAAAA==").kind, Kind::refused);
}

TEST(Upgrade, insists_on_the_compression_that_it_offers) {
  EXPECT_NE(upgrade_request({}, kKey, Compress::shared).find("\r\nSec-WebSocket-Extensions: permessage-deflate; "),
            std::string::npos);
  EXPECT_EQ(upgrade_request({}, kKey).find("Extensions"), std::string::npos);
  std::string agreed = kGood;
  agreed.insert(agreed.size() - 2, "Sec-WebSocket-Extensions: " + std::string(ws::kDeflateOffer) + "\r\n");
  EXPECT_EQ(judge_upgrade(agreed, kKey, Compress::shared).kind, Kind::accepted);
  EXPECT_EQ(judge_upgrade(kGood, kKey, Compress::shared).kind, Kind::refused);
  EXPECT_EQ(judge_upgrade(agreed, kKey).kind, Kind::refused);
}

TEST(Upgrade, takes_a_window_only_as_large_as_it_offers_to_keep) {
  EXPECT_NE(upgrade_request({}, kKey, Compress::takeover).find("server_max_window_bits=12"), std::string::npos);
  const auto window_of = [](const std::string& terms) {
    std::string answer = kGood;
    answer.insert(answer.size() - 2, "Sec-WebSocket-Extensions: permessage-deflate" + terms + "\r\n");
    const auto judged = judge_upgrade(answer, kKey, Compress::takeover);
    return judged.kind == Kind::accepted ? static_cast<int>(judged.window_bytes) : -1;
  };
  EXPECT_EQ(window_of("; server_max_window_bits=12"), 4096);
  EXPECT_EQ(window_of("; server_max_window_bits=10; client_no_context_takeover"), 1024);
  EXPECT_EQ(window_of("; server_max_window_bits=12; server_no_context_takeover"), 0);
  EXPECT_EQ(window_of("; server_max_window_bits=15"), -1);
  EXPECT_EQ(window_of(""), -1);
  EXPECT_EQ(judge_upgrade(kGood, kKey, Compress::takeover).kind, Kind::refused);
}

TEST(Upgrade, refuses_an_endless_head) {
  EXPECT_EQ(judge_upgrade("HTTP/1.1 101 x\r\n" + std::string(kMaxAnswerBytes, 'a'), kKey).kind, Kind::refused);
}

TEST(Upgrade, makes_a_key_of_16_bytes) {
  EXPECT_EQ(upgrade_key(1, 2).size(), 24u);
}

}  // namespace
}  // namespace wsf::load
