#include "auth/key_store.hpp"

#include "base/exit_codes.hpp"
#include "base/text_file.hpp"
#include "base/trimmed.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <utility>

namespace wsf::auth {
namespace {

constexpr std::size_t kMaxApiKeysBytes = 64 * 1024 * 1024;

base::Error about(std::string_view flag, const std::string& path, const std::string& fault) {
  return {fmt::format("{} {}: {}", flag, path, fault)};
}

// Reads a file and makes something of its text; the error names flag and file.
template <class Make>
auto made_of(std::string_view flag, const std::string& path, std::size_t max_bytes, Make make)
    -> decltype(make(std::string())) {
  auto text = base::read_text_file(path, max_bytes);
  if (!text) return about(flag, path, text.error().message);
  auto made = make(*text);
  if (!made) return about(flag, path, made.error().message);
  return made;
}

base::Result<KeySet> read_keys(const KeySources& sources, const std::optional<KeySet>& fetched) {
  KeySet keys;
  std::optional<base::Error> fault;
  const auto add = [&](const std::string& source, auto read) {
    if (fault || source.empty()) return;
    const base::Result<KeySet> more = read();
    if (more) {
      keys.add(*more);
    } else {
      fault = more.error();
    }
  };
  const auto secret_of = [&](const std::string& text) {
    return KeySet::from_secret(base::trimmed(text, base::kBlanksAndLineEnds), sources.algorithm);
  };
  const auto jwks_of = [](const std::string& text) { return KeySet::from_jwks(text, true); };
  add(sources.secret, [&] { return secret_of(sources.secret); });
  add(sources.secret_file,
      [&] { return made_of("--jwt-secret-file", sources.secret_file, 2 * KeySet::kMaxSecretBytes, secret_of); });
  add(sources.public_key_file,
      [&] { return made_of("--jwt-public-key", sources.public_key_file, KeySet::kMaxTextBytes, KeySet::from_pem); });
  add(sources.jwks_is_url() ? "" : sources.jwks,
      [&] { return made_of("--jwks", sources.jwks, KeySet::kMaxTextBytes, jwks_of); });
  if (fault) return *fault;
  if (fetched) keys.add(*fetched);
  return keys;
}

void warn_of_weakness(const Gate& gate) {
  if (!gate.keys().has_weak_secret()) return;
  spdlog::warn("THE TOKEN SECRET IS SHORTER THAN 32 BYTES: whoever has one token can guess it and sign their own");
}

}  // namespace

base::Result<std::shared_ptr<const Gate>> read_gate(const KeySources& sources, const std::optional<KeySet>& fetched) {
  if (sources.jwks_is_url()) {
    if (const auto url = check_jwks_url(sources.jwks); !url)
      return about("--jwks", shown_url(sources.jwks), url.error().message);
  }
  auto keys = read_keys(sources, fetched);
  if (!keys) return keys.error();
  if (keys->has_weak_secret() && sources.require_strong_keys) {
    return base::Error{"the token secret is shorter than 32 bytes, and --require-strong-keys asks for more"};
  }
  ApiKeys api_keys;
  if (!sources.api_keys_file.empty()) {
    auto read = made_of("--api-keys", sources.api_keys_file, kMaxApiKeysBytes, ApiKeys::parse);
    if (!read) return read.error();
    api_keys = std::move(*read);
  }
  return std::make_shared<const Gate>(std::move(*keys), sources.rules, std::move(api_keys));
}

bool KeySources::any() const {
  return !secret.empty() || !secret_file.empty() || !public_key_file.empty() || !jwks.empty() ||
         !api_keys_file.empty();
}

std::string KeySources::summary() const {
  std::vector<std::string> kinds;
  if (!secret.empty() || !secret_file.empty()) kinds.emplace_back("secret");
  if (!public_key_file.empty()) kinds.emplace_back("public key");
  if (!jwks.empty()) kinds.emplace_back("JWK set");
  const std::string tokens = kinds.empty() ? "" : fmt::format("a token ({})", fmt::join(kinds, ", "));
  if (api_keys_file.empty()) return tokens.empty() ? "nothing: everybody may connect" : tokens;
  return tokens.empty() ? "an API key" : tokens + " or an API key";
}

bool KeySources::jwks_is_url() const {
  return is_url(jwks);
}

KeyStore::KeyStore(KeySources sources) : sources_(std::move(sources)) {
  if (!sources_.secret_file.empty() && base::others_may_read(sources_.secret_file)) {
    spdlog::warn("others may read {0} (chmod 600 {0})", sources_.secret_file);
  }
  stamps_ = look_at_files();
  const auto gate = read_gate(sources_);
  if (!gate) base::refuse(gate.error().message);
  warn_of_weakness(**gate);
  gate_ = *gate;
  thread_ = std::thread([this] { run(); });
}

KeyStore::~KeyStore() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

std::shared_ptr<const Gate> KeyStore::gate() const {
  const std::lock_guard lock(mutex_);
  return gate_;
}

void KeyStore::reread() {
  {
    const std::lock_guard lock(mutex_);
    reread_ = true;
  }
  wake_.notify_all();
}

void KeyStore::miss_key() {
  const std::lock_guard lock(mutex_);
  missed_ = true;  // seen when the thread looks next
}

std::vector<base::FileStamp> KeyStore::look_at_files() const {
  const std::string jwks_file = sources_.jwks_is_url() ? "" : sources_.jwks;
  return {base::file_stamp(sources_.secret_file), base::file_stamp(sources_.public_key_file),
          base::file_stamp(jwks_file), base::file_stamp(sources_.api_keys_file)};
}

void KeyStore::replace_gate() {
  const auto gate = read_gate(sources_, fetched_);
  if (!gate) {
    ++failures_;
    return spdlog::error("{}; the keys stay as they are", gate.error().message);
  }
  spdlog::info("keys read again: {} for tokens", (*gate)->keys().size());
  warn_of_weakness(**gate);
  {
    const std::lock_guard lock(mutex_);
    gate_ = *gate;
  }
  ++reloads_;  // last: who sees it looks at the new gate
}

void KeyStore::run() {
  for (bool first = true; !stopping_; first = false) {
    bool reread = false;
    bool missed = false;
    {
      std::unique_lock lock(mutex_);
      if (!first) wake_.wait_for(lock, kLook, [this] { return stopping_ || reread_; });
      reread = std::exchange(reread_, false);
      missed = std::exchange(missed_, false);
    }
    if (stopping_) return;
    const Clock::time_point now = Clock::now();
    const bool due =
        sources_.jwks_is_url() && (reread || now >= fetch_at_ || (missed && now >= fetched_at_ + kLeastRefetch));
    const bool fetched = due && fetch();
    if (stopping_) return;
    std::vector<base::FileStamp> stamps = look_at_files();
    const bool changed = stamps != stamps_;
    stamps_ = std::move(stamps);
    if (fetched || reread || changed) replace_gate();
  }
}

bool KeyStore::fetch() {
  const auto answer = fetch_jwks(sources_.jwks, stopping_);
  if (stopping_) return false;
  auto keys = answer ? KeySet::from_jwks(answer->text, false) : base::Result<KeySet>(answer.error());
  fetched_at_ = Clock::now();
  if (!keys) {
    ++failures_;
    fetch_at_ = fetched_at_ + kRetry;
    spdlog::error("{}{}", about("--jwks", shown_url(sources_.jwks), keys.error().message).message,
                  fetched_ ? "; the keys stay as they are" : "; nobody gets in by them");
    return false;
  }
  fetch_at_ = fetched_at_ + answer->fresh_for;
  fetched_ = std::move(*keys);
  return true;
}

}  // namespace wsf::auth
