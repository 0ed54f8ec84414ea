#include "wsclient/quotes_patch_stream.hpp"

#include "wsclient/line_text.hpp"
#include "wsclient/time_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <vector>

namespace wsf::wsclient {
namespace {

using Kind = PatchNews::Kind;

std::string fault_words(std::uint64_t number, const std::string& why) {
  return fmt::format("message {} cannot be applied to the document: {}", number, fit(why, kMaxWords, true));
}

Found fault(std::uint64_t number, const std::string& why) {
  const nlohmann::ordered_json json{
      {"type", "hole"}, {"cause", "patch"}, {"accounted", false}, {"message", number}, {"why", why}};
  return {fault_words(number, why), json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), true};
}

}  // namespace

QuotesPatchStream::QuotesPatchStream(const Options& options, const Showing& showing)
    : options_(options), in_words_(showing.in_words) {
  for (const auto& symbol : options.symbols) table_.watch(symbol);
}

// None of these needs percent-encoding.
std::string QuotesPatchStream::query() const {
  std::vector<std::string> parameters;
  if (!options_.symbols.empty()) parameters.push_back(fmt::format("symbols={}", fmt::join(options_.symbols, ",")));
  if (!options_.fields.empty()) parameters.push_back("fields=" + options_.fields);
  if (options_.compact) parameters.emplace_back("compact=1");
  return fmt::format("{}", fmt::join(parameters, "&"));
}

Asking QuotesPatchStream::on_up() {
  document_.begin();
  fresh_ = true;
  if (++connections_ == 1) return {};
  return {.told = "connected again; the document begins anew"};
}

Heard QuotesPatchStream::take(std::string_view raw, std::int64_t now_us) {
  const auto news = document_.take(raw);
  Heard heard;
  switch (news.kind) {
    case Kind::not_understood:
      heard.understood = false;
      break;
    case Kind::complaint:
      heard.told = fmt::format("the server says: {}", fit(news.words, kMaxWords, true));
      break;
    case Kind::patch:
      on_patch(news, now_us, heard);
      break;
    case Kind::fault:
      on_fault(news.words, heard);
      break;
    case Kind::other:
      break;
  }
  return heard;
}

// What a connection begins with is not news: how old it is says nothing about the way of an update.
void QuotesPatchStream::on_patch(const PatchNews& news, std::int64_t now_us, Heard& heard) {
  heard.is_update = true;
  ++messages_;
  operations_ += news.operations;
  std::vector<std::string> lines;
  for (auto quote : news.quotes) {
    quote.snapshot = fresh_;
    table_.apply(quote, now_us);
    if (in_words_) lines.push_back(update_line(quote, local_time(now_us), now_us));
  }
  heard.line = fmt::format("{}", fmt::join(lines, "\n"));
  const bool wanted = !options_.count || messages_ == *options_.count;
  if (options_.document) heard.line = wanted ? document_.text() : "";
  if (fresh_) heard.told = unknown_symbols();
  fresh_ = false;
}

void QuotesPatchStream::on_fault(const std::string& why, Heard& heard) {
  ++faults_;
  const auto number = messages_ + faults_;
  const bool verifies = options_.command == Options::Command::verify;
  if (verifies) heard.found = fault(number, why);
  const auto words = fault_words(number, why);
  const std::string hint = "the stream is broken: is it a server of quotes-patch, and is none of its messages lost?";
  heard.refused = Outcome{.exit = base::Exit::threshold_missed,
                          .line = verifies ? "" : fmt::format("{} ({})", words, hint),
                          .brief = words,
                          .hint = hint};
}

std::string QuotesPatchStream::unknown_symbols() const {
  std::vector<std::string> unknown;
  for (const auto& symbol : options_.symbols)
    if (!document_.has(symbol)) unknown.push_back(symbol);
  if (unknown.empty()) return {};
  return fmt::format("the server does not know {}", fmt::join(unknown, " "));
}

std::string QuotesPatchStream::summary(std::int64_t elapsed_ms, std::uint64_t reconnects) const {
  return fmt::format("{}, {}", counted(messages_, "message"), summary_line(table_, elapsed_ms, reconnects));
}

Verdict QuotesPatchStream::verdict(std::optional<std::int64_t> elapsed_ms) const {
  const auto reconnects = connections_ > 1 ? connections_ - 1 : 0;
  const char* const result = faults_ > 0 ? "broken" : messages_ > 0 ? "applied" : "nothing";
  const auto json = fmt::format(
      R"({{"type":"verdict","result":"{}","messages":{},"operations":{},"symbols":{},"reconnects":{},"faults":{}}})",
      result, messages_, operations_, table_.rows().size(), reconnects, faults_);
  auto what = fmt::format("{} ({}) of {}", counted(messages_, "message"), counted(operations_, "operation"),
                          counted(table_.rows().size(), "symbol"));
  if (elapsed_ms) what += fmt::format(" in {}", elapsed_text(*elapsed_ms));
  if (faults_ > 0)
    return {fmt::format("BROKEN: {} could be applied, {} could not, reconnects {}", what, faults_, reconnects), json,
            base::Exit::threshold_missed};
  if (messages_ > 0) return {fmt::format("applied: {}, reconnects {}", what, reconnects), json, base::Exit::ok};
  return {"nothing checked: no message was there", json, base::Exit::runtime};
}

}  // namespace wsf::wsclient
