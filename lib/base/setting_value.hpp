#pragma once
// One setting's value: text into the bound variable, and back. No I/O.

#include "base/result.hpp"
#include "base/settings.hpp"

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace wsf::base {

struct Allowed {
  std::optional<std::pair<double, double>> range;
  std::vector<std::string> one_of;  // empty: anything
  bool split_commas = true;         // lists
};

// Sets the variable from what one source gives: a list takes all texts, anything else the last one. On an error,
// which says what form is right, the variable is as before.
boost::system::result<void, Error> assign(const SettingTarget& target, const std::vector<std::string>& texts,
                                          const Allowed& allowed);

// The value as assign() reads it; std::nullopt for an optional that is unset. A list is one text for each item.
std::optional<std::string> shown(const SettingTarget& target);
std::vector<std::string> shown_items(const SettingTarget& target);

// Sets the variable back to what it holds now.
std::function<void()> restorer(const SettingTarget& target);

bool is_list(const SettingTarget& target);
bool is_switch(const SettingTarget& target);
std::string type_name(const SettingTarget& target);  // for --help: "N", "TEXT", "DURATION"

}  // namespace wsf::base
