#include "base/log.hpp"

#include "base/terminal.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <spdlog/async.h>
#include <spdlog/formatter.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <string_view>

namespace wsf::base {
namespace {

using Out = spdlog::memory_buf_t;

void append(Out& out, std::string_view text) {
  out.append(text.data(), text.data() + text.size());
}

std::string_view level_name(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::trace:
      return "trace";
    case spdlog::level::debug:
      return "debug";
    case spdlog::level::info:
      return "info";
    case spdlog::level::warn:
      return "warn";
    default:
      return "error";
  }
}

void append_time(Out& out, spdlog::log_clock::time_point at) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
  fmt::format_to(std::back_inserter(out), "{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                 fmt::gmtime(static_cast<std::time_t>(ms / 1000)), ms % 1000);
}

// U+0080 to U+009F, which terminals obey as they do those below U+0020, are C2 80 to C2 9F in UTF-8.
bool begins_c1_control(std::string_view text) {
  return text.size() > 1 && text[0] == '\xC2' && static_cast<unsigned char>(text[1]) < 0xA0;
}

// Escapes as JSON strings do, so that a message stays on its line in both formats; text keeps quotes and backslashes.
void append_escaped(Out& out, std::string_view text, bool json) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool c1 = begins_c1_control(text.substr(i));
    const char c = text[c1 ? ++i : i];
    const auto byte = static_cast<unsigned char>(c);
    if (c1 || byte < 0x20 || byte == 0x7F) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", byte);
    } else {
      if (json && (c == '"' || c == '\\')) out.push_back('\\');
      out.push_back(c);
    }
  }
}

class TextLine final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, Out& out) override {
    append_time(out, message.time);
    out.push_back(' ');
    message.color_range_start = out.size();
    fmt::format_to(std::back_inserter(out), "{:<5}", level_name(message.level));
    message.color_range_end = out.size();
    out.push_back(' ');
    append_escaped(out, {message.payload.data(), message.payload.size()}, false);
    out.push_back('\n');
  }
  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<TextLine>(); }
};

class JsonLine final : public spdlog::formatter {
 public:
  explicit JsonLine(std::string program) : program_(std::move(program)) {}
  void format(const spdlog::details::log_msg& message, Out& out) override {
    append(out, R"({"time":")");
    append_time(out, message.time);
    append(out, R"(","level":")");
    append(out, level_name(message.level));
    append(out, R"(","program":")");
    append_escaped(out, program_, true);
    append(out, R"(","message":")");
    append_escaped(out, {message.payload.data(), message.payload.size()}, true);
    append(out, "\"}\n");
  }
  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<JsonLine>(program_); }

 private:
  std::string program_;
};

}  // namespace

const std::vector<std::string>& log_levels() {
  static const std::vector<std::string> names{"trace", "debug", "info", "warn", "error", "off"};
  return names;
}

void start_logging(const std::string& level, const std::string& format, const std::string& program) {
  const auto mode = format == "text" && colour(2) ? spdlog::color_mode::always : spdlog::color_mode::never;
  auto sink = std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>(mode);
  auto logger = std::make_shared<spdlog::logger>(program, std::move(sink));
  if (format == "json")
    logger->set_formatter(std::make_unique<JsonLine>(program));
  else
    logger->set_formatter(std::make_unique<TextLine>());
  const bool known = level == "off" || spdlog::level::from_str(level) != spdlog::level::off;
  logger->set_level(known ? spdlog::level::from_str(level) : spdlog::level::info);
  logger->flush_on(spdlog::level::trace);
  spdlog::set_default_logger(std::move(logger));
}

void log_in_background() {
  spdlog::init_thread_pool(kMaxQueuedLines, 1);
  const std::shared_ptr<spdlog::logger> now = spdlog::default_logger();
  auto logger =
      std::make_shared<spdlog::async_logger>(now->name(), now->sinks().begin(), now->sinks().end(),
                                             spdlog::thread_pool(), spdlog::async_overflow_policy::overrun_oldest);
  logger->set_level(now->level());
  logger->flush_on(spdlog::level::trace);
  spdlog::set_default_logger(std::move(logger));
}

void stop_logging() {
  spdlog::shutdown();
}

}  // namespace wsf::base
