#pragma once
// How `subscribe` shows what arrives: four ways. One thread.

#include "wsclient/link.hpp"
#include "wsclient/price_table.hpp"
#include "wsclient/stream.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace wsf::wsclient {

class UpdateView {
 public:
  virtual ~UpdateView() = default;
  virtual void start() {}
  virtual void show(std::string_view raw, const Heard& heard) = 0;
  virtual void found(const Found& found) {
    if (found.is_gap) tell(found.words);
  }
  virtual void tell(const std::string& words) = 0;  // to the person, beside the updates
  virtual void waiting(const Outcome& why, std::chrono::milliseconds wait) = 0;
  virtual void leave() {}  // the terminal is as before, and the last picture stays on it
};

// Every message as it came, one a line: for pipes and --json.
std::unique_ptr<UpdateView> make_message_lines();

// A line for each update: for terminals that cannot be repainted.
std::unique_ptr<UpdateView> make_update_lines();

// What is found in the order of updates, and nothing else.
std::unique_ptr<UpdateView> make_finding_lines(bool as_json);

// The table, repainted ten times a second at most. The key q, or Ctrl-Z and fg, do what they do everywhere.
std::unique_ptr<UpdateView> make_live_table(boost::asio::io_context& io, const PriceTable& table, const Link& link,
                                            std::function<void()> on_quit);

}  // namespace wsf::wsclient
