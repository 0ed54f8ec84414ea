// Whatever a client of notify sends: a sign of life is JSON, what is invalid is not, and an id can be sent back.

#include "base/check.hpp"
#include "protocol/notify.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>

using namespace wsf::protocol;
using nlohmann::json;
using wsf::base::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using Kind = NotifyCommand::Kind;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const NotifyCommand command = parse_notify_command(text);
  check(command.kind == Kind::invalid || json::accept(text), "what is taken is JSON");
  check(command.kind == Kind::auth || command.token.empty(), "a token comes with auth alone");
  check(command.id_json.empty() || json::parse(command.id_json, nullptr, false).is_primitive(), "an id is a value");
  if (const auto user = user_of_channel(text)) check(notify_channel(*user) == text, "a channel is its user's");
  return 0;
}
