#include "net/certificate.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <string_view>

namespace wsf::net {
namespace {

constexpr std::size_t kMaxNamesBytes = 200;

using NamesPtr = std::unique_ptr<GENERAL_NAMES, FreedBy<GENERAL_NAMES_free>>;

std::string date(const ASN1_TIME* time) {
  std::tm when{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &when) != 1) return "?";
  return fmt::format("{:04}-{:02}-{:02}", when.tm_year + 1900, when.tm_mon + 1, when.tm_mday);
}

std::string_view bytes_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string address(std::string_view bytes) {
  char text[INET6_ADDRSTRLEN] = {};
  if (bytes.size() == 4) inet_ntop(AF_INET, bytes.data(), text, sizeof text);
  if (bytes.size() == 16) inet_ntop(AF_INET6, bytes.data(), text, sizeof text);
  return text;
}

std::string one_name(const GENERAL_NAME* name) {
  if (name->type == GEN_DNS) return std::string(bytes_of(name->d.dNSName));
  if (name->type == GEN_IPADD) return address(bytes_of(name->d.iPAddress));
  return {};
}

std::string common_name(const X509* certificate) {
  const X509_NAME* subject = X509_get_subject_name(certificate);
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at < 0) return "nobody";
  return std::string(bytes_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at))));
}

}  // namespace

std::string begin_date(const X509* certificate) {
  return certificate == nullptr ? "?" : date(X509_get0_notBefore(certificate));
}

std::string end_date(const X509* certificate) {
  return certificate == nullptr ? "?" : date(X509_get0_notAfter(certificate));
}

std::int64_t end_s(const X509* certificate) {
  std::tm when{};
  if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &when) != 1) return 0;
  return timegm(&when);
}

std::string names_of(const X509* certificate) {
  if (certificate == nullptr) return "?";
  const NamesPtr names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  std::string out;
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const std::string name = one_name(sk_GENERAL_NAME_value(names.get(), i));
    if (!name.empty()) out += (out.empty() ? "" : ", ") + name;
  }
  if (out.empty()) out = common_name(certificate);
  out.resize(std::min(out.size(), kMaxNamesBytes));
  for (char& c : out) {
    if (c < 0x20 || c > 0x7e) c = '?';  // the peer's bytes, on their way to a terminal
  }
  return out;
}

}  // namespace wsf::net
