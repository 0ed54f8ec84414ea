#include "ws/proxy_header.hpp"

#include <gtest/gtest.h>

#include <string>

namespace wsf::ws {
namespace {

using State = ProxyHeader::State;

constexpr std::string_view kSignature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::string_view kV4Pair("\xC0\x00\x02\x01\xC6\x33\x64\x01\xDC\x04\x01\xBB", 12);

std::string version_2(char command, char family, std::string_view rest) {
  std::string out(kSignature);
  out += command;
  out += family;
  out += static_cast<char>(rest.size() / 256);
  out += static_cast<char>(rest.size() % 256);
  return out + std::string(rest);
}

void expect_whole(const std::string& header, const std::optional<IpAddress>& source) {
  for (std::size_t size = 0; size < header.size(); ++size) {
    EXPECT_EQ(read_proxy_header(std::string_view(header).substr(0, size)).state, State::need_more) << size;
  }
  const ProxyHeader read = read_proxy_header(header + "GET / HTTP/1.1\r\n");
  EXPECT_EQ(read.state, State::complete);
  EXPECT_EQ(read.bytes, header.size());
  EXPECT_EQ(read.source, source);
}

TEST(ProxyHeader, of_version_1_is_a_line) {
  expect_whole("PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n", parse_ip("192.0.2.1"));
  expect_whole("PROXY TCP6 2001:db8::1 ::1 1 2\r\n", parse_ip("2001:db8::1"));
  expect_whole("PROXY UNKNOWN\r\n", std::nullopt);
  expect_whole("PROXY UNKNOWN ffff:f ffff:f 65535 65535\r\n", std::nullopt);
}

TEST(ProxyHeader, of_version_2_is_binary) {
  expect_whole(version_2(0x21, 0x11, kV4Pair), parse_ip("192.0.2.1"));
  expect_whole(version_2(0x21, 0x11, std::string(kV4Pair) + std::string("\x04\0\x01x", 4)), parse_ip("192.0.2.1"));
  const std::string v6 = "\x20\x01\x0D\xB8" + std::string(11, '\0') + "\x01" + std::string(20, '\0');
  expect_whole(version_2(0x21, 0x21, v6), parse_ip("2001:db8::1"));
}

TEST(ProxyHeader, of_the_proxys_own_connection_or_another_family_names_nobody) {
  expect_whole(version_2(0x20, 0x00, ""), std::nullopt);
  expect_whole(version_2(0x20, 0x11, kV4Pair), std::nullopt);
  expect_whole(version_2(0x21, 0x31, std::string(216, 'x')), std::nullopt);
}

TEST(ProxyHeader, that_is_none_is_refused_as_soon_as_it_shows) {
  for (const std::string& bytes :
       {std::string("GET / HTTP/1.1\r\n"), std::string("PROXZ"), std::string("\x16\x03\x01"), std::string("\r\nX"),
        std::string("PROXY TCP4 192.0.2.1 198.51.100.1 56324\r\n"), std::string("PROXY TCP4 ::1 ::1 1 2\r\n"),
        std::string("PROXY TCP6 192.0.2.1 192.0.2.1 1 2\r\n"), std::string("PROXY TCP4 192.0.2.1 x 1 2\r\n"),
        std::string("PROXY TCP4 192.0.2.1 192.0.2.1 1 x\r\n"), std::string("PROXY  TCP4 1.1.1.1 1.1.1.1 1 2\r\n"),
        std::string("PROXY UDP4 1.1.1.1 1.1.1.1 1 2\r\n"), "PROXY UNKNOWN " + std::string(100, 'x'),
        version_2(0x31, 0x11, kV4Pair), version_2(0x22, 0x11, kV4Pair), version_2(0x21, 0x11, "short"),
        version_2(0x21, 0x00, std::string(kMaxProxyHeaderBytes, 'x'))}) {
    EXPECT_EQ(read_proxy_header(bytes).state, State::malformed) << bytes;
  }
}

}  // namespace
}  // namespace wsf::ws
