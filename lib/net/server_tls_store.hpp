#pragma once
// The server's certificate while it serves: its files are read again when they change and when the owner says so.
// What cannot be read, or does not fit together, is logged, and the certificate stays as it is: a tool that renews it
// may replace one file after the other.

#include "base/file_stamp.hpp"
#include "net/server_tls.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace wsf::net {

class ServerTlsStore {
 public:
  static constexpr std::chrono::seconds kLook{1};  // at the files

  // Reads the files. Throws base::StartupError (usage) with what is wrong with them; warns of a key that others may
  // read, and of a certificate that has ended.
  explicit ServerTlsStore(ServerTlsFiles files);
  ~ServerTlsStore();
  ServerTlsStore(const ServerTlsStore&) = delete;
  ServerTlsStore& operator=(const ServerTlsStore&) = delete;

  // Any thread, from here on.
  std::shared_ptr<const ServerTls> current() const;
  void reread();

  std::uint64_t reloads() const { return reloads_; }
  std::uint64_t failures() const { return failures_; }

 private:
  std::vector<base::FileStamp> look_at_files() const;
  void replace();
  void run();

  const ServerTlsFiles files_;
  mutable std::mutex mutex_;  // of current_ and the orders; met by handshakes, never by updates
  std::shared_ptr<const ServerTls> current_;
  std::condition_variable wake_;
  bool reread_ = false, stopping_ = false;
  std::atomic<std::uint64_t> reloads_{0}, failures_{0};
  std::vector<base::FileStamp> stamps_;  // the store's own thread, once it runs
  std::thread thread_;
};

}  // namespace wsf::net
