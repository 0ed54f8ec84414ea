#pragma once
// What `verify` says at its end. Pure; any thread.

#include "base/exit_codes.hpp"
#include "wsclient/stream_check.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace wsf::wsclient {

// threshold_missed with a hole that nobody accounts for; runtime when no update was there to be checked.
base::Exit exit_of(const StreamCheck& check);

// "complete: 1,204 updates of 2 pairs in 1m12s without a hole, reconnects 0". `elapsed_ms`: nothing for a recording.
std::string conclusion_line(const StreamCheck& check, std::optional<std::int64_t> elapsed_ms);

// {"type":"verdict","result":"complete","updates":1204,"pairs":2,"reconnects":0,"conflated":0,"steps":{"first":2,...}};
// `result` is complete, accounted, incomplete or nothing.
std::string conclusion_json(const StreamCheck& check);

}  // namespace wsf::wsclient
