#pragma once
// What a process list shows of our arguments. Linux shows the memory that argv points to, to every user: what is
// overwritten there is seen by those alone who looked in the first moment. So secrets belong into files or the
// environment, and this is for those that were typed all the same.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::base {

// KEY of a KEY=VALUE whose value is secret, by its name: sasl.password, ssl.key.pem, ...
bool names_secret(std::string_view key);

// Overwrites with '*': values of the flags ("--header X", "--header=X"), of KEY=VALUE where KEY names a secret, and
// of a URL the user, the password and the query.
void hide_secrets(std::span<char* const> arguments, const std::vector<std::string>& secret_flags);

}  // namespace wsf::base
