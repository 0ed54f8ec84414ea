#include "grpc/upstream_credentials.hpp"

#include "base/exit_codes.hpp"
#include "base/text_file.hpp"
#include "base/trimmed.hpp"
#include "grpc/client_stream.hpp"
#include "net/client_tls.hpp"
#include "net/pem_files.hpp"

#include <string_view>

namespace wsf::grpc {

std::string read_roots(const UpstreamOptions& options) {
  if (!options.tls || options.ca_file.empty()) return {};
  if (const auto tls = net::ClientTls::read({.ca = options.ca_file}); !tls) {
    base::refuse("TLS to gRPC: " + tls.error().message);
  }
  auto roots = base::read_text_file(options.ca_file, net::kMaxPemBytes);
  if (!roots) base::refuse("TLS to gRPC: " + options.ca_file + ": " + roots.error().message);
  return *roots;
}

base::Result<std::string> read_token(const std::string& path) {
  if (path.empty()) return {boost::system::in_place_value, ""};
  auto text = base::read_text_file(path, kMaxTokenBytes);
  if (!text) return base::Error{"token file " + path + ": " + text.error().message};
  const auto token = base::trimmed(*text, base::kBlanksAndLineEnds);
  if (token.empty()) return base::Error{"token file " + path + ": it is empty"};
  if (!fits_header(token)) return base::Error{"token file " + path + ": not one line of ASCII"};
  return {boost::system::in_place_value, token};
}

std::string without_secret(std::string text, const std::string& secret) {
  if (secret.empty()) return text;
  constexpr std::string_view kBlot = "***";
  for (auto at = text.find(secret); at != text.npos; at = text.find(secret, at + kBlot.size())) {
    text.replace(at, secret.size(), kBlot);
  }
  return text;
}

}  // namespace wsf::grpc
