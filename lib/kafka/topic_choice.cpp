#include "kafka/topic_choice.hpp"

#include "base/exit_codes.hpp"
#include "kafka/connection.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <regex.h>

#include <algorithm>
#include <array>

namespace wsf::kafka {

class TopicChoice::Expression {
 public:
  explicit Expression(const std::string& text) {
    const int error = ::regcomp(&compiled_, text.c_str(), REG_EXTENDED | REG_NOSUB);
    if (error == 0) return;
    std::array<char, 128> why{};
    ::regerror(error, &compiled_, why.data(), why.size());
    base::refuse(fmt::format("topic \"{}\": bad regular expression: {}", text, why.data()));
  }
  ~Expression() { ::regfree(&compiled_); }
  Expression(const Expression&) = delete;
  Expression& operator=(const Expression&) = delete;

  bool finds(const std::string& topic) const { return ::regexec(&compiled_, topic.c_str(), 0, nullptr, 0) == 0; }

 private:
  regex_t compiled_{};
};

TopicChoice::TopicChoice(const std::vector<std::string>& items) : text_(fmt::format("{}", fmt::join(items, ", "))) {
  for (const std::string& item : items) {
    if (item.starts_with('^')) {
      expressions_.push_back(std::make_unique<Expression>(item));
    } else {
      add_name(item);
    }
  }
  if (items.empty()) base::refuse("no topic to read");
  if (names_.size() > kMaxTopics) {
    base::refuse(fmt::format("{} topics are too many, {} can be read", names_.size(), kMaxTopics));
  }
}

TopicChoice::~TopicChoice() = default;

void TopicChoice::add_name(const std::string& name) {
  if (!is_topic(name)) {
    base::refuse(fmt::format("topic \"{}\" is no name of a topic (a regular expression begins with ^)", name));
  }
  if (std::ranges::find(names_, name) == names_.end()) names_.push_back(name);
}

bool TopicChoice::finds(const std::string& topic) const {
  return !topic.starts_with("__") &&
         std::ranges::any_of(expressions_, [&](const auto& expression) { return expression->finds(topic); });
}

}  // namespace wsf::kafka
