#include "wsclient/prompt_command.hpp"

#include "base/nearest.hpp"
#include "wsclient/word_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace wsf::wsclient {
namespace {

using Kind = PromptCommand::Kind;

struct Name {
  std::string_view word;
  Kind kind;
};

constexpr std::array kNames{Name{"help", Kind::help},
                            Name{"ping", Kind::ping},
                            Name{"quit", Kind::quit},
                            Name{"raw", Kind::raw},
                            Name{"stats", Kind::stats},
                            Name{"subscribe", Kind::subscribe},
                            Name{"unsubscribe", Kind::unsubscribe}};
constexpr std::array kOtherNames{Name{"exit", Kind::quit}, Name{"sub", Kind::subscribe},
                                 Name{"unsub", Kind::unsubscribe}, Name{"?", Kind::help}};

constexpr std::string_view kSpace = " \t\r\n";

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  for (auto begin = line.find_first_not_of(kSpace); begin != std::string_view::npos;
       begin = line.find_first_not_of(kSpace)) {
    line.remove_prefix(begin);
    words.emplace_back(line.substr(0, line.find_first_of(kSpace)));
    line.remove_prefix(words.back().size());
  }
  return words;
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

base::Result<Kind> kind_of(const std::string& word) {
  for (const auto& name : kNames)
    if (name.word == word) return name.kind;
  for (const auto& name : kOtherNames)
    if (name.word == word) return name.kind;
  std::vector<std::string> known;
  for (const auto& name : kNames) known.emplace_back(name.word);
  const auto meant = base::nearest(word, known);
  return base::Error{fmt::format("unknown command {}{}", word,
                                 meant ? fmt::format(": did you mean {}?", *meant) : "; help lists them")};
}

base::Result<PromptCommand> with_names(Kind kind, const std::vector<std::string>& words,
                                       const PromptLanguage& language) {
  auto names = language.parse_names({words.begin() + 1, words.end()});
  if (!names) return names.error();
  if (names->empty()) return base::Error{fmt::format("{0} what? {0} {1}", words[0], language.examples)};
  return PromptCommand{kind, std::move(*names), {}};
}

std::vector<std::string> command_names(std::string_view beginning) {
  std::vector<std::string> found;
  for (const auto& name : kNames)
    if (name.word.starts_with(beginning)) found.emplace_back(name.word);
  return found;
}

}  // namespace

base::Result<PromptCommand> parse_prompt_command(std::string_view line, const PromptLanguage& language) {
  const auto text = trimmed(line);
  if (text.empty() || text.starts_with('#')) return PromptCommand{};
  if (text.starts_with('{')) return PromptCommand{Kind::raw, {}, std::string(text)};
  const auto words = words_of(text);
  const auto kind = kind_of(words[0]);
  if (!kind) return kind.error();
  if (*kind == Kind::subscribe || *kind == Kind::unsubscribe) return with_names(*kind, words, language);
  if (*kind == Kind::raw) {
    const auto raw = trimmed(text.substr(words[0].size()));
    if (raw.empty()) return base::Error{"raw what? raw " + language.ping()};
    return PromptCommand{Kind::raw, {}, std::string(raw)};
  }
  if (words.size() > 1) return base::Error{fmt::format("{} takes nothing after it", words[0])};
  return PromptCommand{*kind, {}, {}};
}

std::string prompt_help(const PromptLanguage& language) {
  const auto name = fmt::format("{}...", language.place);
  return fmt::format("subscribe {:<12}get the updates of these {}s\n", name, name_of(language.instrument)) +
         fmt::format("unsubscribe {:<10}get them no longer\n", name) +
         "ping                  ask the server for a sign of life, and time it\n"
         "stats                 updates, latency, conflated ones, gaps, reconnects so far\n"
         "raw TEXT              send TEXT as it is; a line that begins with { needs no raw\n"
         "help                  this list\n"
         "quit                  close the connection and leave (also Ctrl-D)";
}

std::vector<std::string> complete_prompt(std::string_view line, const std::vector<std::string>& names) {
  auto words = words_of(line);
  const bool at_new_word = words.empty() || kSpace.find(line.back()) != std::string_view::npos;
  if (at_new_word) words.emplace_back();
  if (words.size() == 1) return command_names(words[0]);
  const auto kind = kind_of(words[0]);
  if (!kind || (*kind != Kind::subscribe && *kind != Kind::unsubscribe)) return {};
  const auto beginning = capitals(words.back());
  words.pop_back();
  std::vector<std::string> found;
  for (const auto& name : names)
    if (name.starts_with(beginning) && std::ranges::find(words, name) == words.end()) found.push_back(name);
  std::ranges::sort(found);
  return found;
}

}  // namespace wsf::wsclient
