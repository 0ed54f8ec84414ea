#pragma once
// The messages of quotes-patch read without a JSON parser: a generator that built a document for each delivery would
// measure itself. Taken is what the protocol prints, in any order of an object's members and with any blanks:
//
//   {"type":"quotes_patch","operations":[{"op":"add","path":"/quotes/AAPL","value":{"symbol":"AAPL",...}},
//                                        {"op":"replace","path":"/quotes/AAPL/current_price","value":150.31}]}
//
// Anything else is a fault: another operation, another member, one that comes twice, no operation at all. So is a
// text with an escape in it, which no symbol, name or time needs.

#include "load/quote_values.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::load {

struct PatchOperation {
  enum class Kind : std::uint8_t { add, replace } kind = Kind::add;
  std::string_view symbol{};                    // into the message
  std::optional<protocol::QuoteField> field{};  // std::nullopt: the whole quote
  QuoteValues values{};                         // of the field, or of those that the whole quote has
};

class PatchReader {
 public:
  // True: operations() has them, as long as the text stays. False: fault() says why.
  bool read(std::string_view text);

  const std::vector<PatchOperation>& operations() const { return operations_; }
  std::string_view fault() const { return fault_; }

 private:
  std::optional<std::int64_t> time_of(std::string_view text);

  std::vector<PatchOperation> operations_;
  std::string_view fault_;
  std::string known_time_;  // the last one that was read: the quotes of an event share theirs
  std::int64_t known_time_ms_ = 0;

  class Message;
};

// Of a field, as clients read it: "current_price".
std::string_view name_of(protocol::QuoteField field);

}  // namespace wsf::load
