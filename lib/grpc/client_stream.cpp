#include "grpc/client_stream.hpp"

#include "grpc/stream_status.hpp"

#include <fmt/format.h>
#include <grpcpp/grpcpp.h>
#include <market_data.grpc.pb.h>

#include <algorithm>

namespace wsf::grpc {
namespace {

int milliseconds(std::chrono::milliseconds time) {
  return static_cast<int>(std::min<std::int64_t>(time.count(), INT_MAX));
}

::grpc::ChannelArguments arguments_of(const UpstreamOptions& options) {
  ::grpc::ChannelArguments out;
  // A connection for each attempt: how long to wait before the next one is the QuoteUpstream's matter, not that of a
  // subchannel which the library shares and keeps.
  out.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  out.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  out.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  out.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, milliseconds(options.open_timeout));  // the limit of a connect
  out.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, milliseconds(options.keepalive));
  out.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, milliseconds(options.keepalive_timeout));
  out.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);  // as many as the keepalive asks for
  out.SetMaxReceiveMessageSize(static_cast<int>(options.max_message_bytes));
  return out;
}

std::shared_ptr<::grpc::ChannelCredentials> credentials_of(const UpstreamOptions& options, const std::string& roots) {
  if (!options.tls) return ::grpc::InsecureChannelCredentials();
  return ::grpc::SslCredentials({.pem_root_certs = roots, .pem_private_key = {}, .pem_cert_chain = {}});
}

std::string text_of(const ::grpc::Status& status) {
  if (status.ok()) return "the server ended the stream";
  const std::string_view known = name_of(status.error_code());
  return fmt::format("{}: {}",
                     known.empty() ? fmt::format("status {}", static_cast<int>(status.error_code())) : known,
                     status.error_message());
}

}  // namespace

bool fits_header(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c <= 0x7E; });
}

// The library calls the On...() on its own threads, each kind one at a time, and OnDone() last.
class ClientStream::Reactor final : public ::grpc::ClientBidiReactor<::StreamQuotesRequest, ::StreamQuotesResponse> {
 public:
  Reactor(const UpstreamOptions& options, const std::string& roots, const std::string& token,
          std::shared_ptr<StreamInbox> inbox)
      : inbox_(std::move(inbox)),
        channel_(::grpc::CreateCustomChannel("dns:///" + options.text(), credentials_of(options, roots),
                                             arguments_of(options))),
        stub_(channel_) {
    context_.AddMetadata("user_id", options.user);
    if (!token.empty()) context_.AddMetadata("authorization", token);
    stub_.async()->StreamQuotes(&context_, this);
    AddHold();  // for what the owner starts outside of the callbacks
    StartRead(&response_);
    StartCall();
  }

  void ask(const StreamRequest& request) {
    request_.set_action(request.action);
    request_.mutable_symbols()->Assign(request.symbols.begin(), request.symbols.end());
    StartWrite(&request_);
  }
  void read_on() { StartRead(&response_); }
  bool connected() const { return channel_->GetState(false) == GRPC_CHANNEL_READY; }

  std::string end(bool broken) {
    // After the end that the server gave it a cancel could take the place of what the server said.
    if (!broken) context_.TryCancel();
    RemoveHold();
    if (!inbox_->wait_for_done(kLastWords)) context_.TryCancel();
    return inbox_->take_done();
  }

 private:
  void OnReadInitialMetadataDone(bool ok) override {
    if (ok) inbox_->tell([](StreamEvents& events) { events.opened = true; });
  }

  void OnReadDone(bool ok) override {
    bool read_on = false;
    inbox_->tell([&](StreamEvents& events) {
      events.broken |= !ok;
      if (!ok) return;
      events.news.push_back(news_of(response_));
      read_on = events.news.size() < QuoteUpstream::kMaxWaiting;
      events.read_held = !read_on;
    });
    if (read_on) StartRead(&response_);
  }

  void OnWriteDone(bool ok) override {
    if (ok) inbox_->tell([](StreamEvents& events) { events.written = true; });  // else the reads fail as well
  }

  void OnDone(const ::grpc::Status& status) override {
    const std::shared_ptr<StreamInbox> inbox = inbox_;  // the owner destroys us as soon as it has been told
    inbox->tell([&](StreamEvents& events) { events.done = text_of(status); });
  }

  const std::shared_ptr<StreamInbox> inbox_;
  const std::shared_ptr<::grpc::Channel> channel_;
  ::MarketDataService::Stub stub_;
  ::grpc::ClientContext context_;
  ::StreamQuotesRequest request_;
  ::StreamQuotesResponse response_;
};

ClientStream::ClientStream(const UpstreamOptions& options, const std::string& roots, const std::string& token,
                           std::shared_ptr<StreamInbox> inbox)
    : reactor_(std::make_unique<Reactor>(options, roots, token, std::move(inbox))) {}
ClientStream::~ClientStream() = default;

void ClientStream::ask(const StreamRequest& request) {
  reactor_->ask(request);
}
void ClientStream::read_on() {
  reactor_->read_on();
}
bool ClientStream::connected() const {
  return reactor_->connected();
}
std::string ClientStream::end(bool broken) {
  return reactor_->end(broken);
}

}  // namespace wsf::grpc
