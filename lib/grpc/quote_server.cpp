#include "grpc/quote_server.hpp"

#include "base/exit_codes.hpp"
#include "grpc/host_port.hpp"
#include "grpc/library_log.hpp"
#include "grpc/server_stream.hpp"
#include "net/server_tls.hpp"

#include <fmt/format.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <market_data.grpc.pb.h>

#include <future>
#include <thread>
#include <utility>

namespace wsf::grpc {
namespace {

using Generated =
    ::MarketDataService::WithRawCallbackMethod_StreamQuotes<::MarketDataService::WithCallbackMethod_GetMarketData<
        ::MarketDataService::WithCallbackMethod_GetBatchMarketData<::MarketDataService::Service>>>;
using ::grpc::StatusCode;

int milliseconds(std::chrono::milliseconds time) {
  return static_cast<int>(time.count());
}

std::string_view metadata(const ::grpc::CallbackServerContext& context, const char* name) {
  const auto at = context.client_metadata().find(name);
  return at == context.client_metadata().end() ? std::string_view{}
                                               : std::string_view{at->second.data(), at->second.size()};
}

std::shared_ptr<::grpc::ServerCredentials> credentials_of(const QuoteServerOptions& options) {
  if (options.tls_cert.empty()) return ::grpc::InsecureServerCredentials();
  // The library would say nothing of what is wrong with them.
  const auto tls = net::ServerTls::read({.cert = options.tls_cert, .key = options.tls_key});
  if (!tls) base::refuse("TLS for gRPC: " + tls.error().message);
  const std::string& key = options.tls_key.empty() ? options.tls_cert : options.tls_key;
  ::grpc::experimental::TlsServerCredentialsOptions watched(
      std::make_shared<::grpc::experimental::FileWatcherCertificateProvider>(
          key, options.tls_cert, static_cast<unsigned>(QuoteServer::kLookAtFiles.count())));
  watched.watch_identity_key_cert_pairs();
  return ::grpc::experimental::TlsServerCredentials(watched);
}

void bound(::grpc::ServerBuilder& builder, const QuoteServerOptions& options) {
  builder.SetMaxReceiveMessageSize(static_cast<int>(options.max_message_bytes));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS,
                             static_cast<int>(options.max_streams + QuoteServer::kOtherCalls));
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // a second process must not share the port silently
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, milliseconds(QuoteServer::kIdleConnection));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, milliseconds(QuoteServer::kKeepalive));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, milliseconds(QuoteServer::kKeepaliveTimeout));
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             milliseconds(QuoteServer::kLeastPingInterval));
}

}  // namespace

class QuoteServer::Service final : public Generated {
 public:
  Service(const QuoteServerOptions& options, QuoteDesk& desk)
      : options_(options), desk_(desk), loop_(desk, options.limits, counters_.streams) {
    take_over_library_logs();
    ::grpc::EnableDefaultHealthCheckService(true);
    ::grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    ::grpc::ServerBuilder builder;
    const std::string address = host_port(options.host, options.port);
    builder.AddListeningPort(address, credentials_of(options), &port_);
    builder.RegisterService(this);
    bound(builder, options);
    server_ = builder.BuildAndStart();
    if (!server_ || port_ == 0) {
      throw base::StartupError(base::Exit::runtime,
                               fmt::format("cannot listen on {} for gRPC: the address is in use, or "
                                           "none of this machine (choose another)",
                                           address));
    }
    set_serving(false);
  }
  ~Service() override { stop(std::chrono::milliseconds{0}); }

  std::uint16_t port() const { return static_cast<std::uint16_t>(port_); }
  const QuoteServerCounters& counters() const { return counters_; }

  bool post(const QuoteBatch& quotes) {
    const bool taken = loop_.post(quotes);
    if (!taken) ++counters_.batches_refused;
    return taken;
  }

  bool flush(std::chrono::milliseconds patience) {
    const auto until = std::chrono::steady_clock::now() + patience;
    // What is posted is looked at after the orders that came with it: the first answer says nothing of that yet.
    for (bool published = false;; published = true) {
      if (all_written() && published) return true;
      if (std::chrono::steady_clock::now() >= until) return false;
      std::this_thread::sleep_for(kFlushPause);
    }
  }

  void set_serving(bool serving) {
    auto* const health = server_->GetHealthCheckService();
    health->SetServingStatus("", serving);
    health->SetServingStatus(::MarketDataService::service_full_name(), serving);
  }

  void drain(std::chrono::milliseconds window) {
    draining_ = true;
    loop_.post([window](QuoteStreams& streams) { streams.drain(window); });
  }

  void stop(std::chrono::milliseconds grace) {
    if (std::exchange(stopped_, true) || !server_) return;
    drain(std::chrono::milliseconds{0});
    server_->Shutdown(std::chrono::system_clock::now() + grace);
    for (std::size_t left = streams_; left != 0; left = streams_)
      streams_.wait(left);  // their last word is on its way
    loop_.stop();
  }

