#pragma once
// A StreamQuotes call as the gRPC library sees it: its callbacks leave word on the StreamLoop, and what the streams'
// thread wants is started here. For this folder's .cpp files only.

#include "grpc/quote_streams.hpp"
#include "grpc/stream_loop.hpp"

#include <grpcpp/grpcpp.h>

#include <array>
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

  const ::grpc::CallbackServerContext& context_;
  StreamLoop& loop_;
  SharedSlices& slices_;
  const std::function<void()> on_gone_;
  Slot slot_ = 0;  // the streams' thread's
  ::grpc::ByteBuffer request_, response_;
  std::mutex mutex_;  // the context ends with OnDone(), and a cancel may come just then
  bool done_ = false;
};

// A call that ends before it has begun.
class RefusedStream final : public RawReactor {
 public:
  explicit RefusedStream(const ::grpc::Status& why) { Finish(why); }

 private:
  void OnDone() override { delete this; }
};

}  // namespace wsf::grpc
