#include "redis/command.hpp"

#include "base/check.hpp"

#include <hiredis/hiredis.h>

#include <memory>
#include <vector>

namespace wsf::redis {

void append_command(std::string& bytes, std::span<const std::string_view> parts) {
  std::vector<const char*> starts;
  std::vector<std::size_t> sizes;
  for (const auto part : parts) {
    starts.push_back(part.empty() ? "" : part.data());
    sizes.push_back(part.size());
  }
  char* formatted = nullptr;
  const int size = redisFormatCommandArgv(&formatted, static_cast<int>(parts.size()), starts.data(), sizes.data());
  base::check(size >= 0, "memory for a command");
  const std::unique_ptr<char, void (*)(char*)> owned(formatted, redisFreeCommand);
  bytes.append(formatted, static_cast<std::size_t>(size));
}

std::string command(std::initializer_list<std::string_view> parts) {
  std::string bytes;
  append_command(bytes, {parts.begin(), parts.size()});
  return bytes;
}

}  // namespace wsf::redis
