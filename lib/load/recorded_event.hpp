#pragma once
// One line of a recording: a record of the log as JSON, its bytes exact.
//   {"timestamp":1700000000000,"partition":0,"offset":12,"key":"EURUSD","value":"{\"eventId\":..."}
// No key and no value (a tombstone) are null. Bytes that are no UTF-8 stand as base64 (RFC 4648, section 4) under
// "key_base64" or "value_base64" instead. Pure functions; any thread.

#include "base/result.hpp"
#include "kafka/record.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wsf::load {

struct RecordedEvent {
  std::int64_t timestamp_ms = -1;  // the log's, epoch; -1: none
  std::int32_t partition = 0;
  std::optional<std::string> key;
  std::optional<std::string> value;
};

// Appends the line, its end included.
void append_line(std::string& out, const kafka::Record& record);

// Without the line's end. Further members are allowed. The error says what is wrong, not where.
base::Result<RecordedEvent> parse_recorded(std::string_view line);

}  // namespace wsf::load
