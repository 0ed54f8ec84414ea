#include "fanout/admin/tls_metrics.hpp"

#include "net/server_tls_store.hpp"
#include "ws/tls_kernel.hpp"

namespace wsf::fanout {

void append_tls_metrics(stats::Exposition& out, const ServerView& server) {
  using T = ws::TlsCounters;
  const auto of_all = [&](stats::Counter T::*which) { return server.tls.empty() ? 0 : sum(server.tls, which); };
  out.family("wsfanout_tls_handshakes_total", "counter", "TLS handshakes, by how they ended");
  out.sample({{"result", "ok"}}, of_all(&T::handshakes));
  out.sample({{"result", "failed"}}, of_all(&T::failed));
  out.sample({{"result", "not_tls"}}, of_all(&T::not_tls));
  out.counter("wsfanout_tls_resumed_total", "TLS handshakes that a ticket made short", of_all(&T::resumed));
  const auto* store = server.certificate;
  out.counter("wsfanout_tls_reloads_total", "Times that a changed certificate was taken over",
              store != nullptr ? store->reloads() : 0);
  out.counter("wsfanout_tls_failures_total", "Times that a changed certificate could not be taken over",
              store != nullptr ? store->failures() : 0);
  out.gauge("wsfanout_tls_certificate_end_seconds", "End of the certificate, in seconds since 1970",
            store != nullptr ? static_cast<double>(store->current()->certificate_end_s()) : 0);
}

}  // namespace wsf::fanout
