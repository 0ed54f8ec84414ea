#include "ws/extension_list.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace wsf::ws {
namespace {

bool is_token_character(char c) {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || others.find(c) != std::string_view::npos;
}

// The field, eaten from the front.
class Scanner {
 public:
  explicit Scanner(std::string_view field) : rest_(field) { skip_blanks(); }

  bool at_end() const { return rest_.empty(); }

  // Takes the character, and the blanks behind it, if it stands next.
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    skip_blanks();
    return true;
  }

  // Empty: no token stands next.
  std::string token() {
    const auto end = std::ranges::find_if_not(rest_, is_token_character);
    std::string found(rest_.begin(), end);
    rest_.remove_prefix(found.size());
    skip_blanks();
    return found;
  }

  // Behind its opening quote. What it says without quotes must be a token. Empty: malformed.
  std::string quoted() {
    std::string found;
    while (!rest_.empty() && rest_.front() != '"') {
      if (rest_.front() == '\\') rest_.remove_prefix(1);
      if (rest_.empty() || !is_token_character(rest_.front())) return {};
      found += rest_.front();
      rest_.remove_prefix(1);
    }
    return take('"') ? found : std::string();
  }

 private:
  void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size())); }

  std::string_view rest_;
};

std::optional<ExtensionParameter> parse_parameter(Scanner& field) {
  ExtensionParameter parameter{field.token(), std::nullopt};
  if (parameter.name.empty()) return std::nullopt;
  if (!field.take('=')) return parameter;
  parameter.value = field.take('"') ? field.quoted() : field.token();
  if (parameter.value->empty()) return std::nullopt;
  return parameter;
}

std::optional<Extension> parse_extension(Scanner& field) {
  Extension extension{field.token(), {}};
  if (extension.name.empty()) return std::nullopt;
  while (field.take(';')) {
    std::optional<ExtensionParameter> parameter = parse_parameter(field);
    if (!parameter) return std::nullopt;
    extension.parameters.push_back(std::move(*parameter));
  }
  return extension;
}

}  // namespace

std::optional<std::vector<Extension>> parse_extensions(std::string_view text) {
  std::vector<Extension> extensions;
  Scanner field(text);
  while (!field.at_end()) {
    if (field.take(',')) continue;
    std::optional<Extension> extension = parse_extension(field);
    if (!extension || !(field.at_end() || field.take(','))) return std::nullopt;
    extensions.push_back(std::move(*extension));
  }
  return extensions;
}

}  // namespace wsf::ws
