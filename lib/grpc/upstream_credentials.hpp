#pragma once
// Whom a QuoteUpstream trusts, and what it shows. For this folder's .cpp files only.

#include "base/result.hpp"
#include "grpc/quote_upstream.hpp"

#include <string>

namespace wsf::grpc {

// The authorities in PEM, "" for the system's or without TLS. Throws base::StartupError (usage) for a file that
// cannot be used.
std::string read_roots(const UpstreamOptions& options);

// The file's one line, "" without a file. An error names the file, and shows nothing of what is in it.
base::Result<std::string> read_token(const std::string& path);

// `text` with each `secret` in it blotted out: a server may repeat in its refusal what it got.
std::string without_secret(std::string text, const std::string& secret);

}  // namespace wsf::grpc
