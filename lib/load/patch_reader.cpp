#include "load/patch_reader.hpp"

#include "base/identifier.hpp"
#include "base/timestamp.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

namespace wsf::load {
namespace {

using protocol::QuoteField;

constexpr std::string_view kQuotes = "/quotes/";
constexpr std::array<std::string_view, protocol::kQuoteFields> kNames{"current_price", "change", "change_percent",
                                                                      "last_updated"};
constexpr int kExactDigits = 15;  // a double holds every number of so many
constexpr std::array kPowers{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

std::optional<QuoteField> field_of(std::string_view name) {
  const auto* found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return kQuoteFields[static_cast<std::size_t>(found - kNames.begin())];
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

std::string_view name_of(QuoteField field) {
  return kNames[static_cast<std::size_t>(field)];
}

// One message under way.
class PatchReader::Message {
 public:
  Message(PatchReader& reader, std::string_view text) : reader_(reader), rest_(text) {}

  // The reader's fault is set where it returns false.
  bool read() {
    bool type = false, operations = false;
    const auto member = [&](std::string_view name) {
      if (name == "type") return once(type) && read_type();
      if (name == "operations") return once(operations) && read_operations();
      return fail("a member that does not belong there");
    };
    if (!object(member)) return false;
    if (!type || !operations) return fail("no type, or no operations");
    blanks();
    return rest_.empty() || fail("something behind the message");
  }

 private:
  struct Draft {
    bool has_op = false, has_path = false, has_value = false;
    bool is_object = false, is_text = false;
    std::string_view inner_symbol;  // of a whole quote
    double number = 0;
    std::int64_t time_ms = 0;
    PatchOperation operation;
  };

  bool fail(std::string_view why) {
    reader_.fault_ = why;
    return false;
  }

  bool once(bool& seen) { return std::exchange(seen, true) ? fail("a member that comes twice") : true; }

  void blanks() {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\n' || rest_[0] == '\t' || rest_[0] == '\r')) {
      rest_.remove_prefix(1);
    }
  }

  bool take(char c) {
    blanks();
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  template <class Member>
  bool object(Member member) {
    if (!take('{')) return fail("no object where one must stand");
    if (take('}')) return true;
    do {
      std::string_view name;
      if (!string(name)) return false;
      if (!take(':')) return fail("no colon behind a name");
      if (!member(name)) return false;
    } while (take(','));
    return take('}') || fail("an object without an end");
  }

  bool string(std::string_view& out) {
    if (!take('"')) return fail("no text where one must stand");
    std::size_t end = 0;
    while (end < rest_.size() && rest_[end] != '"') {
      if (rest_[end] == '\\' || static_cast<unsigned char>(rest_[end]) < 0x20) return fail("a text with an escape");
      end++;
    }
    if (end == rest_.size()) return fail("a text without an end");
    out = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return true;
  }

  // Of RFC 8259 section 6.
  bool number(double& out) {
    blanks();
    const std::string_view text = rest_;
    std::size_t at = !text.empty() && text[0] == '-' ? 1 : 0;
    const std::size_t whole = at;
    std::uint64_t digits = 0;
    const auto run = [&] {
      const std::size_t from = at;
      for (; at < text.size() && is_digit(text[at]); at++) {
        digits = digits * 10 + static_cast<std::uint64_t>(text[at] - '0');  // too many wrap, and are not used
      }
      return at - from;
    };
    const std::size_t integer = run();
    if (integer == 0 || (integer > 1 && text[whole] == '0')) return fail("no number where one must stand");
    std::size_t decimals = 0;
    if (at < text.size() && text[at] == '.') {
      at++;
      decimals = run();
      if (decimals == 0) return fail("a number that ends with its point");
    }
    const bool exact = integer + decimals <= kExactDigits;
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) return number_by_library(out);
    if (!exact) return number_by_library(out);
    rest_.remove_prefix(at);
    out = static_cast<double>(digits) / kPowers[decimals];
    if (whole == 1) out = -out;
    return true;
  }

  bool number_by_library(double& out) {
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), out);
    const auto size = static_cast<std::size_t>(end - rest_.data());
    if (error != std::errc()) return fail("a number that is none, or out of range");
    rest_.remove_prefix(size);
    return true;
  }

