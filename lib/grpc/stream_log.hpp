#pragma once
// What is said of the streams of a QuoteServer at the level debug, in the words of WebSocket connections. Nothing of
// a credential, and of what a peer sent only what is known to be a symbol. For this folder's .cpp files only.

#include "grpc/quote_streams.hpp"

#include <boost/uuid/uuid.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace wsf::grpc {

void log_opened(const boost::uuids::uuid& id);
// `symbols`: those that the request has changed something for.
void log_request(const boost::uuids::uuid& id, std::string_view user, std::string_view action,
                 const std::vector<std::string>& symbols);
void log_closed(const boost::uuids::uuid& id, StreamEnd how);

}  // namespace wsf::grpc
