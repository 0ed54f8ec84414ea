#pragma once
// The quotes-patch protocol as pure functions: quotes as operations of JSON Patch (RFC 6902) on {"quotes":{}}.

#include "protocol/quote.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace wsf::protocol {

// {"type":"quotes_patch","operations":[ ... ]}
inline constexpr std::string_view kPatchBegin = R"({"type":"quotes_patch","operations":[)";
inline constexpr std::string_view kPatchEnd = "]}";

// How much of each quote a client wants, and how it is said.
struct PatchForm {
  QuoteFields fields = QuoteFields::all();
  bool compact = false;  // a whole quote where that is shorter than its fields

  friend bool operator==(const PatchForm&, const PatchForm&) = default;
};

// By its name in documents: current_price, change, change_percent, last_updated.
std::optional<QuoteField> patch_field(std::string_view name);

// A comma list of current_price, change, change_percent, last_updated; nullopt: another name, or none.
std::optional<QuoteFields> parse_patch_fields(std::string_view list);

// One operation that puts the whole quote there, whether or not there is one.
void append_add(std::string& out, std::string_view symbol, const Quote& quote, QuoteFields fields);

// The operations that bring a client's quote of the symbol to this one: made once for all who get some of them.
struct QuotePatch {
  std::array<std::string, kQuoteFields> replaces;  // by field
  std::string add;                                 // of all fields
};
QuotePatch patch_of(std::string_view symbol, const Quote& quote);

// Those, with commas between them, for a client that does not have the `changed` fields of the quote yet. Nothing
// when none of them is wanted.
void append_change(std::string& out, std::string_view symbol, const Quote& quote, const QuotePatch& patch,
                   QuoteFields changed, PatchForm form);

}  // namespace wsf::protocol