 private:
  RawReactor* StreamQuotes(::grpc::CallbackServerContext* context) override {
    if (draining_) return new RefusedStream({StatusCode::UNAVAILABLE, "service restart"});
    auto peer = admit(*context);
    if (!peer) return new RefusedStream(unauthenticated(peer.error()));
    if (++streams_ > options_.max_streams) {
      leave();
      ++counters_.over_limit;
      return new RefusedStream({StatusCode::RESOURCE_EXHAUSTED, "too many streams: try again later"});
    }
    if (!desk_.seat(*peer)) {
      leave();
      ++counters_.without_seat;
      return new RefusedStream({StatusCode::RESOURCE_EXHAUSTED, "connection limit per user"});
    }
    return new ServerStream(*context, loop_, slices_, std::move(*peer), [this] { leave(); });
  }

  ::grpc::ServerUnaryReactor* GetMarketData(::grpc::CallbackServerContext* context,
                                            const ::GetMarketDataRequest* request,
                                            ::GetMarketDataResponse* response) override {
    return answered(*context, [&](const QuotePeer& peer) -> ::grpc::Status {
      const std::string& symbol = request->symbol();
      if (peer.may_see && !peer.may_see(symbol)) {
        return {StatusCode::PERMISSION_DENIED, fmt::format("Symbol {} not allowed for your subscription", symbol)};
      }
      const auto last = desk_.last(symbol);
      if (!last) return {StatusCode::NOT_FOUND, "no quote of this symbol is known"};
      fill(*response, symbol, *last);
      return ::grpc::Status::OK;
    });
  }

  ::grpc::ServerUnaryReactor* GetBatchMarketData(::grpc::CallbackServerContext* context,
                                                 const ::GetBatchMarketDataRequest* request,
                                                 ::GetBatchMarketDataResponse* response) override {
    return answered(*context, [&](const QuotePeer& peer) -> ::grpc::Status {
      const std::size_t most = options_.limits.max_subscriptions;
      if (static_cast<std::size_t>(request->symbols_size()) > most) {
        return {StatusCode::INVALID_ARGUMENT, fmt::format("more than {} symbols", most)};
      }
      for (const std::string& symbol : request->symbols()) {
        if (peer.may_see && !peer.may_see(symbol)) continue;
        if (const auto last = desk_.last(symbol)) fill(*response->add_market_data(), symbol, *last);
      }
      return ::grpc::Status::OK;
    });
  }

  bool all_written() {
    const auto answer = std::make_shared<std::promise<bool>>();
    loop_.post([answer](const QuoteStreams& streams) { answer->set_value(streams.all_written()); });
    return answer->get_future().get();
  }

  template <class Answer>
  ::grpc::ServerUnaryReactor* answered(::grpc::CallbackServerContext& context, Answer answer) {
    ++counters_.unary_calls;
    const auto peer = admit(context);
    ::grpc::ServerUnaryReactor* const reactor = context.DefaultReactor();
    reactor->Finish(peer ? answer(*peer) : unauthenticated(peer.error()));
    return reactor;
  }

  base::Result<QuotePeer> admit(const ::grpc::CallbackServerContext& context) {
    return desk_.admit(metadata(context, "authorization"), metadata(context, "user_id"));
  }
  ::grpc::Status unauthenticated(const base::Error& why) {
    ++counters_.unauthenticated;
    return {StatusCode::UNAUTHENTICATED, why.message};
  }
  void leave() {
    --streams_;
    streams_.notify_all();
  }

  const QuoteServerOptions options_;
  QuoteDesk& desk_;
  QuoteServerCounters counters_;
  std::atomic<std::size_t> streams_{0};  // that the library may still speak of
  std::atomic<bool> draining_{false};
  bool stopped_ = false;
  int port_ = 0;
  SharedSlices slices_;  // the loop's thread's
  StreamLoop loop_;
  std::unique_ptr<::grpc::Server> server_;
};

QuoteServer::QuoteServer(const QuoteServerOptions& options, QuoteDesk& desk)
    : service_(std::make_unique<Service>(options, desk)) {}
QuoteServer::~QuoteServer() = default;

std::uint16_t QuoteServer::port() const {
  return service_->port();
}
bool QuoteServer::post(const QuoteBatch& quotes) {
  return service_->post(quotes);
}
bool QuoteServer::flush(std::chrono::milliseconds patience) {
  return service_->flush(patience);
}
void QuoteServer::set_serving(bool serving) {
  service_->set_serving(serving);
}
void QuoteServer::drain(std::chrono::milliseconds window) {
  service_->drain(window);
}
void QuoteServer::stop(std::chrono::milliseconds grace) {
  service_->stop(grace);
}
const QuoteServerCounters& QuoteServer::counters() const {
  return service_->counters();
}

}  // namespace wsf::grpc
