#pragma once
// A line plot as inline SVG, coloured by CSS classes of the page that holds it; readable without a script. Pure.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wsf::load {

struct Series {
  std::string label;
  std::string css_class;                          // of the line: "s1"
  std::vector<std::pair<double, double>> points;  // by rising x
};

struct Tick {
  double at = 0;
  std::string label;
};

struct Plot {
  std::string title, x_label, y_label;
  bool log_y = false;  // values at or below 0 are drawn at the bottom
  std::vector<Series> series;
  std::vector<std::pair<double, double>> bands = {};  // of x, shaded
  std::vector<Tick> x_ticks = {};                     // empty: chosen
  std::vector<Tick> notes = {};                       // shown when the pointer is at this x
};

// An <svg> element, scaled by its width; "" when no series has a point.
std::string svg_of(const Plot& plot);

// About `count` round numbers within [low, high].
std::vector<Tick> round_ticks(double low, double high, std::size_t count);

// Text made safe for element content and attributes.
std::string escape_html(std::string_view text);

}  // namespace wsf::load
