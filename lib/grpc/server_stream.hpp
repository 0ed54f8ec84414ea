#pragma once
// A StreamQuotes call as the gRPC library sees it: its callbacks leave word on the StreamLoop, and what the streams'
// thread wants is started here. For this folder's .cpp files only.

#include "grpc/quote_streams.hpp"
#include "grpc/stream_loop.hpp"

#include <grpcpp/grpcpp.h>

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>

namespace wsf::grpc {

using RawReactor = ::grpc::ServerBidiReactor<::grpc::ByteBuffer, ::grpc::ByteBuffer>;

// Frames in the form that the library wants, made once for all streams: a slice is counted by atomics, a frame is
// not, so the streams' thread alone uses this. Holds the frames that went out lately; a stream that was busy then,
// and takes one of them much later, pays a copy.
class SharedSlices {
 public:
  ::grpc::ByteBuffer of(const hub::FramePtr& frame);

 private:
  struct Place {
    hub::FramePtr frame;  // held, so that its address stays its own
    ::grpc::Slice slice;
  };
  std::array<Place, 256> places_;  // by the frame's address
};

// Destroys itself when the library is done with the call and the streams' thread knows.
//
// The library takes one message at a time, and says on a thread of its own that it has it. The next one is started
// there, so that a burst needs no turn of the streams' thread for each message; that thread hears of several at once.
class ServerStream final : public RawReactor, private StreamWire {
 public:
  // `on_gone` is called last, on the loop's thread. What is passed by reference must live until then.
  ServerStream(const ::grpc::CallbackServerContext& context, StreamLoop& loop, SharedSlices& slices, QuotePeer peer,
               std::function<void()> on_gone);

 private:
  // The library's threads.
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  // The streams' thread.
  void read() override { StartRead(&request_); }
  void write(const hub::FramePtr& message) override;
  void end(StreamEnd how) override;
  void cancel() override;
  std::uint32_t take_written();

  // Either.
  void start_next();  // with the mutex

  const ::grpc::CallbackServerContext& context_;
  StreamLoop& loop_;
  SharedSlices& slices_;
  const std::function<void()> on_gone_;
  Slot slot_ = 0;  // the streams' thread's
  ::grpc::ByteBuffer request_;

  std::mutex mutex_;
  std::deque<::grpc::ByteBuffer> waiting_;  // behind the one that the library has; bounded by the streams
  ::grpc::ByteBuffer response_;             // that the library has
  bool writing_ = false;
  bool ended_ = false;         // nothing is started any more
  std::uint32_t hinted_ = 0;   // messages that may lie in the library's buffer
  std::uint32_t written_ = 0;  // of which the streams' thread has not taken note
  bool told_ = false;          // word of them is on its way
  bool done_ = false;          // the context ends with OnDone(), and a cancel may come just then
};

// A call that ends before it has begun.
class RefusedStream final : public RawReactor {
 public:
  explicit RefusedStream(const ::grpc::Status& why) { Finish(why); }

 private:
  void OnDone() override { delete this; }
};

}  // namespace wsf::grpc
