#pragma once
// By what a change of a file shows without reading it.

#include <cstdint>
#include <string>

namespace wsf::base {

struct FileStamp {
  std::int64_t modified_ns = 0;
  std::int64_t bytes = -1;  // -1: there is no such file
  std::uint64_t inode = 0;  // another when the file was replaced by one of the same length
  bool operator==(const FileStamp&) const = default;
};

FileStamp file_stamp(const std::string& path);

}  // namespace wsf::base
