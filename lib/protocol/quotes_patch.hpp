#pragma once
// The quotes-patch protocol as pure functions: quotes as operations of JSON Patch (RFC 6902) on {"quotes":{}}.

#include "protocol/quote.hpp"

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

// A comma list of current_price, change, change_percent, last_updated; nullopt: another name, or none.
std::optional<QuoteFields> parse_patch_fields(std::string_view list);

// One operation that puts the whole quote there, whether or not there is one.
void append_add(std::string& out, std::string_view symbol, const Quote& quote, QuoteFields fields);

// The operations, with commas between them, that bring the client's quote of the symbol to `quote`, whose `changed`
// fields it does not have yet. Nothing when none of them is wanted.
void append_change(std::string& out, std::string_view symbol, const Quote& quote, QuoteFields changed,
                   PatchForm form);

}  // namespace wsf::protocol
