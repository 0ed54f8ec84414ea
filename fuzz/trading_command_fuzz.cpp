// Whatever a client of trading sends: a command that keeps its promises, or an error that is one JSON object.

#include "base/check.hpp"
#include "protocol/trading.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>

using namespace wsf::protocol;
using nlohmann::json;
using wsf::base::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using Kind = TradingCommand::Kind;
  const TradingCommand command = parse_trading_command({reinterpret_cast<const char*>(data), size});
  check((command.kind == Kind::invalid) == !command.error.empty(), "an error stands where there is one");
  if (command.kind == Kind::invalid) {
    const json answer = json::parse(command.error, nullptr, false);
    check(answer.is_object() && answer["type"] == "error", "the answer says that it is an error");
    check(answer["message"].get<std::string>().size() < 100, "the answer repeats little");
  }
  const bool has_id = command.kind == Kind::auth && !command.id_json.empty();
  check(!has_id || json::parse(command.id_json, nullptr, false).is_primitive(), "an id is a JSON value");
  check(command.kind == Kind::auth || command.token.empty(), "a token comes with auth alone");
  return 0;
}
