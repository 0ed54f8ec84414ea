#pragma once
// The things that wsclient does. Each runs until its end and returns the exit code; what cannot begin throws
// base::StartupError.

#include "wsclient/link.hpp"
#include "wsclient/options.hpp"

namespace wsf::wsclient {

int run_subscribe(const Options& options);  // and verify, of a server
int run_verify_file(const Options& options);
int run_doctor(const Options& options);
int run_ping(const Options& options);
int run_prompt(const Options& options);

// Runs a command that owns an io_context, and leaves it undestroyed: a name's lookup cannot be interrupted, and the
// io_context's destructor would wait for it.
template <class Command>
int run_command(const Options& options) {
  static auto* const command = new Command(options);
  return command->run();
}

inline LinkOptions link_options(const Options& options, bool reconnect) {
  return {options.url,        options.dialect, options.tls,     options.timeout, reconnect,
          options.token_file, options.token,   options.headers, options.compress};
}

}  // namespace wsf::wsclient
