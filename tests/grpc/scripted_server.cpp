#include "scripted_server.hpp"

#include "fakes/remembering.hpp"

#include <fmt/format.h>
#include <grpcpp/grpcpp.h>
#include <market_data.grpc.pb.h>

#include <algorithm>
#include <deque>
#include <mutex>
#include <set>

namespace wsf::grpc {
namespace {

using Base = ::MarketDataService::WithCallbackMethod_StreamQuotes<::MarketDataService::Service>;
using BidiReactor = ::grpc::ServerBidiReactor<::StreamQuotesRequest, ::StreamQuotesResponse>;

std::string metadata(const ::grpc::CallbackServerContext& context, const char* name) {
  const auto at = context.client_metadata().find(name);
  return at == context.client_metadata().end() ? "-" : std::string(at->second.data(), at->second.size());
}

}  // namespace

class ScriptedServer::Service final : public Base, public Remembering {
 public:
  explicit Service(const Tls& tls) {
    if (!tls.key.empty()) {
      ::grpc::SslServerCredentialsOptions options;
      options.pem_key_cert_pairs.push_back({tls.key, tls.certificate});
      credentials_ = ::grpc::SslServerCredentials(options);
    }
  }

  void start() {
    ::grpc::ServerBuilder builder;
    builder.AddListeningPort(fmt::format("127.0.0.1:{}", port), credentials_, &port);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  void stop() {
    if (server_) server_->Shutdown(std::chrono::system_clock::now());
    server_.reset();
  }

  class Stream final : public BidiReactor {
   public:
    explicit Stream(Service& service) : service_(service) { StartRead(&request_); }
    void say(::StreamQuotesResponse response) {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(std::move(response));
      if (waiting_.size() == 1) StartWrite(&waiting_.front());
    }
    void end(const ::grpc::Status& status) {
      {
        const std::lock_guard lock(mutex_);
        if (std::exchange(ended_, true)) return;
      }
      Finish(status);
    }

   private:
    void OnReadDone(bool ok) override {
      if (!ok) return end(::grpc::Status::OK);
      service_.took(request_);
      StartRead(&request_);
    }
    void OnWriteDone(bool ok) override {
      const std::lock_guard lock(mutex_);
      waiting_.pop_front();
      if (ok && !waiting_.empty()) StartWrite(&waiting_.front());
    }
    void OnCancel() override { end(::grpc::Status::CANCELLED); }
    void OnDone() override { service_.gone(this); }

    Service& service_;
    std::mutex mutex_;
    std::deque<::StreamQuotesResponse> waiting_;
    bool ended_ = false;
    ::StreamQuotesRequest request_;
  };

  BidiReactor* StreamQuotes(::grpc::CallbackServerContext* context) override {
    auto* const stream = new Stream(*this);
    note([&] {
      if (greets) stream->StartSendInitialMetadata();
      if (!refusal.ok()) stream->end(refusal);
      stream_ = stream;
      streams.push_back(metadata(*context, "user_id") + " " + metadata(*context, "authorization"));
    });
    return stream;
  }

  void took(const ::StreamQuotesRequest& request) {
    const std::set<std::string> symbols(request.symbols().begin(), request.symbols().end());
    note([&] { requests.push_back(fmt::format("{} {}", request.action(), fmt::join(symbols, ","))); });
  }
  void gone(Stream* stream) {
    note([&] {
      if (stream_ == stream) stream_ = nullptr;
    });
    delete stream;
  }
  template <class Act>
  void on_stream(Act act) {
    note([&] { act(*stream_); });
  }
  using Remembering::copy_of;
  using Remembering::note;
  using Remembering::wait;

  int port = 0;
  bool greets = false;
  ::grpc::Status refusal;
  std::vector<std::string> requests, streams;

 private:
  std::shared_ptr<::grpc::ServerCredentials> credentials_ = ::grpc::InsecureServerCredentials();
  std::unique_ptr<::grpc::Server> server_;
  Stream* stream_ = nullptr;
};

ScriptedServer::ScriptedServer(const Tls& tls) : service_(std::make_unique<Service>(tls)) {
  start();
}
ScriptedServer::~ScriptedServer() {
  stop();
}

UpstreamOptions ScriptedServer::options() const {
  UpstreamOptions out;
  out.port = static_cast<std::uint16_t>(service_->port);
  out.settle = std::chrono::milliseconds{10};
  out.reconnect = {std::chrono::milliseconds{1}, std::chrono::milliseconds{20}};
  return out;
}
void ScriptedServer::stop() {
  service_->stop();
}
void ScriptedServer::start() {
  service_->start();
}
void ScriptedServer::greet() {
  service_->note([&] { service_->greets = true; });
}
void ScriptedServer::refuse(int status_code, const std::string& message) {
  service_->note([&] { service_->refusal = {static_cast<::grpc::StatusCode>(status_code), message}; });
}
void ScriptedServer::welcome() {
  service_->note([&] { service_->refusal = {}; });
}
void ScriptedServer::quote(const std::string& symbol, double price) {
  ::StreamQuotesResponse response;
  response.set_symbol(symbol);
  response.set_price(price);
  response.set_type("quote");
  service_->on_stream([&](Service::Stream& stream) { stream.say(response); });
}
void ScriptedServer::say(const std::string& type, const std::string& symbol, const std::string& message) {
  ::StreamQuotesResponse response;
  response.set_symbol(symbol);
  response.set_type(type);
  response.set_message(message);
  service_->on_stream([&](Service::Stream& stream) { stream.say(response); });
}
void ScriptedServer::end_stream() {
  service_->on_stream([](Service::Stream& stream) { stream.end(::grpc::Status::OK); });
}
bool ScriptedServer::wait_for_requests(std::size_t count) {
  return service_->wait([&] { return service_->requests.size() >= count; });
}
bool ScriptedServer::wait_for_streams(std::size_t count) {
  return service_->wait([&] { return service_->streams.size() >= count; });
}
std::vector<std::string> ScriptedServer::requests() const {
  return service_->copy_of(service_->requests);
}
std::vector<std::string> ScriptedServer::streams() const {
  return service_->copy_of(service_->streams);
}

}  // namespace wsf::grpc
