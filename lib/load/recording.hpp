#pragma once
// A recording as it is replayed: the records of the file in the order of their times. Used by one thread at a time.
//
// A log of several partitions is recorded in runs, one partition after the other, each in its own order. Replayed,
// the partitions are merged by time again; within a partition the order of the log stays, and a time before that of
// the record ahead of it counts as that one.

#include "base/result.hpp"
#include "load/recorded_event.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace wsf::load {

class Recording {
 public:
  static constexpr std::size_t kMaxRecords = 20'000'000;  // 24 B each in memory
  static constexpr std::size_t kMaxLineBytes = 64 * 1024 * 1024;

  // Reads the file once, checks each line, and keeps where it stands. The error is one line: "x.ndjson:12: ...".
  static base::Result<Recording> open(const std::string& path);
  Recording(Recording&&) noexcept;
  Recording& operator=(Recording&&) noexcept;
  ~Recording();

  std::size_t size() const { return places_.size(); }  // at least 1
  // The record's time since the first one.
  std::chrono::milliseconds at(std::size_t index) const;
  std::chrono::milliseconds length() const { return at(size() - 1); }
  // From the file. Throws base::StartupError(runtime) when it is not as it was.
  RecordedEvent read(std::size_t index) const;

 private:
  struct Place {
    std::int64_t time_ms;
    std::uint64_t offset;
    std::uint32_t bytes;
  };
  class Index;
  class File;
  Recording(std::string path, std::unique_ptr<File> file, std::vector<Place> places);

  std::string path_;
  std::unique_ptr<File> file_;
  std::vector<Place> places_;
};

}  // namespace wsf::load
