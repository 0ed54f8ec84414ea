#pragma once
// An output that keeps what it is given, or refuses it.

#include "load/open_loop.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace wsf::load {

struct KeptRecords : RecordOutput {
  using Record = std::pair<std::optional<std::string>, std::optional<std::string>>;  // key, value
  bool open = true;
  std::vector<Record> records;

  bool put_record(std::optional<std::string_view> key, std::optional<std::string_view> value) override {
    if (open) records.emplace_back(key, value);
    return open;
  }
};

}  // namespace wsf::load
