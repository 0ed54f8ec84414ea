#include "grpc/library_log.hpp"

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>
#include <spdlog/spdlog.h>

#include <mutex>
#include <string>
#include <string_view>

namespace wsf::grpc {
namespace {

void write_line(std::string_view library, std::string_view text) {
  spdlog::logger* const log = spdlog::default_logger_raw();
  if (log == nullptr) return;  // the libraries' threads live longer than our log
  log->debug("{}: {}", library, text);
}

void from_grpc(gpr_log_func_args* said) {
  write_line("gRPC library", said->message);
}

void from_protobuf(google::protobuf::LogLevel, const char*, int, const std::string& said) {
  write_line("protobuf library", said);
}

}  // namespace

void take_over_library_logs() {
  static std::once_flag once;  // protobuf's handler is no atomic
  std::call_once(once, [] {
    gpr_set_log_function(from_grpc);
    google::protobuf::SetLogHandler(from_protobuf);
  });
}

}  // namespace wsf::grpc
