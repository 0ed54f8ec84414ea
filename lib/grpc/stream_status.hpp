#pragma once
// How streams end, in gRPC's terms. For this folder's .cpp files only.

#include "grpc/quote_streams.hpp"

#include <grpcpp/support/status.h>

#include <string_view>

namespace wsf::grpc {

::grpc::Status status_of(StreamEnd how);

// "UNAVAILABLE"; "": none of those that streams end with.
std::string_view name_of(::grpc::StatusCode code);

}  // namespace wsf::grpc
