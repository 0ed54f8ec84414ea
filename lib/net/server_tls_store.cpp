#include "net/server_tls_store.hpp"

#include "base/exit_codes.hpp"
#include "base/text_file.hpp"

#include <spdlog/spdlog.h>

#include <ctime>
#include <utility>

namespace wsf::net {
namespace {

void warn_of_end(const ServerTls& tls) {
  if (tls.certificate_end_s() > std::time(nullptr)) return;
  spdlog::warn("THE CERTIFICATE HAS EXPIRED: clients will refuse it");
}

}  // namespace

ServerTlsStore::ServerTlsStore(ServerTlsFiles files) : files_(std::move(files)) {
  const std::string& key = files_.key.empty() ? files_.cert : files_.key;
  if (base::others_may_read(key)) spdlog::warn("others may read {0} (chmod 600 {0})", key);
  stamps_ = look_at_files();
  const auto tls = ServerTls::read(files_);
  if (!tls) base::refuse(tls.error().message);
  warn_of_end(**tls);
  current_ = *tls;
  thread_ = std::thread([this] { run(); });
}

ServerTlsStore::~ServerTlsStore() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

std::shared_ptr<const ServerTls> ServerTlsStore::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

void ServerTlsStore::reread() {
  {
    const std::lock_guard lock(mutex_);
    reread_ = true;
  }
  wake_.notify_all();
}

std::vector<base::FileStamp> ServerTlsStore::look_at_files() const {
  return {base::file_stamp(files_.cert), base::file_stamp(files_.key), base::file_stamp(files_.client_ca)};
}

void ServerTlsStore::replace() {
  const auto tls = ServerTls::read(files_);
  if (!tls) {
    ++failures_;
    return spdlog::error("{}; the certificate stays as it is", tls.error().message);
  }
  spdlog::info("certificate read again: {}", (*tls)->names());
  warn_of_end(**tls);
  const std::lock_guard lock(mutex_);
  current_ = *tls;
  ++reloads_;
}

void ServerTlsStore::run() {
  for (;;) {
    bool reread = false;
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, kLook, [this] { return stopping_ || reread_; });
      if (stopping_) return;
      reread = std::exchange(reread_, false);
    }
    std::vector<base::FileStamp> stamps = look_at_files();
    const bool changed = stamps != stamps_;
    stamps_ = std::move(stamps);
    if (reread || changed) replace();
  }
}

}  // namespace wsf::net
