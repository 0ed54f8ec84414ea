#pragma once
// How replicas and restarts agree on the epoch of a log: it stands in the metadata of the group's commits. Pure
// functions; any thread.

#include <cstdint>
#include <string>
#include <string_view>

namespace wsf::kafka {

// A commit's metadata: "wsfanout epoch=3".
std::string epoch_note(std::int32_t epoch);

// The epoch that a commit's metadata names; 0 where it names none: no commit, or one of another tool.
std::int32_t epoch_in(std::string_view metadata);

// The epoch of a log by the group's last commit (offset below 0: none) and the log's end. The end must have been
// asked for after the commit: then a log that ends below it was made anew since.
std::int32_t epoch_by_commit(std::int64_t offset, std::string_view metadata, std::int64_t end);

}  // namespace wsf::kafka
