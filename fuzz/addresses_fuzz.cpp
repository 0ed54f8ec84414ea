// wsload's --source-addresses: each word that is taken is one address of a known family.

#include "base/check.hpp"
#include "load/addresses.hpp"

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <vector>

using wsf::base::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::string> words(1);
  for (std::size_t i = 0; i < size; ++i) {
    if (data[i] == ',') {
      words.emplace_back();
    } else {
      words.back() += static_cast<char>(data[i]);
    }
  }
  const auto addresses = wsf::load::parse_addresses(words);
  if (!addresses) {
    check(!addresses.error().message.empty(), "a refusal says why");
    return 0;
  }
  check(addresses->size() == words.size() || words.size() == 1, "an address for each word, or a count");
  for (const auto& address : *addresses) {
    check(address.family() == AF_INET || address.family() == AF_INET6, "an IP address");
    check(address.size > 0, "it has a size");
  }
  return 0;
}
