#include "wsclient/stream.hpp"

#include "wsclient/notify_stream.hpp"
#include "wsclient/quotes_patch_stream.hpp"
#include "wsclient/quotes_stream.hpp"
#include "wsclient/rates_stream.hpp"
#include "wsclient/trading_stream.hpp"

namespace wsf::wsclient {

std::unique_ptr<Stream> make_stream(const Options& options, const Showing& showing) {
  switch (options.dialect->protocol) {
    case Protocol::trading:
      return std::make_unique<TradingStream>(options, showing);
    case Protocol::notify:
      return std::make_unique<NotifyStream>(showing);
    case Protocol::quotes:
      return std::make_unique<QuotesStream>(options, showing);
    case Protocol::quotes_patch:
      return std::make_unique<QuotesPatchStream>(options, showing);
    default:
      return std::make_unique<RatesStream>(options, showing);
  }
}

}  // namespace wsf::wsclient
