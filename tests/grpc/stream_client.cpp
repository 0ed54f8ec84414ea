#include "stream_client.hpp"

#include "fakes/remembering.hpp"

#include <fmt/format.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/client_unary_call.h>
#include <market_data.grpc.pb.h>

namespace wsf::grpc {
namespace {

std::shared_ptr<::grpc::Channel> channel_to(const ClientOptions& options) {
  ::grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection of its own
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 4096);
  const auto credentials =
      options.roots.empty()
          ? ::grpc::InsecureChannelCredentials()
          : ::grpc::SslCredentials({.pem_root_certs = options.roots, .pem_private_key = {}, .pem_cert_chain = {}});
  return ::grpc::CreateCustomChannel(fmt::format("127.0.0.1:{}", options.port), credentials, arguments);
}

void introduce(::grpc::ClientContext& context, const ClientOptions& options) {
  context.set_deadline(std::chrono::system_clock::now() + kTestPatience);
  if (!options.user.empty()) context.AddMetadata("user_id", options.user);
  if (!options.token.empty()) context.AddMetadata("authorization", options.token);
}

std::string text_of(const ::grpc::Status& status) {
  return fmt::format("{} {}", static_cast<int>(status.error_code()), status.error_message());
}

::grpc::ByteBuffer buffer_of(const std::string& bytes) {
  const ::grpc::Slice slice(bytes);
  return {&slice, 1};
}

template <class Request, class Response>
::grpc::Status call(const ClientOptions& options, const char* method, const Request& request, Response& response) {
  ::grpc::ClientContext context;
  introduce(context, options);
  const auto channel = channel_to(options);
  const ::grpc::internal::RpcMethod how(method, ::grpc::internal::RpcMethod::NORMAL_RPC, channel);
  return ::grpc::internal::BlockingUnaryCallImpl<Request, Response>(channel.get(), how, &context, request, &response)
      .status();
}

}  // namespace

// Bytes, so that a test may send what is no message.
struct StreamClient::Call {
  explicit Call(const ClientOptions& options) : channel(channel_to(options)) {
    introduce(context, options);
    const ::grpc::internal::RpcMethod method("/MarketDataService/StreamQuotes",
                                             ::grpc::internal::RpcMethod::BIDI_STREAMING, channel);
    stream.reset(::grpc::internal::ClientReaderWriterFactory<::grpc::ByteBuffer, ::grpc::ByteBuffer>::Create(
        channel.get(), method, &context));
  }
  std::shared_ptr<::grpc::Channel> channel;
  ::grpc::ClientContext context;
  std::unique_ptr<::grpc::ClientReaderWriter<::grpc::ByteBuffer, ::grpc::ByteBuffer>> stream;
};

StreamClient::StreamClient(const ClientOptions& options) : call_(std::make_unique<Call>(options)) {}
StreamClient::~StreamClient() {
  call_->context.TryCancel();
}

void StreamClient::ask(const std::string& action, const std::vector<std::string>& symbols) {
  ::StreamQuotesRequest request;
  request.set_action(action);
  for (const auto& symbol : symbols) request.add_symbols(symbol);
  ask_raw(request.SerializeAsString());
}
void StreamClient::ask_raw(const std::string& bytes) {
  call_->stream->Write(buffer_of(bytes));
}
void StreamClient::half_close() {
  call_->stream->WritesDone();
}

std::string StreamClient::next() {
  ::grpc::ByteBuffer bytes;
  if (!call_->stream->Read(&bytes)) return "end";
  ::StreamQuotesResponse response;
  ::grpc::SerializationTraits<::StreamQuotesResponse>::Deserialize(&bytes, &response);
  if (response.type() == "quote") return fmt::format("{} {}", response.symbol(), response.price());
  if (response.type() == "error") return fmt::format("error {}: {}", response.symbol(), response.message());
  return response.type();
}

std::vector<std::string> StreamClient::next(std::size_t count) {
  std::vector<std::string> out;
  while (out.size() < count) out.push_back(next());
  return out;
}

std::string StreamClient::finish() {
  while (next() != "end") {
  }
  return text_of(call_->stream->Finish());
}

std::string get_market_data(const ClientOptions& options, const std::string& symbol) {
  ::GetMarketDataRequest request;
  request.set_symbol(symbol);
  ::GetMarketDataResponse response;
  const auto status = call(options, "/MarketDataService/GetMarketData", request, response);
  if (!status.ok()) return text_of(status);
  return fmt::format("{} {} {} {} {}", response.symbol(), response.price(), response.change(),
                     response.change_percent(), response.timestamp());
}

std::string get_batch(const ClientOptions& options, const std::vector<std::string>& symbols) {
  ::GetBatchMarketDataRequest request;
  for (const auto& symbol : symbols) request.add_symbols(symbol);
  ::GetBatchMarketDataResponse response;
  const auto status = call(options, "/MarketDataService/GetBatchMarketData", request, response);
  if (!status.ok()) return text_of(status);
  std::vector<std::string> got;
  for (const auto& one : response.market_data()) got.push_back(one.symbol());
  return fmt::format("{}", fmt::join(got, " "));
}

// Its two messages have one field each: name the service, 1 SERVING, 2 NOT_SERVING.
std::string health(const ClientOptions& options, const std::string& service) {
  const std::string request =
      service.empty() ? "" : fmt::format("\x0a{}{}", static_cast<char>(service.size()), service);
  ::grpc::ByteBuffer response;
  const auto status = call(options, "/grpc.health.v1.Health/Check", buffer_of(request), response);
  if (!status.ok()) return text_of(status);
  ::grpc::Slice slice;
  response.DumpToSingleSlice(&slice);
  const std::string bytes(slice.begin(), slice.end());
  return bytes == "\x08\x01" ? "serving" : bytes == "\x08\x02" ? "not serving" : "?";
}

}  // namespace wsf::grpc
