#include "redis/options.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <fmt/format.h>

#include <charconv>

namespace wsf::redis {
namespace {

constexpr unsigned kMaxDatabase = 1'000'000;

constexpr std::string_view kForm = "write redis://[USER[:PASSWORD]@]HOST[:PORT][/DATABASE]";

base::Result<bool> scheme_is_tls(std::string_view scheme) {
  if (scheme == "redis") return false;
  if (scheme == "rediss") return true;
  if (scheme == "unix" || scheme == "redis+unix" || scheme == "redis-socket") {
    return base::Error{"Redis over a Unix socket is not supported; use redis://HOST:PORT"};
  }
  return base::Error{fmt::format("not a Redis URL; {}", kForm)};
}

// "" and "/" name database 0.
base::Result<unsigned> database_of(std::string_view path) {
  if (path.starts_with('/')) path.remove_prefix(1);
  if (path.empty()) return 0U;
  unsigned number = 0;
  const auto [end, failed] = std::from_chars(path.data(), path.data() + path.size(), number);
  if (failed != std::errc() || end != path.data() + path.size() || number > kMaxDatabase) {
    return base::Error{"the path of a Redis URL is the number of a database, as in redis://HOST:PORT/0"};
  }
  return number;
}

std::string_view view(boost::core::string_view text) {
  return {text.data(), text.size()};
}

base::Result<Options> take_apart(const boost::urls::url_view& url) {
  const auto tls = scheme_is_tls(view(url.scheme()));
  if (!tls) return tls.error();
  if (!url.has_authority() || url.encoded_host().empty()) {
    return base::Error{fmt::format("the Redis URL names no host; {}", kForm)};
  }
  if (url.has_query() || url.has_fragment()) {
    return base::Error{"a Redis URL has neither query nor fragment (in a password, write ? as %3F and # as %23)"};
  }
  if (url.has_port() && url.port_number() == 0) {
    return base::Error{"the port of the Redis URL must be a number from 1 to 65535"};
  }
  const auto database = database_of(view(url.encoded_path()));
  if (!database) return database.error();

  Options options;
  if (*tls) options.tls.emplace();
  options.host = std::string(url.host_address());
  if (url.has_port()) options.port = url.port_number();
  options.user = std::string(url.user());
  options.password = std::string(url.password());
  options.database = *database;
  return options;
}

}  // namespace

std::string Options::text() const {
  const bool bracket = host.find(':') != std::string::npos;
  return fmt::format("{}://{}{}{}{}{}:{}{}", tls ? "rediss" : "redis", user, user.empty() ? "" : "@",
                     bracket ? "[" : "", host, bracket ? "]" : "", port,
                     database == 0 ? "" : fmt::format("/{}", database));
}

base::Result<Options> parse_redis_url(std::string_view text) {
  if (text.size() > kMaxUrlBytes) return base::Error{"the Redis URL is too long"};
  const auto url = boost::urls::parse_uri(boost::core::string_view(text.data(), text.size()));
  if (!url) {
    return base::Error{fmt::format("not a Redis URL; {} (in a password, write @ as %40, / as %2F, : as %3A)", kForm)};
  }
  return take_apart(*url);
}

}  // namespace wsf::redis
