#include "base/config_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

namespace wsf::base {
namespace {

constexpr std::string_view kBlanks = " \t\r";

std::string_view trim(std::string_view text) {
  const std::size_t from = text.find_first_not_of(kBlanks);
  if (from == text.npos) return {};
  return text.substr(from, text.find_last_not_of(kBlanks) - from + 1);
}

std::string_view without_comment(std::string_view text) {
  for (std::size_t at = text.find('#'); at != text.npos; at = text.find('#', at + 1))
    if (at == 0 || kBlanks.find(text[at - 1]) != kBlanks.npos) return text.substr(0, at);
  return text;
}

// `text` begins with a quote. After the closing one only a comment may follow.
Result<std::string> unquote(std::string_view text) {
  std::string value;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      if (!trim(without_comment(text.substr(i + 1))).empty()) return Error{"text after the closing quote"};
      return {boost::system::in_place_value, std::move(value)};
    }
    const char next = text[i] == '\\' && i + 1 < text.size() ? text[i + 1] : '\0';
    if (next == '"' || next == '\\' || next == 'n') ++i;
    value += next == 'n' ? '\n' : text[i];
  }
  return Error{"the closing quote is missing"};
}

Result<ConfigLine> parse_line(std::string_view line) {
  if (line.front() == '[') return Error{"sections are not used here: write name = value lines only"};
  const std::size_t equals = line.find('=');
  if (equals == line.npos) return Error{"expected name = value"};
  const std::string_view name = trim(line.substr(0, equals));
  if (name.empty()) return Error{"the name before = is missing"};
  const std::string_view value = trim(line.substr(equals + 1));
  if (!value.starts_with('"')) return ConfigLine{std::string(name), std::string(trim(without_comment(value))), 0};
  auto unquoted = unquote(value);
  if (!unquoted) return unquoted.error();
  return ConfigLine{std::string(name), *std::move(unquoted), 0};
}

}  // namespace

Result<std::vector<ConfigLine>> parse_config(std::string_view text, std::string_view path) {
  std::vector<ConfigLine> lines;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    if (line.find('\0') != line.npos) return Error{fmt::format("{}:{}: this is not a text file", path, number)};
    auto parsed = parse_line(line);
    if (!parsed) return Error{fmt::format("{}:{}: {}", path, number, parsed.error().message)};
    lines.push_back(*std::move(parsed));
    lines.back().line = number;
  }
  return lines;
}

Result<std::string> read_config_file(const std::string& path) {
  const auto failed = [&path] {
    return Error{fmt::format("cannot read {}: {}", path, std::generic_category().message(errno))};
  };
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"), &std::fclose);
  if (!file) return failed();
  std::string text(kMaxConfigBytes + 1, '\0');
  const std::size_t bytes = std::fread(text.data(), 1, text.size(), file.get());
  if (std::ferror(file.get()) != 0) return failed();
  if (bytes > kMaxConfigBytes) return Error{fmt::format("{} is larger than 1 MiB: not a configuration file", path)};
  text.resize(bytes);
  return {boost::system::in_place_value, std::move(text)};
}

std::string config_value(std::string_view value) {
  const bool plain = value == trim(value) && value == without_comment(value) && !value.starts_with('"') &&
                     value.find('\n') == value.npos;
  if (plain && !value.empty()) return std::string(value);
  std::string quoted = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\' || c == '\n') quoted += '\\';
    quoted += c == '\n' ? 'n' : c;
  }
  return quoted + '"';
}

}  // namespace wsf::base
