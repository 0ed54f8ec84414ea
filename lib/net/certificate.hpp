#pragma once
// What people want to know of a certificate. For .cpp files.

#include "net/openssl.hpp"

#include <string>

namespace wsf::net {

// "2026-11-22", in UTC.
std::string begin_date(const X509* certificate);
std::string end_date(const X509* certificate);
// Seconds since 1970; 0 when it cannot be read.
std::int64_t end_s(const X509* certificate);
// Its DNS names and addresses: "a.example, 203.0.113.7"; without any its common name. At most 200 printable bytes.
std::string names_of(const X509* certificate);

}  // namespace wsf::net
