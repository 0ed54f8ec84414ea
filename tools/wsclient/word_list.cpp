#include "wsclient/word_list.hpp"

#include <algorithm>
#include <cctype>

namespace wsf::wsclient {

std::vector<std::string> split_at_commas(const std::vector<std::string>& words) {
  std::vector<std::string> out;
  for (std::string_view rest : words) {
    while (!rest.empty()) {
      const auto word = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(rest.size(), word.size() + 1));
      if (!word.empty() && std::ranges::find(out, word) == out.end()) out.emplace_back(word);
    }
  }
  return out;
}

std::string capitals(std::string_view word) {
  std::string result(word);
  for (char& c : result) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return result;
}

}  // namespace wsf::wsclient
