#pragma once

namespace wsf::grpc {

// What the libraries of gRPC and protobuf say goes to our log, at debug level, rather than past it to stderr: of what
// matters their calls tell us, too, and some of it a peer can bring about as often as it likes. Any thread.
void take_over_library_logs();

}  // namespace wsf::grpc
