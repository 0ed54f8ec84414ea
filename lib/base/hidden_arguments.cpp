#include "base/hidden_arguments.hpp"

#include <algorithm>

namespace wsf::base {
namespace {

void hide(std::span<char> text) {
  std::ranges::fill(text, '*');
}

bool begins_value_of(std::string_view argument, const std::string& flag) {
  return argument.starts_with(flag) && argument.substr(flag.size()).starts_with('=');
}

void hide_values_of_keys(std::span<char> text) {
  const std::string_view all(text.data(), text.size());
  std::size_t begin = 0;
  for (std::size_t equals = all.find('='); equals != all.npos; equals = all.find('=', begin)) {
    const std::string_view key = all.substr(begin, equals - begin);
    begin = equals + 1;
    if (!key.starts_with("--") && names_secret(key)) return hide(text.subspan(begin));
  }
}

void hide_parts_of_url(std::span<char> text) {
  const std::string_view all(text.data(), text.size());
  const std::size_t scheme = all.find("://");
  if (scheme == all.npos) return;
  const std::size_t begin = scheme + 3;
  const std::size_t end = std::min(all.find_first_of("/?#", begin), all.size());
  const std::size_t query = all.find('?', begin);
  const std::size_t at = all.substr(begin, end - begin).rfind('@');
  if (query != all.npos) hide(text.subspan(query + 1));
  if (at != all.npos) hide(text.subspan(begin, at));
}

}  // namespace

bool names_secret(std::string_view key) {
  for (const std::string_view word : {"password", "secret", "token", "jaas", "key.pem"})
    if (key.find(word) != key.npos) return true;
  return false;
}

void hide_secrets(std::span<char* const> arguments, const std::vector<std::string>& secret_flags) {
  bool is_value = false;
  for (char* const argument : arguments) {
    const std::string_view all(argument);
    const std::span<char> text(argument, all.size());
    const auto flag =
        std::ranges::find_if(secret_flags, [&](const std::string& one) { return begins_value_of(all, one); });
    const bool next_is_value = std::ranges::find(secret_flags, all) != secret_flags.end();
    if (is_value) {
      hide(text);
    } else if (flag != secret_flags.end()) {
      hide(text.subspan(flag->size() + 1));
    } else {
      hide_values_of_keys(text);
      hide_parts_of_url(text);
    }
    is_value = next_is_value;
  }
}

}  // namespace wsf::base
