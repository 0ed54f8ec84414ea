#include "protocol/quotes_patch.hpp"

#include "base/timestamp.hpp"

#include <algorithm>
#include <array>

namespace wsf::protocol {
namespace {

constexpr std::array kFields{QuoteField::price, QuoteField::change, QuoteField::change_percent, QuoteField::time};

constexpr std::size_t index_of(QuoteField field) {
  return static_cast<std::size_t>(field);
}

constexpr std::string_view name_of(QuoteField field) {
  constexpr std::array<std::string_view, kQuoteFields> kNames{"current_price", "change", "change_percent",
                                                              "last_updated"};
  return kNames[index_of(field)];
}

void append_value(std::string& out, const Quote& quote, QuoteField field) {
  switch (field) {
    case QuoteField::price:
      out += quote.price;
      return;
    case QuoteField::change:
      out += quote.change;
      return;
    case QuoteField::change_percent:
      out += quote.change_percent;
      return;
    case QuoteField::time:
      out += '"';
      out += base::rfc3339_brief(quote.time_ms);
      out += '"';
      return;
  }
}

}  // namespace

std::optional<QuoteField> patch_field(std::string_view name) {
  const auto* field = std::ranges::find(kFields, name, name_of);
  return field == kFields.end() ? std::nullopt : std::optional(*field);
}

std::optional<QuoteFields> parse_patch_fields(std::string_view list) {
  QuoteFields out;
  while (true) {
    const std::size_t end = std::min(list.find(','), list.size());
    const auto field = patch_field(list.substr(0, end));
    if (!field) return std::nullopt;
    out.add(*field);
    if (end == list.size()) return out;
    list.remove_prefix(end + 1);
  }
}

// A symbol needs no escaping, neither in JSON nor in a JSON Pointer (RFC 6901).
void append_add(std::string& out, std::string_view symbol, const Quote& quote, QuoteFields fields) {
  out += R"({"op":"add","path":"/quotes/)";
  out += symbol;
  out += R"(","value":{"symbol":")";
  out += symbol;
  out += '"';
  for (const QuoteField field : kFields) {
    if (!fields.has(field)) continue;
    out += ",\"";
    out += name_of(field);
    out += "\":";
    append_value(out, quote, field);
  }
  out += "}}";
}

QuotePatch patch_of(std::string_view symbol, const Quote& quote) {
  QuotePatch out;
  for (const QuoteField field : kFields) {
    std::string& text = out.replaces[index_of(field)];
    text = R"({"op":"replace","path":"/quotes/)";
    text += symbol;
    text += '/';
    text += name_of(field);
    text += R"(","value":)";
    append_value(text, quote, field);
    text += '}';
  }
  append_add(out.add, symbol, quote, QuoteFields::all());
  return out;
}

void append_change(std::string& out, std::string_view symbol, const Quote& quote, const QuotePatch& patch,
                   QuoteFields changed, PatchForm form) {
  const std::size_t begin = out.size();
  for (const QuoteField field : kFields) {
    if (!(changed & form.fields).has(field)) continue;
    if (out.size() > begin) out += ',';
    out += patch.replaces[index_of(field)];
  }
  if (!form.compact || out.size() == begin) return;
  std::string some;
  if (form.fields != QuoteFields::all()) append_add(some, symbol, quote, form.fields);
  const std::string& whole = some.empty() ? patch.add : some;
  if (whole.size() < out.size() - begin) out.replace(begin, std::string::npos, whole);
}

}  // namespace wsf::protocol
