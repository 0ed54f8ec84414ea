#pragma once
// Tokens for trying things out, signed with a secret that is given.

#include "base/result.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace ratepub {

struct MintPlan {
  std::string user;
  std::string secret;
  std::string algorithm = "HS256";
  std::chrono::seconds ttl{3600};
  std::string claims;  // JSON object with further members; they win over sub and exp
};

wsf::base::Result<std::string> mint(const MintPlan& plan, std::int64_t now_s);

}  // namespace ratepub
