#pragma once
// Where a load stops being carried: steps up until it breaks, then halves the distance. Pure: the caller makes the
// runs.

#include <cstdint>
#include <optional>

namespace wsf::load {

class CapacitySearch {
 public:
  static constexpr double kStep = 2;         // each step asks for so many times the one before
  static constexpr double kPrecision = 1.1;  // the end: what broke is less than this times what held
  static constexpr std::uint32_t kMostRuns = 24;

  enum class Run { held, broke, generator_bound };

  // `whole`: only whole numbers are asked for.
  CapacitySearch(double start, double highest, bool whole) : next_(start), highest_(highest), whole_(whole) {}

  std::optional<double> next() const { return next_; }  // std::nullopt: the search is over
  void report(Run run);                                 // of next()

  std::optional<double> held() const { return held_; }       // the highest that held
  std::optional<double> broke() const { return broke_; }     // the lowest that did not
  bool generator_bound() const { return generator_bound_; }  // what ended it was not the server

 private:
  std::optional<double> choose() const;

  std::optional<double> next_, held_, broke_;
  double highest_;
  bool whole_;
  bool generator_bound_ = false;
  std::uint32_t runs_ = 0;
};

}  // namespace wsf::load
