// Whatever a client sends: the command keeps its promises, and each answer is one JSON object that says what it is.

#include "base/check.hpp"
#include "protocol/fx_rates.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <set>
#include <string_view>

namespace {

using namespace wsf::protocol;
using nlohmann::json;
using wsf::base::check;

json answer_of(const std::string& reply, std::string_view type, std::string_view id_json) {
  json answer = json::parse(reply, nullptr, false);
  check(answer.is_object(), "a reply is a JSON object");
  check(answer["type"] == type, "a reply has its type");
  check(answer.contains("id") == !id_json.empty(), "an id comes back if there was one");
  check(id_json.empty() || answer["id"] == json::parse(id_json), "the id comes back as it was");
  return answer;
}

void check_refused(const Command& command) {
  const json answer = answer_of(invalid_pairs_error(command.refused, command.id_json), "error", command.id_json);
  check(answer["currencyPairs"] == json(command.refused), "the refused words come back");
  for (const std::string& word : command.refused) check(word.size() <= kMaxQuotedBytes, "a refused word is cut");
}

void check_pairs(const Command& command) {
  check(std::set(command.pairs.begin(), command.pairs.end()).size() == command.pairs.size(), "each pair once");
  for (const std::string& pair : command.pairs) check(is_pair(pair), "a pair is valid");
  const bool is_subscribe = command.action == Action::subscribe;
  const std::string reply =
      is_subscribe ? subscribed(command.pairs, command.id_json) : unsubscribed(command.pairs, command.id_json);
  const json answer = answer_of(reply, is_subscribe ? "subscribed" : "unsubscribed", command.id_json);
  check(answer["currencyPairs"] == json(command.pairs), "the pairs come back");
  if (!command.refused.empty()) check_refused(command);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Command command = parse_command({reinterpret_cast<const char*>(data), size});
  switch (command.action) {
    case Action::invalid:
      answer_of(command.error_reply, "error", command.id_json);
      break;
    case Action::ping:
      answer_of(pong(0, command.id_json), "pong", command.id_json);
      break;
    default:
      check_pairs(command);
  }
  return 0;
}
