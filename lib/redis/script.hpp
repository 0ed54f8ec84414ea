#pragma once
// A script that Redis runs as one step (https://redis.io/docs/manual/programmability/eval-intro).

#include <string>
#include <string_view>

namespace wsf::redis {

class Script {
 public:
  explicit Script(std::string_view text);

  const std::string& text() const { return text_; }  // for EVAL
  const std::string& name() const { return name_; }  // for EVALSHA: once the server has had the text

 private:
  std::string text_;
  std::string name_;
};

// EVALSHA's answer of a server that has not had the text, or was restarted since.
inline bool asks_for_text(std::string_view error) {
  return error.starts_with("NOSCRIPT");
}

}  // namespace wsf::redis
