#pragma once
// Which topics are read: some by their names, others by regular expressions. Pure functions; any thread.

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace wsf::kafka {

inline constexpr std::size_t kMaxTopics = 256;  // read by one consumer; what is above is not read, and logged

class TopicChoice {
 public:
  // An item that begins with '^' is a POSIX extended regular expression, as librdkafka has it in a subscription: it
  // finds every topic that begins so, and is open at its end ("^trading" finds trading-old, "^trading$" does not).
  // Every other item is the name of a topic. Throws base::StartupError(usage) that names the item for a bad
  // expression, for what is no name of a topic, and for more than kMaxTopics names or none of both.
  explicit TopicChoice(const std::vector<std::string>& items);
  ~TopicChoice();
  TopicChoice(const TopicChoice&) = delete;
  TopicChoice& operator=(const TopicChoice&) = delete;

  const std::vector<std::string>& names() const { return names_; }  // each once
  // Whether an expression finds this topic. Never one of Kafka's own ("__consumer_offsets").
  bool finds(const std::string& topic) const;
  // For people: the items, joined by ", ".
  const std::string& text() const { return text_; }
  // One topic, by its name.
  bool is_one_name() const { return names_.size() == 1 && expressions_.empty(); }

 private:
  class Expression;
  void add_name(const std::string& name);

  std::vector<std::string> names_;
  std::vector<std::unique_ptr<Expression>> expressions_;
  std::string text_;
};

}  // namespace wsf::kafka
