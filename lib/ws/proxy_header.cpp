#include "ws/proxy_header.hpp"

#include <algorithm>
#include <vector>

namespace wsf::ws {
namespace {

using State = ProxyHeader::State;

constexpr std::string_view kWord = "PROXY ";
constexpr std::size_t kMaxLine = 107;  // of version 1, its end included
constexpr std::string_view kSignature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::size_t kFixedBytes = 16;  // of version 2
constexpr unsigned kLocal = 0x20, kProxied = 0x21;
constexpr unsigned kTcp4 = 0x11, kTcp6 = 0x21;
constexpr std::size_t kTcp4Bytes = 12, kTcp6Bytes = 36;  // two addresses, two ports

ProxyHeader malformed() {
  return {.state = State::malformed};
}

bool may_become(std::string_view bytes, std::string_view begin) {
  return bytes.substr(0, begin.size()) == begin.substr(0, bytes.size());
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> out;
  for (std::size_t blank = line.find(' '); blank != line.npos; blank = line.find(' ')) {
    out.push_back(line.substr(0, blank));
    line.remove_prefix(blank + 1);
  }
  out.push_back(line);
  return out;
}

bool is_port(std::string_view word) {
  const bool digits = std::ranges::all_of(word, [](char c) { return c >= '0' && c <= '9'; });
  return digits && !word.empty() && word.size() <= 5;
}

// "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443"
ProxyHeader read_line(std::string_view line) {
  ProxyHeader out{.state = State::complete, .bytes = line.size() + 2};
  const std::vector<std::string_view> words = words_of(line);
  if (words.size() >= 2 && words[1] == "UNKNOWN") return out;
  if (words.size() != 6 || (words[1] != "TCP4" && words[1] != "TCP6")) return malformed();
  const auto source = parse_ip(words[2]);
  const auto destination = parse_ip(words[3]);
  const bool v4 = words[1] == "TCP4";
  const bool both = source && destination && (words[2].find(':') == words[2].npos) == v4 &&
                    (words[3].find(':') == words[3].npos) == v4;
  if (!both || !is_port(words[4]) || !is_port(words[5])) return malformed();
  out.source = source;
  return out;
}

ProxyHeader read_version_1(std::string_view bytes) {
  const std::size_t end = bytes.substr(0, kMaxLine).find("\r\n");
  if (end != bytes.npos) return read_line(bytes.substr(0, end));
  return bytes.size() < kMaxLine ? ProxyHeader{} : malformed();
}

std::optional<IpAddress> source_of(unsigned family, std::string_view addresses) {
  const auto unsigned_byte = [](char c) { return static_cast<std::uint8_t>(c); };
  IpAddress out;
  if (family == kTcp4) {
    out.bytes[10] = out.bytes[11] = 0xFF;
    std::ranges::transform(addresses.substr(0, 4), out.bytes.begin() + 12, unsigned_byte);
  } else if (family == kTcp6) {
    std::ranges::transform(addresses.substr(0, 16), out.bytes.begin(), unsigned_byte);
  } else {
    return std::nullopt;
  }
  return out;
}

ProxyHeader read_version_2(std::string_view bytes) {
  if (bytes.size() < kFixedBytes) return {};
  const auto byte = [&](std::size_t at) { return static_cast<unsigned>(static_cast<unsigned char>(bytes[at])); };
  const unsigned command = byte(12), family = byte(13);
  const std::size_t whole = kFixedBytes + byte(14) * 256 + byte(15);
  if ((command != kLocal && command != kProxied) || whole > kMaxProxyHeaderBytes) return malformed();
  const bool short_of_addresses =
      (family == kTcp4 && whole < kFixedBytes + kTcp4Bytes) || (family == kTcp6 && whole < kFixedBytes + kTcp6Bytes);
  if (command == kProxied && short_of_addresses) return malformed();
  if (bytes.size() < whole) return {};
  ProxyHeader out{.state = State::complete, .bytes = whole};
  if (command == kProxied) out.source = source_of(family, bytes.substr(kFixedBytes, whole - kFixedBytes));
  return out;
}

}  // namespace

ProxyHeader read_proxy_header(std::string_view bytes) {
  if (bytes.empty()) return {};
  if (bytes.starts_with(kWord)) return read_version_1(bytes);
  if (bytes.starts_with(kSignature)) return read_version_2(bytes);
  return may_become(bytes, kWord) || may_become(bytes, kSignature) ? ProxyHeader{} : malformed();
}

}  // namespace wsf::ws
