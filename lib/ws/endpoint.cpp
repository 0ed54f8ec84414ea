#include "ws/endpoint.hpp"

#include <boost/url/parse.hpp>
#include <fmt/format.h>

namespace wsf::ws {

base::Result<Endpoint> parse_endpoint(std::string_view text) {
  const auto parsed = boost::urls::parse_authority(boost::core::string_view(text.data(), text.size()));
  const bool whole = parsed && !parsed->has_userinfo() && parsed->has_port() && !parsed->port().empty() &&
                     !parsed->encoded_host().empty() && text.find('%') == std::string_view::npos;
  if (!whole || (parsed->port_number() == 0 && parsed->port() != "0")) {
    return base::Error{fmt::format("\"{}\" is not HOST:PORT (try 127.0.0.1:9090, or [::1]:9090)", text)};
  }
  return Endpoint{std::string(parsed->host_address()), parsed->port_number()};
}

}  // namespace wsf::ws
