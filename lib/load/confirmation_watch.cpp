#include "load/confirmation_watch.hpp"

#include <utility>

namespace wsf::load {

ConfirmationWatch::News ConfirmationWatch::look(std::uint64_t delivered, std::uint64_t outstanding,
                                                std::int64_t now_ns) {
  const bool confirmed = delivered != std::exchange(delivered_, delivered);
  if (confirmed || outstanding == 0) since_ns_ = now_ns;
  if (confirmed) return std::exchange(silent_, false) ? News::flows : News::none;
  if (silent_ || now_ns - since_ns_ < kSilentNs) return News::none;
  silent_ = true;
  return News::silent;
}

}  // namespace wsf::load
