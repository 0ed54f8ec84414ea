#include "grpc/stream_log.hpp"

#include "grpc/stream_status.hpp"

#include <boost/uuid/uuid_io.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace wsf::grpc {
namespace {

bool is_by_client(StreamEnd how) {
  return how == StreamEnd::half_closed || how == StreamEnd::gone;
}

}  // namespace

void log_opened(const boost::uuids::uuid& id) {
  spdlog::debug("gRPC stream established: {}", boost::uuids::to_string(id));
}

void log_request(const boost::uuids::uuid& id, std::string_view user, std::string_view action,
                 const std::vector<std::string>& symbols) {
  if (!spdlog::should_log(spdlog::level::debug)) return;
  spdlog::debug("quotes user_id={} symbols=[{}] connection_id={} action={}", user, fmt::join(symbols, ","),
                boost::uuids::to_string(id), action);
}

void log_closed(const boost::uuids::uuid& id, StreamEnd how) {
  spdlog::debug("gRPC stream closed: {} status={} by={}", boost::uuids::to_string(id),
                name_of(status_of(how).error_code()), is_by_client(how) ? "client" : "server");
}

}  // namespace wsf::grpc
