#pragma once
// The document that the messages of quotes-patch make: their operations (RFC 6902), applied to {"quotes":{}} one
// after the other. One thread.

#include "wsclient/server_message.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::wsclient {

struct PatchNews {
  enum class Kind {
    not_understood,  // no JSON object
    other,           // a message that is no patch
    complaint,       // of the server
    patch,           // applied
    fault,           // a patch that does not fit: the document is as it was before
  };
  Kind kind = Kind::not_understood;
  std::string words{};               // of the complaint, or what is wrong with the patch
  std::size_t operations = 0;        // applied
  std::vector<RateUpdate> quotes{};  // that were touched and are there now, as they stand, in the patch's order
};

class QuoteDocument {
 public:
  QuoteDocument();
  ~QuoteDocument();

  void begin();  // {"quotes":{}}
  PatchNews take(std::string_view message);

  bool has(std::string_view symbol) const;
  std::string text() const;  // JSON, on one line

 private:
  struct Tree;  // keeps the JSON library out of this header
  const std::unique_ptr<Tree> tree_;
};

}  // namespace wsf::wsclient
