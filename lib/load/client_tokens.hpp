#pragma once
// The tokens that clients of a run bring: those of a file, or made for them with the server's own secret.

#include "load/load_options.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::load {

// "user-1" to "user-N", for any prefix.
std::vector<std::string> numbered(std::string_view prefix, std::uint64_t count);

// Of the clients, in turn: options.tokens, or, where there is a secret, one for each of user-1 to user-N. They live
// longer than the run. Throws base::StartupError(usage) when the secret signs nothing.
std::vector<std::string> tokens_of(const LoadOptions& options, std::uint64_t users);
// The users of tokens, as a server reads them. Throws base::StartupError(usage) for one that names none or has ended,
// and where two are of the same user.
std::vector<std::string> users_of_tokens(const std::vector<std::string>& tokens);
// Adds NAME=VALUE to the URL's query; nothing where there is no value.
void add_to_query(ws::Url& url, std::string_view name, std::string_view value);
// Of clients that come and go: other users, so that they do not count among the connections of the first ones.
std::vector<std::string> tokens_of_visitors(const LoadOptions& options);

}  // namespace wsf::load
