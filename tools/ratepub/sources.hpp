#pragma once
// What ratepub publishes, and in which form it goes out.

#include "load/open_loop.hpp"
#include "options.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ratepub {

// Where records go: Kafka, standard output, or channels of Redis, whose names are then the keys; gRPC streams go by
// the same names.
class Outlet : public wsf::load::RecordOutput {
 public:
  // `topic`: index among the source's. False: cannot take it now; the same record is offered again later.
  virtual bool put_to(std::size_t topic, std::optional<std::string_view> key,
                      std::optional<std::string_view> value) = 0;
  bool put_record(std::optional<std::string_view> key, std::optional<std::string_view> value) final {
    return put_to(0, key, value);
  }
};

class Source {
 public:
  virtual ~Source() = default;

  virtual std::string text() const = 0;                           // "10 pairs at 2/s", "120 records of 1m at speed 2"
  virtual std::vector<std::string> topics() const { return {}; }  // of Kafka
  virtual std::string channels() const { return ""; }             // of Redis: "channels ws:USER"
  virtual std::string why_unheard() const { return ""; }  // what it means that nobody listened to one of those
  // Its schedule begins now. The outlet must outlive it.
  virtual void start(Outlet& outlet) = 0;
  // After start().
  virtual wsf::load::OpenLoop& loop() = 0;
  virtual const wsf::load::OpenLoop& loop() const = 0;
  virtual std::uint64_t published() const { return loop().published(); }  // bad records among them included
  virtual std::string faults() const { return ""; }                       // how many of each kind
};

// For a task that publishes. The options must outlive it. Throws base::StartupError(usage) when the recording cannot
// be replayed.
std::unique_ptr<Source> make_source(const Options& options);

}  // namespace ratepub
