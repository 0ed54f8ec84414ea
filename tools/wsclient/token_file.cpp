#include "wsclient/token_file.hpp"

#include "base/text_file.hpp"
#include "base/trimmed.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wsf::wsclient {

base::Result<std::string> read_token(const std::string& file) {
  auto text = base::read_text_file(file, 2 * kMaxTokenBytes);
  if (!text) return base::Error{fmt::format("cannot read --token-file {}: {}", file, text.error().message)};
  std::string token(base::trimmed(*text, base::kBlanksAndLineEnds));
  if (token.empty()) return base::Error{fmt::format("--token-file {} is empty", file)};
  const bool printable = std::ranges::all_of(token, [](unsigned char c) { return c > 0x20 && c < 0x7f; });
  if (token.size() > kMaxTokenBytes || !printable) {
    return base::Error{
        fmt::format("--token-file {} holds no token: one word of at most {} bytes", file, kMaxTokenBytes)};
  }
  return {boost::system::in_place_value, std::move(token)};
}

std::optional<std::string> token_file_warning(const std::string& file) {
  if (!base::others_may_read(file)) return std::nullopt;
  return fmt::format("warning: others may read {0} (chmod 600 {0})", file);
}

}  // namespace wsf::wsclient