  bool read_type() {
    std::string_view type;
    if (!string(type)) return false;
    return type == "quotes_patch" || fail("another type than quotes_patch");
  }

  bool read_operations() {
    if (!take('[')) return fail("operations that are no array");
    if (take(']')) return fail("no operation");
    do {
      if (!read_operation()) return false;
    } while (take(','));
    return take(']') || fail("an array without an end");
  }

  bool read_operation() {
    Draft draft;
    const auto member = [&](std::string_view name) {
      if (name == "op") return once(draft.has_op) && read_op(draft.operation);
      if (name == "path") return once(draft.has_path) && read_path(draft.operation);
      if (name == "value") return once(draft.has_value) && read_value(draft);
      return fail("a member that does not belong there");
    };
    return object(member) && finish(draft);
  }

  bool read_op(PatchOperation& out) {
    std::string_view op;
    if (!string(op)) return false;
    if (op != "add" && op != "replace") return fail("another operation than add and replace");
    out.kind = op == "add" ? PatchOperation::Kind::add : PatchOperation::Kind::replace;
    return true;
  }

  bool read_path(PatchOperation& out) {
    std::string_view path;
    if (!string(path)) return false;
    if (!path.starts_with(kQuotes)) return fail("a path that is not below /quotes");
    path.remove_prefix(kQuotes.size());
    const std::size_t slash = path.find('/');
    out.symbol = path.substr(0, slash);
    if (!base::is_symbol(out.symbol)) return fail("a path without a symbol");
    if (slash == path.npos) return true;
    out.field = field_of(path.substr(slash + 1));
    return out.field || fail("a path to no field of a quote");
  }

  bool read_value(Draft& draft) {
    blanks();
    if (!rest_.empty() && rest_[0] == '{') {
      draft.is_object = true;
      return read_quote(draft);
    }
    draft.is_text = !rest_.empty() && rest_[0] == '"';
    return draft.is_text ? read_time(draft.time_ms) : number(draft.number);
  }

  bool read_time(std::int64_t& out) {
    std::string_view text;
    if (!string(text)) return false;
    const auto ms = reader_.time_of(text);
    if (!ms) return fail("a time that is none of RFC 3339 in UTC");
    out = *ms;
    return true;
  }

  bool read_quote(Draft& draft) {
    bool symbol = false;
    const auto member = [&](std::string_view name) {
      if (name == "symbol") return once(symbol) && string(draft.inner_symbol);
      const auto field = field_of(name);
      if (!field) return fail("a member that does not belong there");
      QuoteValues& values = draft.operation.values;
      if (values.given.has(*field)) return fail("a member that comes twice");
      double value = 0;
      std::int64_t time_ms = 0;
      if (*field == QuoteField::time ? !read_time(time_ms) : !number(value)) return false;
      *field == QuoteField::time ? values.put_time(time_ms) : values.put(*field, value);
      return true;
    };
    return object(member) && (symbol || fail("a quote without its symbol"));
  }

  bool finish(Draft& draft) {
    if (!draft.has_op || !draft.has_path || !draft.has_value) return fail("an operation without op, path or value");
    PatchOperation& out = draft.operation;
    if (out.field.has_value() == draft.is_object) return fail("a value that its path is not of");
    if (!out.field) {
      if (draft.inner_symbol != out.symbol) return fail("a quote of another symbol than its path's");
    } else {
      if (draft.is_text != (*out.field == QuoteField::time)) return fail("a value that its path is not of");
      draft.is_text ? out.values.put_time(draft.time_ms) : out.values.put(*out.field, draft.number);
    }
    reader_.operations_.push_back(out);
    return true;
  }

  PatchReader& reader_;
  std::string_view rest_;
};

bool PatchReader::read(std::string_view text) {
  operations_.clear();
  fault_ = {};
  return Message(*this, text).read();
}

std::optional<std::int64_t> PatchReader::time_of(std::string_view text) {
  if (text == known_time_ && !text.empty()) return known_time_ms_;
  const auto ms = text.ends_with('Z') ? base::parse_rfc3339(text) : std::nullopt;
  if (!ms) return std::nullopt;
  known_time_ = text;
  known_time_ms_ = *ms;
  return ms;
}

}  // namespace wsf::load
