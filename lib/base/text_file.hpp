#pragma once
// Small files read whole: keys, tokens, lists.

#include "base/result.hpp"

#include <cstddef>
#include <string>

namespace wsf::base {

// The error says what is wrong, without the file's name: "No such file or directory", "larger than 1024 bytes".
Result<std::string> read_text_file(const std::string& path, std::size_t max_bytes);

// Whether group or others may read it, as nobody should a secret. False for what is no regular file.
bool others_may_read(const std::string& path);

}  // namespace wsf::base
