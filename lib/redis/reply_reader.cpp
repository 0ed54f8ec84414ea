#include "redis/reply_reader.hpp"

#include "base/check.hpp"

#include <fmt/format.h>
#include <hiredis/read.h>

#include <string>

namespace wsf::redis {
namespace {

struct ReaderEnd {
  void operator()(redisReader* reader) const { redisReaderFree(reader); }
};

// What the reply under construction has used of its bounds.
struct Budget {
  std::size_t max_bytes;
  std::size_t bytes = 0, elements = 0;
  std::string exceeded{};

  bool spend_bytes(std::size_t count) {
    bytes += count;
    if (bytes > max_bytes) exceeded = fmt::format("a reply of more than {} bytes", max_bytes);
    return exceeded.empty();
  }
  bool spend_elements(int count) {
    elements += count < 0 ? ReplyReader::kMaxElements : static_cast<std::size_t>(count);
    if (count < 0 || elements > ReplyReader::kMaxElements) {
      exceeded = fmt::format("a reply of more than {} elements", ReplyReader::kMaxElements);
    }
    return exceeded.empty();
  }
  // Of an array inside of so many others. The reader's own bound is another, and differs between its versions.
  bool go_down(int depth) {
    if (depth >= ReplyReader::kMaxDepth) {
      exceeded = fmt::format("a reply of more than {} levels", ReplyReader::kMaxDepth);
    }
    return exceeded.empty();
  }
};

// The functions that hiredis builds a reply with, so that we see each length before anything is allocated for it:
// its own allocate what the server announces. Null stops the reader with an error.

Reply* place(const redisReadTask& task) {
  if (task.parent == nullptr) return new Reply;
  return &static_cast<Reply*>(task.parent->obj)->items[static_cast<std::size_t>(task.idx)];
}

int depth_of(const redisReadTask& task) {
  int depth = 0;
  for (const redisReadTask* outer = task.parent; outer != nullptr; outer = outer->parent) ++depth;
  return depth;
}

Budget& budget_of(const redisReadTask& task) {
  return *static_cast<Budget*>(task.privdata);
}

Reply::Kind kind_of(int type) {
  if (type == REDIS_REPLY_ERROR) return Reply::Kind::error;
  return type == REDIS_REPLY_STATUS ? Reply::Kind::status : Reply::Kind::bytes;
}

void* make_string(const redisReadTask* task, char* bytes, std::size_t size) {
  if (!budget_of(*task).spend_bytes(size)) return nullptr;
  Reply* reply = place(*task);
  reply->kind = kind_of(task->type);
  reply->text.assign(bytes, size);
  return reply;
}

void* make_array(const redisReadTask* task, int elements) {
  Budget& budget = budget_of(*task);
  if (!budget.go_down(depth_of(*task)) || !budget.spend_elements(elements)) return nullptr;
  Reply* reply = place(*task);
  reply->kind = Reply::Kind::array;
  reply->items.resize(static_cast<std::size_t>(elements));
  return reply;
}

void* make_integer(const redisReadTask* task, long long value) {
  Reply* reply = place(*task);
  reply->kind = Reply::Kind::integer;
  reply->integer = value;
  return reply;
}

void* make_nil(const redisReadTask* task) {
  return place(*task);
}

// Called with roots only: the others lie inside them.
void end_reply(void* root) {
  delete static_cast<Reply*>(root);
}

redisReplyObjectFunctions builders{make_string, make_array, make_integer, make_nil, end_reply};

}  // namespace

struct ReplyReader::Parser {
  explicit Parser(std::size_t max_reply_bytes)
      : reader(redisReaderCreateWithFunctions(&builders)), budget{max_reply_bytes} {
    base::check(reader != nullptr, "memory for a reader of replies");
    reader->privdata = &budget;
  }

  base::Error fail(std::string what) {
    if (failure.empty()) failure = std::move(what);
    return {failure};
  }

  base::Result<std::optional<Reply>> next();

  std::unique_ptr<redisReader, ReaderEnd> reader;
  Budget budget;
  std::string failure;
};

base::Result<std::optional<Reply>> ReplyReader::Parser::next() {
  if (!failure.empty()) return fail({});
  void* root = nullptr;
  if (redisReaderGetReply(reader.get(), &root) != REDIS_OK) {
    return fail(budget.exceeded.empty() ? reader->errstr : budget.exceeded);
  }
  if (root == nullptr) {
    if (reader->len - reader->pos <= budget.max_bytes) return std::optional<Reply>();
    return fail(fmt::format("a reply of more than {} bytes", budget.max_bytes));
  }
  const std::unique_ptr<Reply> reply(static_cast<Reply*>(root));
  budget.bytes = budget.elements = 0;
  return std::optional<Reply>(std::move(*reply));
}

ReplyReader::ReplyReader(std::size_t max_reply_bytes) : parser_(std::make_unique<Parser>(max_reply_bytes)) {}
ReplyReader::~ReplyReader() = default;
ReplyReader::ReplyReader(ReplyReader&&) noexcept = default;
ReplyReader& ReplyReader::operator=(ReplyReader&&) noexcept = default;

void ReplyReader::feed(std::string_view bytes) {
  if (!parser_->failure.empty()) return;
  if (redisReaderFeed(parser_->reader.get(), bytes.data(), bytes.size()) != REDIS_OK) {
    parser_->fail(parser_->reader->errstr);
  }
}

base::Result<std::optional<Reply>> ReplyReader::next() {
  return parser_->next();
}

}  // namespace wsf::redis
