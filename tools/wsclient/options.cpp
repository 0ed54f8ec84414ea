#include "wsclient/options.hpp"

#include "base/exit_codes.hpp"
#include "wsclient/flag_rules.hpp"
#include "wsclient/names.hpp"
#include "wsclient/token_file.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdio>

namespace wsf::wsclient {
namespace {

using Command = Options::Command;

constexpr const char* kExamples =
    "  wsclient subscribe EURUSD USDJPY          a live table on a terminal\n"
    "  wsclient subscribe EURUSD | jq .event     each message as the server sent it\n"
    "  wsclient --snapshot --count 1 subscribe EURUSD    the last known price\n"
    "  wsclient doctor ws://prices.example/ws/fx-rates    where does it fail?\n"
    "  wsclient verify EURUSD --duration 1m      did every update arrive?\n"
    "  wsclient --url ws://prices.example/ws/fx-rates ping -c 5\n"
    "  wsclient --protocol trading subscribe assessment-123 --token-file token\n"
    "  wsclient --protocol notify subscribe --token-file token --count 1\n"
    "  wsclient --protocol quotes-patch subscribe AAPL --document --token-file token\n"
    "  wsclient                                  an interactive prompt\n";

constexpr const char* kNames =
    "Currency pairs: EURUSD; with trading an assessment, or none; with quotes symbols: AAPL";

// As text, before it is checked.
struct Raw {
  std::string protocol = dialect_of(Protocol::fx_rates).name;
  std::string url = dialect_of(Protocol::fx_rates).default_url;
  std::string origin;
  std::vector<std::string> headers;
  std::vector<std::string> names;         // pairs, or an assessment
  std::vector<std::string> doctor_words;  // a URL, names, or both
  base::Duration timeout{std::chrono::seconds(10)};
  base::Duration interval{std::chrono::seconds(1)};
  bool no_reconnect = false;
  bool no_resume = false;
};

void declare(base::Settings& settings, Raw& raw, Options& options) {
  settings.add("--protocol", raw.protocol, "What the server speaks").one_of(protocol_names()).type("NAME");
  settings
      .add("--url", raw.url,
           "Where the server is; with another protocol by default where a wsfanout of this machine serves that")
      .type("URL");
  settings.add("--tls-ca", options.tls_files.ca, "Trust these authorities (PEM), not the system's").type("FILE");
  settings.add("--tls-cert", options.tls_files.cert, "Show this certificate (PEM) to a server that wants one")
      .type("FILE");
  settings.add("--tls-key", options.tls_files.key, "Its key (PEM); by default in the same file").type("FILE");
  settings.add("--insecure", options.tls_files.insecure, "Take any certificate of the server");
  settings.add("--token-file", options.token_file, "Send the token in this file as Authorization: Bearer")
      .type("FILE");
  settings.add("--origin", raw.origin, "Send this Origin, as a browser would").type("URL");
  settings.add_raw_list("--header", raw.headers, "Send a further header; may be repeated")
      .type("'NAME: VALUE'")
      .secret();
  settings.add("--compress", options.compress, "Offer the server to compress what it sends");
  settings.add("-c,--count", options.count, "End after N updates, or N pings").type("N").range(1, 1e15);
  settings
      .add("--timeout", raw.timeout,
           "Longest wait for the connection, for the answer to a ping and, with --count, for an update")
      .type("DURATION")
      .range(0.001, 86400);
  settings.add("--json", options.json,
               "As in a pipe: messages as the server sent them, and of ping an object for each answer");
  settings.add("--meta", options.meta,
               "At a prompt in a pipe, or with --no-resume: ask for each update's place in the log");
  settings.add("--snapshot", options.snapshot,
               "Ask for the last known prices; table and interactive prompt always do");
  settings.add("--no-reconnect", raw.no_reconnect, "End when the connection is lost");
  settings.add("--no-resume", raw.no_resume, "Do not ask for what was missed while the connection was lost");
  settings.add("--max-rate", options.max_rate_hz, "Ask for at most N updates a second of each pair")
      .type("N")
      .range(0.001, 1000);
  settings.add("--status", options.status, "Ask to be told when a pair falls silent, and when it is back");
  settings
      .add("--fields", options.fields,
           "Of quotes-patch, which members of a quote: current_price, change, ...; with quotes: all")
      .type("NAME,...");
  settings.add("--compact", options.compact, "Of quotes-patch: take a whole quote where that is shorter");
  settings.add("--document", options.document,
               "Of quotes-patch: write the document that the messages make after each of them, or after --count");
  settings.add("--duration", options.duration, "End subscribe or verify after this time, from the first connection")
      .type("DURATION")
      .range(0.001, 1e9);
  settings.add("--file", options.file, "Verify a recording of subscribe, not a server; - is stdin")
      .type("FILE")
      .group("verify");
  settings.add("-i,--interval", raw.interval, "Time between pings")
      .type("DURATION")
      .range(0.001, 86400)
      .group("ping");
  settings.add("--frame", options.frame, "Ping by WebSocket frames, not by messages").group("ping");
  settings.examples(kExamples);
}

base::Result<std::vector<std::pair<std::string, std::string>>> headers_of(const Raw& raw) {
  std::vector<std::pair<std::string, std::string>> headers;
  if (!raw.origin.empty()) headers.emplace_back("Origin", raw.origin);
  for (const auto& header : raw.headers) {
    const auto colon = header.find(':');
    if (colon == std::string::npos || colon == 0 || header.find_first_of("\r\n") != std::string::npos ||
        header.find_first_of(" \t") < colon)
      return base::Error{"--header: it must be 'NAME: VALUE'"};
    const auto value = header.find_first_not_of(" \t", colon + 1);
    headers.emplace_back(header.substr(0, colon), value == std::string::npos ? "" : header.substr(value));
  }
  if (raw.origin.find_first_of("\r\n") != std::string::npos) return base::Error{"--origin: it must be one line"};
  return headers;
}

std::optional<std::string> take_token(Options& options) {
  if (options.token_file.empty()) return std::nullopt;
  const auto token = read_token(options.token_file);
  if (!token) return token.error().message;
  options.token = *token;
  return std::nullopt;
}

std::optional<std::string> take_tls(const base::Settings& settings, Options& options) {
  if (!options.url.secure) {
    for (const char* flag : {"--tls-ca", "--tls-cert", "--tls-key", "--insecure"})
      if (settings.on_command_line(flag)) return fmt::format("{} belongs to a wss:// URL", flag);
    return std::nullopt;
  }
  if (options.tls_files.cert.empty() && !options.tls_files.key.empty())
    return fmt::format("{}: of which certificate? (--tls-cert)", settings.named("tls-key"));
  auto tls = net::ClientTls::read(options.tls_files);
  if (!tls) return tls.error().message;
  options.tls = *tls;
  return std::nullopt;
}

void take_doctor_words(Raw& raw) {
  for (const auto& word : raw.doctor_words) {
    if (word.find("://") == std::string::npos)
      raw.names.push_back(word);
    else
      raw.url = word;
  }
}

// A doctor wants to see an update, and quotes-patch lets nobody in who names no symbol.
std::vector<std::string> usual_names(Command command, Protocol protocol) {
  if (command == Command::doctor && protocol == Protocol::fx_rates) return {"EURUSD"};
  if (command == Command::doctor && protocol == Protocol::quotes) return {"AAPL"};
  const bool looks = command == Command::doctor || command == Command::ping;
  return looks && protocol == Protocol::quotes_patch ? std::vector<std::string>{"AAPL"} : std::vector<std::string>{};
}

// What the flags must be for the command; the text of a usage error, or nothing.
std::optional<std::string> check(const base::Settings& settings, Raw& raw, Options& options) {
  options.dialect = &dialect_of(protocol_named(raw.protocol));
  if (settings.is_default("url")) raw.url = options.dialect->default_url;
  if (options.command == Command::doctor) take_doctor_words(raw);
  if (raw.names.empty()) raw.names = usual_names(options.command, options.dialect->protocol);
  const auto url = ws::parse_url(raw.url);
  if (!url) return fmt::format("{}: {}", settings.named("url"), url.error().message);
  options.url = *url;
  if (const auto error = take_tls(settings, options)) return error;
  const auto headers = headers_of(raw);
  if (!headers) return headers.error().message;
  options.headers = *headers;
  if (const auto error = take_token(options)) return error;
  if (const auto error = take_names(raw.names, options)) return error;
  if (const auto error = misplaced_flag(settings, options)) return error;
  return wrong_fields(options);
}

}  // namespace

std::variant<Options, int> read_options(int argc, char** argv) {
  base::Settings settings("wsclient", "Talks to a WebSocket price server by hand; without a command, at a prompt.",
                          "WSCLIENT");
  Raw raw;
  Options options;
  declare(settings, raw, options);
  auto* subscribe = settings.app().add_subcommand(
      "subscribe", "Show the updates of the pairs, symbols or assessment named after it");
  subscribe->add_option("NAME", raw.names, kNames);
  auto* verify =
      settings.app().add_subcommand("verify", "Check their order, and that no update of a pair is missing");
  verify->add_option("NAME", raw.names, kNames);
  auto* doctor =
      settings.app().add_subcommand("doctor", "Go the way to the first update step by step, and time each");
  doctor->add_option("URL", raw.doctor_words, "The server, as --url; and names as of subscribe, by default EURUSD");
  auto* ping = settings.app().add_subcommand("ping", "Time the server's answers, like ping(8)");
  settings.app().require_subcommand(0, 1);
  settings.rule([&] {
    if (subscribe->parsed()) options.command = Command::subscribe;
    if (verify->parsed()) options.command = Command::verify;
    if (doctor->parsed()) options.command = Command::doctor;
    if (ping->parsed()) options.command = Command::ping;
    return check(settings, raw, options);
  });
  if (const auto code = settings.parse(argc, argv)) return *code;
  options.timeout = raw.timeout.value;
  options.interval = raw.interval.value;
  options.reconnect = !raw.no_reconnect;
  options.resume = !raw.no_resume;
  return options;
}

}  // namespace wsf::wsclient
