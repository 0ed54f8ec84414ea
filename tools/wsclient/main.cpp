// wsclient: a WebSocket price server at the fingertips.
#include "wsclient/commands.hpp"
#include "wsclient/output.hpp"
#include "wsclient/token_file.hpp"

#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <exception>

namespace wsf::wsclient {

namespace {

int run(const Options& options) {
  if (!options.token_file.empty())
    if (const auto warning = token_file_warning(options.token_file)) complain(*warning);
  switch (options.command) {
    case Options::Command::subscribe:
      return run_subscribe(options);
    case Options::Command::verify:
      return options.file.empty() ? run_subscribe(options) : run_verify_file(options);
    case Options::Command::doctor:
      return run_doctor(options);
    case Options::Command::ping:
      return run_ping(options);
    default:
      return run_prompt(options);
  }
}

int guarded_main(int argc, char** argv) {
  try {
    const auto options = read_options(argc, argv);
    return std::holds_alternative<int>(options) ? std::get<int>(options) : run(std::get<Options>(options));
  } catch (const base::StartupError& error) {
    std::fprintf(stderr, "wsclient: %s\n", error.what());
    return static_cast<int>(error.code());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "wsclient: %s\n", error.what());
    return static_cast<int>(base::Exit::runtime);
  }
}

}  // namespace
}  // namespace wsf::wsclient

int main(int argc, char** argv) {
  std::setlocale(LC_CTYPE, "");
  return wsf::wsclient::guarded_main(argc, argv);
}
