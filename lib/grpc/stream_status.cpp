#include "grpc/stream_status.hpp"

namespace wsf::grpc {

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

std::string_view name_of(::grpc::StatusCode code) {
  using ::grpc::StatusCode;
  switch (code) {
    case StatusCode::OK:
      return "OK";
    case StatusCode::CANCELLED:
      return "CANCELLED";
    case StatusCode::INVALID_ARGUMENT:
      return "INVALID_ARGUMENT";
    case StatusCode::DEADLINE_EXCEEDED:
      return "DEADLINE_EXCEEDED";
    case StatusCode::NOT_FOUND:
      return "NOT_FOUND";
    case StatusCode::PERMISSION_DENIED:
      return "PERMISSION_DENIED";
    case StatusCode::UNAUTHENTICATED:
      return "UNAUTHENTICATED";
    case StatusCode::RESOURCE_EXHAUSTED:
      return "RESOURCE_EXHAUSTED";
    case StatusCode::UNIMPLEMENTED:
      return "UNIMPLEMENTED";
    case StatusCode::INTERNAL:
      return "INTERNAL";
    case StatusCode::UNAVAILABLE:
      return "UNAVAILABLE";
    default:
      return "";
  }
}

}  // namespace wsf::grpc
