#include "grpc/server_stream.hpp"

#include "grpc/stream_status.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace wsf::grpc {
namespace {

constexpr std::uint32_t kToldTogether = 32;  // written messages, while there are more to write
constexpr std::uint32_t kHinted = 31;        // messages that wait in the library's buffer for one more

std::optional<StreamRequest> parse(const ::grpc::ByteBuffer& buffer) {
  ::grpc::Slice slice;
  if (!buffer.DumpToSingleSlice(&slice).ok()) return std::nullopt;
  return parse_stream_request({reinterpret_cast<const char*>(slice.begin()), slice.size()});
}

}  // namespace

::grpc::ByteBuffer SharedSlices::of(const hub::FramePtr& frame) {
  const auto address = reinterpret_cast<std::uintptr_t>(frame.get());
  Place& place = places_[address / alignof(std::max_align_t) * 0x9E3779B97F4A7C15U >> 56U];
  if (place.frame != frame) place = {frame, ::grpc::Slice(frame->bytes().data(), frame->bytes().size())};
  return {&place.slice, 1};
}

ServerStream::ServerStream(const ::grpc::CallbackServerContext& context, StreamLoop& loop, SharedSlices& slices,
                           QuotePeer peer, std::function<void()> on_gone)
    : context_(context), loop_(loop), slices_(slices), on_gone_(std::move(on_gone)) {
  StartSendInitialMetadata();  // so that the client knows that it is let in
  loop_.post([this, peer = std::move(peer)](QuoteStreams& streams) { slot_ = streams.open(*this, peer); });
}

void ServerStream::OnReadDone(bool ok) {
  if (!ok) return loop_.post([this](QuoteStreams& streams) { streams.half_close(slot_); });
  loop_.post([this, request = parse(request_)](QuoteStreams& streams) { streams.request(slot_, request); });
}

void ServerStream::OnWriteDone(bool ok) {
  {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    if (!ok) ended_ = true;  // OnCancel() comes as well
    if (ended_) return;
    ++written_;
    if (!waiting_.empty()) start_next();
    if (told_ || (writing_ && written_ < kToldTogether)) return;
    told_ = true;
  }
  loop_.post([this](QuoteStreams& streams) { streams.written(slot_, take_written()); });
}

void ServerStream::OnCancel() {
  loop_.post([this](QuoteStreams& streams) { streams.lost(slot_); });
}

void ServerStream::OnDone() {
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
  }
  loop_.post([this](QuoteStreams& streams) {
    streams.gone(slot_);
    const auto on_gone = on_gone_;
    delete this;
    on_gone();
  });
}

void ServerStream::write(const hub::FramePtr& message) {
  ::grpc::ByteBuffer bytes = slices_.of(message);
  const std::lock_guard lock(mutex_);
  if (ended_) return;
  waiting_.push_back(std::move(bytes));
  if (!writing_) start_next();
}

// The library never calls back from within StartWrite(), so it may be called with the mutex.
void ServerStream::start_next() {
  response_.Swap(&waiting_.front());
  waiting_.pop_front();
  writing_ = true;
  const bool more = !waiting_.empty() && hinted_ < kHinted;
  hinted_ = more ? hinted_ + 1 : 0;
  ::grpc::WriteOptions options;
  if (more) options.set_buffer_hint();
  StartWrite(&response_, options);
}

std::uint32_t ServerStream::take_written() {
  const std::lock_guard lock(mutex_);
  told_ = false;
  return std::exchange(written_, 0);
}

void ServerStream::end(StreamEnd how) {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    waiting_.clear();
  }
  Finish(status_of(how));
}

void ServerStream::cancel() {
  const std::lock_guard lock(mutex_);
  if (!done_) context_.TryCancel();
}

}  // namespace wsf::grpc
