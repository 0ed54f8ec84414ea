#pragma once
// A new, empty folder for one test's files, removed with it: tests run side by side, so no two may share a path.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace wsf {

class ScratchFolder {
 public:
  ScratchFolder() : path_(::testing::TempDir() + "wsfanout-test-XXXXXX") {
    if (::mkdtemp(path_.data()) == nullptr) ADD_FAILURE() << "cannot make a folder in " << ::testing::TempDir();
  }
  ~ScratchFolder() { std::filesystem::remove_all(path_); }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace wsf
