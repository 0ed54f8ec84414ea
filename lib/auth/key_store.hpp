#pragma once
// Where keys come from, and the gate that is made of them. Files are read again when they change and when the owner
// says so, a URL when its time has come; what cannot be read leaves the keys as they are, and is logged.

#include "auth/gate.hpp"
#include "auth/jwks_url.hpp"
#include "base/file_stamp.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace wsf::auth {

struct KeySources {
  std::string secret{};           // itself, from the environment
  std::string secret_file{};      // or in a file, blanks and line ends around it left out
  std::string algorithm{};        // of the secret; "": HS256, HS384, HS512
  std::string public_key_file{};  // PEM
  std::string jwks{};             // a file, or an https:// URL
  std::string api_keys_file{};
  bool require_strong_keys = false;
  ClaimRules rules{};

  bool any() const;
  // What clients are asked for, for people: "a token (secret, JWK set) or an API key".
  std::string summary() const;
  bool jwks_is_url() const;
  bool operator==(const KeySources&) const = default;
};

// What the files say now, and a URL's keys as `fetched`. The error names the source that cannot be read, or is weak
// where strong keys are required.
base::Result<std::shared_ptr<const Gate>> read_gate(const KeySources& sources,
                                                    const std::optional<KeySet>& fetched = {});

class KeyStore {
 public:
  static constexpr std::chrono::seconds kLook{1};           // at the files
  static constexpr std::chrono::seconds kLeastRefetch{30};  // however often unknown keys are named
  static constexpr std::chrono::seconds kRetry{10};         // after a fetch that failed

  // Reads the files. Throws base::StartupError (usage) with what is wrong with them.
  explicit KeyStore(KeySources sources);
  ~KeyStore();
  KeyStore(const KeyStore&) = delete;
  KeyStore& operator=(const KeyStore&) = delete;

  // Any thread, from here on.
  std::shared_ptr<const Gate> gate() const;
  void reread();
  // A token named a key that is not known: the URL, if there is one, may have it by now.
  void miss_key();

  std::uint64_t reloads() const { return reloads_; }
  std::uint64_t failures() const { return failures_; }  // to read or to fetch

 private:
  using Clock = std::chrono::steady_clock;

  std::vector<base::FileStamp> look_at_files() const;
  void replace_gate();
  void run();
  bool fetch();  // true: the URL has given keys

  KeySources sources_;
  mutable std::mutex mutex_;  // of gate_ and the orders; met by handshakes, never by updates
  std::shared_ptr<const Gate> gate_;
  std::condition_variable wake_;
  bool reread_ = false, missed_ = false;
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> reloads_{0}, failures_{0};

  // The store's own thread, once it runs.
  std::vector<base::FileStamp> stamps_;
  std::optional<KeySet> fetched_;
  Clock::time_point fetched_at_{}, fetch_at_{};
  std::thread thread_;
};

}  // namespace wsf::auth
