#include "grpc/server_stream.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace wsf::grpc {
namespace {

std::optional<StreamRequest> parse(const ::grpc::ByteBuffer& buffer) {
  ::grpc::Slice slice;
  if (!buffer.DumpToSingleSlice(&slice).ok()) return std::nullopt;
  return parse_stream_request({reinterpret_cast<const char*>(slice.begin()), slice.size()});
}

::grpc::Status status_of(StreamEnd how) {
  using ::grpc::StatusCode;
  switch (how) {
    case StreamEnd::half_closed:
      return ::grpc::Status::OK;
    case StreamEnd::gone:
      return ::grpc::Status::CANCELLED;
    case StreamEnd::malformed:
      return {StatusCode::INVALID_ARGUMENT, "not a StreamQuotesRequest"};
    case StreamEnd::slow_consumer:
      return {StatusCode::RESOURCE_EXHAUSTED, "slow consumer"};
    case StreamEnd::expired:
      return {StatusCode::UNAUTHENTICATED, "token expired"};
    case StreamEnd::restart:
      return {StatusCode::UNAVAILABLE, "service restart"};
  }
  return ::grpc::Status::CANCELLED;
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
  if (ok) loop_.post([this](QuoteStreams& streams) { streams.written(slot_); });  // else OnCancel() comes as well
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
  response_ = slices_.of(message);
  StartWrite(&response_);
}

void ServerStream::end(StreamEnd how) {
  Finish(status_of(how));
}

void ServerStream::cancel() {
  const std::lock_guard lock(mutex_);
  if (!done_) context_.TryCancel();
}

}  // namespace wsf::grpc
