#include "base/file_stamp.hpp"

#include <sys/stat.h>

namespace wsf::base {

FileStamp file_stamp(const std::string& path) {
  struct stat status {};
  if (path.empty() || ::stat(path.c_str(), &status) != 0) return {};
  return {status.st_mtim.tv_sec * std::int64_t{1'000'000'000} + status.st_mtim.tv_nsec, status.st_size,
          status.st_ino};
}

}  // namespace wsf::base
