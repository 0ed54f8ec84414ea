// A line at wsclient's prompt, and what it may be completed to.

#include "base/check.hpp"
#include "wsclient/prompt_command.hpp"

#include <cstdint>

using namespace wsf::wsclient;
using wsf::base::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  using Kind = PromptCommand::Kind;
  if (const auto command = parse_prompt_command(line)) {
    const bool names_pairs = command->kind == Kind::subscribe || command->kind == Kind::unsubscribe;
    check(names_pairs != command->pairs.empty(), "pairs where they belong");
    check(command->text.empty() || command->kind == Kind::raw, "text where it belongs");
  } else {
    check(!command.error().message.empty(), "a refusal says why");
  }
  for (const std::string& word : complete_prompt(line, {"EURUSD", "USDJPY"})) {
    check(!word.empty(), "a completion is a word");
  }
  return 0;
}
