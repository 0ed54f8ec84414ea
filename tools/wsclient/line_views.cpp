// The views that only ever append lines.
#include "wsclient/line_text.hpp"
#include "wsclient/output.hpp"
#include "wsclient/update_view.hpp"

#include <fmt/format.h>
#include <unistd.h>

namespace wsf::wsclient {
namespace {

void complain_of(const Outcome& why, std::chrono::milliseconds wait) {
  complain(fmt::format("{}; trying again in {:.1f} s", why.line, static_cast<double>(wait.count()) / 1000));
}

class MessageLines final : public UpdateView {
 public:
  void show(std::string_view raw, const Heard&) override { write_line(STDOUT_FILENO, as_one_line(raw)); }
  void tell(const std::string& words) override { complain(words); }
  void waiting(const Outcome& why, std::chrono::milliseconds wait) override { complain_of(why, wait); }
};

class UpdateLines final : public UpdateView {
 public:
  void show(std::string_view raw, const Heard& heard) override {
    if (!heard.line.empty()) return write_line(STDOUT_FILENO, heard.line);
    if (!heard.understood) complain(fit(raw, kMaxWords, true));
  }
  void tell(const std::string& words) override { complain(words); }
  void waiting(const Outcome& why, std::chrono::milliseconds wait) override { complain_of(why, wait); }
};

class FindingLines final : public UpdateView {
 public:
  explicit FindingLines(bool json) : json_(json) {}

  void show(std::string_view raw, const Heard& heard) override {
    if (!heard.understood) complain(fmt::format("not understood: {}", fit(raw, kMaxWords, true)));
  }
  void found(const Found& found) override { write_line(STDOUT_FILENO, json_ ? found.json : found.words); }
  void tell(const std::string& words) override { complain(words); }
  void waiting(const Outcome& why, std::chrono::milliseconds wait) override { complain_of(why, wait); }

 private:
  const bool json_;
};

}  // namespace

std::unique_ptr<UpdateView> make_finding_lines(bool as_json) {
  return std::make_unique<FindingLines>(as_json);
}

std::unique_ptr<UpdateView> make_message_lines() {
  return std::make_unique<MessageLines>();
}

std::unique_ptr<UpdateView> make_update_lines() {
  return std::make_unique<UpdateLines>();
}

}  // namespace wsf::wsclient
