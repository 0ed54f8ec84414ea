// A message of quotes-patch, as wsload reads it without a parser: what is taken is JSON, and says the same to a
// parser.

#include "base/check.hpp"
#include "base/timestamp.hpp"
#include "load/patch_reader.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>

using namespace wsf::load;
using nlohmann::json;
using wsf::base::check;
using wsf::protocol::QuoteField;

namespace {

void check_value(const QuoteValues& values, QuoteField field, const json& value) {
  check(values.given.has(field), "a value that is there was read");
  if (field == QuoteField::time) {
    check(wsf::base::parse_rfc3339(value.get<std::string>()) == values.time_ms, "a time is what it says");
  } else {
    check(value.get<double>() == values.number(field), "a number is what a parser reads");
  }
}

void check_operation(const PatchOperation& operation, const json& said) {
  check(said.at("op") == (operation.kind == PatchOperation::Kind::add ? "add" : "replace"), "the operation");
  std::string path = "/quotes/" + std::string(operation.symbol);
  if (operation.field) path += "/" + std::string(name_of(*operation.field));
  check(said.at("path") == path, "the path");
  const json& value = said.at("value");
  if (operation.field) return check_value(operation.values, *operation.field, value);
  std::size_t members = 1;
  check(value.at("symbol") == operation.symbol, "the quote's symbol");
  for (const QuoteField field : kQuoteFields) {
    if (!operation.values.given.has(field)) continue;
    check_value(operation.values, field, value.at(name_of(field)));
    members++;
  }
  check(value.size() == members, "nothing was passed over");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static PatchReader reader;  // as it is used: for one message after the other
  if (!reader.read(text)) {
    check(!reader.fault().empty(), "a fault says why");
    return 0;
  }
  const json said = json::parse(text, nullptr, false);
  check(!said.is_discarded(), "what is taken is JSON");
  check(said.size() == 2 && said.at("type") == "quotes_patch", "the message has its two members");
  check(said.at("operations").size() == reader.operations().size(), "every operation was read");
  for (std::size_t i = 0; i < reader.operations().size(); i++) {
    check_operation(reader.operations()[i], said.at("operations").at(i));
  }
  return 0;
}
