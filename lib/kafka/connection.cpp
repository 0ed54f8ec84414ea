#include "kafka/connection.hpp"

#include "base/exit_codes.hpp"

#include <algorithm>
#include <charconv>

namespace wsf::kafka {
namespace {

constexpr std::string_view kEventHubsForm =
    "Endpoint=sb://NAME.servicebus.windows.net/;SharedAccessKeyName=...;SharedAccessKey=...";

base::Error malformed(const std::string& what) {
  return base::Error{"malformed Event Hubs connection string: " + what + "; its form is " +
                     std::string(kEventHubsForm)};
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

template <class Take>
void split(std::string_view text, char separator, Take take) {
  while (!text.empty()) {
    const auto end = std::min(text.find(separator), text.size());
    take(trim(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

bool is_host(std::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '.' || c == '-' || c == '_';
  });
}

// The host of sb://HOST/ or sb://HOST:PORT/; empty: it is none.
std::string_view endpoint_host(std::string_view endpoint) {
  constexpr std::string_view kScheme = "sb://";
  if (!endpoint.starts_with(kScheme)) return {};
  endpoint.remove_prefix(kScheme.size());
  endpoint = endpoint.substr(0, endpoint.find_first_of(":/"));
  return is_host(endpoint) ? endpoint : std::string_view{};
}

bool is_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), port);
  return ec == std::errc{} && end == text.data() + text.size() && port >= 1 && port <= 65535;
}

bool is_security_protocol(std::string_view name) {
  constexpr std::string_view kKnown[] = {"PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"};
  return std::any_of(std::begin(kKnown), std::end(kKnown), [&](std::string_view known) { return known == name; });
}

// [PROTOCOL://]HOST[:PORT], [IPv6]:PORT
bool is_broker(std::string_view item) {
  if (const auto scheme = item.find("://"); scheme != std::string_view::npos) {
    if (!is_security_protocol(item.substr(0, scheme))) return false;
    item.remove_prefix(scheme + 3);
  }
  if (item.starts_with('[')) {
    const auto close = item.find(']');
    if (close == std::string_view::npos || close == 1) return false;
    item.remove_prefix(close + 1);
    return item.empty() || (item.front() == ':' && is_port(item.substr(1)));
  }
  const auto colon = item.find(':');
  if (!is_host(item.substr(0, colon))) return false;
  return colon == std::string_view::npos || is_port(item.substr(colon + 1));
}

void check_brokers(const std::string& brokers) {
  bool any = false;
  split(brokers, ',', [&](std::string_view item) {
    any = true;
    if (is_broker(item)) return;
    base::refuse("bad broker address '" + std::string(item) + "' in '" + brokers +
                 "': expected HOST:PORT[,HOST:PORT...]");
  });
  if (!any) base::refuse("no broker address: expected HOST:PORT[,HOST:PORT...]");
}

void append_event_hubs(Properties& out, const std::string& connection_string) {
  const auto hubs = parse_event_hubs(connection_string);
  if (!hubs) base::refuse(hubs.error().message);
  const Properties hubs_properties{
      {"bootstrap.servers", hubs->broker},
      {"security.protocol", "SASL_SSL"},
      {"sasl.mechanism", "PLAIN"},
      {"sasl.username", "$ConnectionString"},
      {"sasl.password", connection_string},
      // The service drops what idles for 4 minutes, without a word.
      {"metadata.max.age.ms", "180000"},
      {"connections.max.idle.ms", "180000"},
  };
  out.insert(out.end(), hubs_properties.begin(), hubs_properties.end());
}

}  // namespace

base::Result<EventHubs> parse_event_hubs(std::string_view text) {
  EventHubs hubs;
  bool key_name = false;
  bool key = false;
  bool nameless = false;
  split(trim(text), ';', [&](std::string_view member) {
    if (member.empty()) return;
    const auto equals = member.find('=');  // the first one: a key is base64 and may end in '='
    const auto name = member.substr(0, equals);
    const auto value = equals == std::string_view::npos ? std::string_view{} : member.substr(equals + 1);
    nameless |= equals == std::string_view::npos;
    if (name == "Endpoint") hubs.broker = endpoint_host(value);
    if (name == "SharedAccessKeyName") key_name = !value.empty();
    if (name == "SharedAccessKey" || name == "SharedAccessSignature") key = !value.empty();
    if (name == "EntityPath") hubs.topic = value;
  });
  if (nameless) return malformed("a part without '='");
  if (hubs.broker.empty()) return malformed("no Endpoint=sb://HOST/");
  if (!key_name && text.find("SharedAccessSignature=") == std::string_view::npos) {
    return malformed("no SharedAccessKeyName");
  }
  if (!key) return malformed("no SharedAccessKey");
  hubs.broker += ":9093";
  return hubs;
}

bool configured(const ConnectionOptions& options) {
  if (!options.brokers.empty() || !options.event_hubs_connection_string.empty()) return true;
  return std::any_of(options.properties.begin(), options.properties.end(), [](const std::string& property) {
    return property.starts_with("bootstrap.servers=") || property.starts_with("metadata.broker.list=");
  });
}

std::string brokers_of(const ConnectionOptions& options) {
  if (!options.brokers.empty()) return options.brokers;
  const auto hub = parse_event_hubs(options.event_hubs_connection_string);
  return hub ? hub->broker : "none";
}

Properties connection_properties(const ConnectionOptions& options) {
  Properties out{
      {"client.id", options.client_id},    {"socket.nagle.disable", "true"},
      {"socket.keepalive.enable", "true"}, {"socket.connection.setup.timeout.ms", "5000"},
      {"reconnect.backoff.ms", "50"},      {"reconnect.backoff.max.ms", "1000"},
      {"log.connection.close", "false"},
  };
  if (!options.brokers.empty()) {
    check_brokers(options.brokers);
    out.emplace_back("bootstrap.servers", options.brokers);
  } else if (!options.event_hubs_connection_string.empty()) {
    append_event_hubs(out, options.event_hubs_connection_string);
  }
  return out;
}

Properties user_properties(const ConnectionOptions& options) {
  Properties out;
  for (const auto& item : options.properties) {
    const auto equals = item.find('=');
    if (equals == std::string::npos || equals == 0) {
      // What stands before a missing '=' might be a secret's value: not repeated.
      base::refuse("--kafka-conf wants KEY=VALUE, e.g. fetch.wait.max.ms=50");
    }
    out.emplace_back(trim(std::string_view(item).substr(0, equals)), item.substr(equals + 1));
  }
  return out;
}

bool is_topic(std::string_view name) {
  constexpr std::size_t kLongest = 249;
  return !name.empty() && name.size() <= kLongest && name != "." && name != ".." &&
         std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return std::isalnum(c) || c == '.' || c == '_' || c == '-'; });
}

}  // namespace wsf::kafka
