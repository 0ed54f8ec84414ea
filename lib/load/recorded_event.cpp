#include "load/recorded_event.hpp"

#include "base/json_scan.hpp"
#include "base/utf8.hpp"
#include "protocol/json_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include <iterator>
#include <limits>

namespace wsf::load {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxLineDepth = 8;                        // a line of ours has one level
constexpr std::int64_t kLatestTimestampMs = 4'102'444'800'000;  // the year 2100: differences fit into nanoseconds

std::string base64(std::string_view bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // the library ends it with a NUL
  const auto* from = reinterpret_cast<const unsigned char*>(bytes.data());
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), from, static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string out(3 * (text.size() / 4), '\0');
  const auto* from = reinterpret_cast<const unsigned char*>(text.data());
  const int length =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), from, static_cast<int>(text.size()));
  if (length < 0 || static_cast<std::size_t>(length) != out.size()) return std::nullopt;
  for (int padding = 0; padding < 2 && text.ends_with('='); padding++) {  // decoded as zeros
    text.remove_suffix(1);
    out.pop_back();
  }
  return out;
}

void append_bytes(std::string& out, std::string_view name, std::optional<std::string_view> bytes) {
  const bool is_text = !bytes || base::is_valid_utf8(*bytes);
  fmt::format_to(std::back_inserter(out), R"(,"{}{}":)", name, is_text ? "" : "_base64");
  if (!bytes) {
    out += "null";
  } else if (is_text) {
    protocol::append_quoted(out, *bytes);
  } else {
    fmt::format_to(std::back_inserter(out), R"("{}")", base64(*bytes));
  }
}

// The bytes of "key" or "value"; an error where neither form of it is there.
base::Result<std::optional<std::string>> bytes_of(const json& line, const std::string& name) {
  using Bytes = std::optional<std::string>;
  if (const auto text = line.find(name); text != line.end()) {
    if (text->is_null()) return Bytes();
    if (text->is_string()) return Bytes(text->get<std::string>());
    return base::Error{fmt::format("\"{}\" is neither text nor null", name)};
  }
  const auto encoded = line.find(name + "_base64");
  if (encoded == line.end()) return base::Error{fmt::format("\"{}\" is missing", name)};
  if (encoded->is_string()) {
    if (auto bytes = from_base64(encoded->get_ref<const std::string&>())) return Bytes(std::move(*bytes));
  }
  return base::Error{fmt::format("\"{}_base64\" is not base64", name)};
}

base::Result<std::int64_t> number_of(const json& line, const char* name, std::int64_t lowest, std::int64_t highest) {
  const auto number = line.find(name);
  if (number == line.end()) return base::Error{fmt::format("\"{}\" is missing", name)};
  // The parser makes every number unsigned that is not below 0.
  const bool fits = number->is_number_unsigned() ? number->get<std::uint64_t>() <= static_cast<std::uint64_t>(highest)
                    : number->is_number_integer() ? number->get<std::int64_t>() >= lowest
                                                  : false;
  if (!fits) return base::Error{fmt::format("\"{}\" is no number from {} to {}", name, lowest, highest)};
  return number->get<std::int64_t>();
}

}  // namespace

void append_line(std::string& out, const kafka::Record& record) {
  fmt::format_to(std::back_inserter(out), R"({{"timestamp":{},"partition":{},"offset":{})", record.timestamp_ms,
                 record.partition, record.offset);
  append_bytes(out, "key", record.has_key ? std::optional(record.key) : std::nullopt);
  append_bytes(out, "value", record.value);
  out += "}\n";
}

base::Result<RecordedEvent> parse_recorded(std::string_view text) {
  const bool parsable = base::scan_json(text, kMaxLineDepth) == base::Scan::parsable;
  const json line = parsable ? json::parse(text, nullptr, false) : json(json::value_t::discarded);
  if (line.is_discarded()) return base::Error{"not JSON"};
  if (!line.is_object()) return base::Error{"not a JSON object"};
  const auto timestamp_ms = number_of(line, "timestamp", -1, kLatestTimestampMs);
  if (!timestamp_ms) return timestamp_ms.error();
  const auto partition = number_of(line, "partition", 0, std::numeric_limits<std::int32_t>::max());
  if (!partition) return partition.error();
  auto key = bytes_of(line, "key");
  if (!key) return key.error();
  auto value = bytes_of(line, "value");
  if (!value) return value.error();
  return RecordedEvent{*timestamp_ms, static_cast<std::int32_t>(*partition), *std::move(key), *std::move(value)};
}

}  // namespace wsf::load
