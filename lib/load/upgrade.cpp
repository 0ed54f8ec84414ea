#include "load/upgrade.hpp"

#include "base/trimmed.hpp"
#include "ws/http_request.hpp"
#include "ws/permessage_deflate.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <optional>

namespace wsf::load {
namespace {

constexpr std::string_view kVersion = "HTTP/1.1 ";

bool same_letters(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

// The value of the first header of that name; empty where there is none.
std::string_view header(std::string_view head, std::string_view name) {
  for (std::size_t at = head.find("\r\n"); at != head.npos; at = head.find("\r\n", at)) {
    at += 2;
    const std::string_view line = head.substr(at, head.find("\r\n", at) - at);
    const std::size_t colon = line.find(':');
    if (colon != line.npos && same_letters(line.substr(0, colon), name)) return base::trimmed(line.substr(colon + 1));
  }
  return {};
}

UpgradeAnswer refused(base::Exit exit, std::string why) {
  return {UpgradeAnswer::Kind::refused, 0, exit, 0, std::move(why)};
}

std::string offer_of(Compress compress) {
  if (compress == Compress::off) return {};
  return fmt::format("Sec-WebSocket-Extensions: {}\r\n",
                     compress == Compress::shared ? ws::kDeflateOffer : ws::kTakeoverOffer);
}

// What later messages may refer back to; std::nullopt: the answer does not fit what was offered.
std::optional<std::size_t> window_of(std::string_view answer, Compress compress) {
  if (compress == Compress::takeover) return ws::judge_takeover_answer(answer);
  const auto wanted = compress == Compress::shared ? ws::DeflateAnswer::granted : ws::DeflateAnswer::none;
  return ws::judge_deflate_answer(answer) == wanted ? std::optional<std::size_t>(0) : std::nullopt;
}

std::string printable(std::string_view text) {
  std::string out(text.substr(0, 80));
  std::replace_if(
      out.begin(), out.end(), [](unsigned char c) { return c < 0x20 || c > 0x7e; }, '?');
  return out;
}

}  // namespace

std::string upgrade_key(std::uint64_t high, std::uint64_t low) {
  std::array<unsigned char, 16> nonce{};
  std::memcpy(nonce.data(), &high, 8);
  std::memcpy(nonce.data() + 8, &low, 8);
  std::array<unsigned char, 25> out{};  // the library ends it with a NUL
  const int length = EVP_EncodeBlock(out.data(), nonce.data(), static_cast<int>(nonce.size()));
  return {reinterpret_cast<const char*>(out.data()), static_cast<std::size_t>(length)};
}

std::string upgrade_request(const ws::Url& url, std::string_view key, Compress compress, std::string_view token) {
  return fmt::format(
      "GET {} HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {}\r\n"
      "Sec-WebSocket-Version: 13\r\nUser-Agent: wsload\r\n{}{}\r\n",
      url.target, url.authority(), key,
      token.empty() ? std::string() : fmt::format("Authorization: Bearer {}\r\n", token), offer_of(compress));
}

UpgradeAnswer judge_upgrade(std::string_view bytes, std::string_view key, Compress compress) {
  const std::size_t known = std::min(bytes.size(), kVersion.size() - 2);  // HTTP/1.0 is an answer, too
  if (bytes.substr(0, known) != kVersion.substr(0, known)) {
    return refused(base::Exit::cannot_connect, "it does not speak HTTP");
  }
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == bytes.npos) {
    if (bytes.size() < kMaxAnswerBytes) return {};
    return refused(base::Exit::cannot_connect, "its answer has no end");
  }
  const std::string_view head = bytes.substr(0, end + 2);
  const std::string_view line = head.substr(0, head.find("\r\n"));
  const std::string_view status = line.substr(std::min(line.size(), kVersion.size()));
  if (status.empty()) return refused(base::Exit::cannot_connect, "its answer has no status");
  if (!status.starts_with("101")) {
    const bool not_let_in = status.starts_with("401") || status.starts_with("403");
    return refused(not_let_in ? base::Exit::refused : base::Exit::cannot_connect, printable(status));
  }
  if (header(head, "Sec-WebSocket-Accept") != ws::accept_key(key)) {
    return refused(base::Exit::cannot_connect, "its 101 has a wrong Sec-WebSocket-Accept");
  }
  const auto window_bytes = window_of(header(head, "Sec-WebSocket-Extensions"), compress);
  if (!window_bytes) {
    return refused(base::Exit::cannot_connect,
                   compress == Compress::off ? "it names an extension unasked" : "it does not compress as offered");
  }
  return {UpgradeAnswer::Kind::accepted, end + 4, base::Exit::ok, *window_bytes, {}};
}

}  // namespace wsf::load
