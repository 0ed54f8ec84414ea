// What wsclient reads from a server: taken exactly when it is a JSON object, and a rate that can be shown has a pair.

#include "base/check.hpp"
#include "wsclient/server_message.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>

using nlohmann::json;
using wsf::base::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto message = wsf::wsclient::parse_server_message(text);
  if (!message) {
    check(!message.error().message.empty(), "a refusal says why");
    return 0;
  }
  check(json::parse(text, nullptr, false).is_object(), "only an object is taken");
  check(!message->update || message->type == "rateUpdate", "only a rateUpdate updates a rate");
  check(!message->update || !message->update->pair.empty(), "a rate has its pair");
  return 0;
}
