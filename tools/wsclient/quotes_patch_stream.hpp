#pragma once
// quotes-patch: the URL names the symbols, and each message patches the document that the first one of its connection
// has filled. A patch that does not fit is the end: what comes after it would build on what is not there.

#include "wsclient/price_table.hpp"
#include "wsclient/quote_document.hpp"
#include "wsclient/stream.hpp"

#include <cstdint>
#include <string>

namespace wsf::wsclient {

class QuotesPatchStream final : public Stream {
 public:
  QuotesPatchStream(const Options& options, const Showing& showing);

  std::string query() const override;
  Asking on_up() override;
  Heard take(std::string_view raw, std::int64_t now_us) override;
  std::uint64_t updates() const override { return messages_; }  // patches, whatever they hold
  std::string summary(std::int64_t elapsed_ms, std::uint64_t reconnects) const override;
  Verdict verdict(std::optional<std::int64_t> elapsed_ms) const override;
  const PriceTable* table() const override { return &table_; }

 private:
  void on_patch(const PatchNews& news, std::int64_t now_us, Heard& heard);
  void on_fault(const std::string& why, Heard& heard);
  std::string unknown_symbols() const;

  const Options& options_;
  const bool in_words_;
  QuoteDocument document_;
  PriceTable table_{Instrument::security};
  bool fresh_ = true;  // the connection's first patch is still to come
  std::uint64_t connections_ = 0;
  std::uint64_t messages_ = 0;
  std::uint64_t operations_ = 0;
  std::uint64_t faults_ = 0;
};

}  // namespace wsf::wsclient
