#include "load/svg_plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace wsf::load {
namespace {

constexpr double kWidth = 640, kHeight = 260;
constexpr double kLeft = 58, kRight = 12, kTop = 44, kBottom = 40;

// From values to places in the drawing, along one axis.
struct Axis {
  double low = 0, high = 1;
  double from = 0, to = 1;
  bool logarithmic = false;

  double place(double value) const {
    const auto scaled = [this](double v) { return logarithmic ? std::log10(v) : v; };
    const double share = (scaled(std::clamp(value, low, high)) - scaled(low)) / (scaled(high) - scaled(low));
    return from + share * (to - from);
  }
};

std::string number(double value) {
  if (value >= 1e6) return fmt::format("{:g}M", value / 1e6);
  if (value >= 1e4) return fmt::format("{:g}k", value / 1e3);
  return fmt::format("{:g}", value);
}

std::vector<Tick> decades(double low, double high) {
  std::vector<Tick> out;
  for (double at = low; at <= high * 1.001; at *= 10) out.push_back({at, number(at)});
  return out;
}

Axis x_axis(const Plot& plot) {
  Axis out{.low = std::numeric_limits<double>::max(),
           .high = std::numeric_limits<double>::lowest(),
           .from = kLeft,
           .to = kWidth - kRight};
  for (const Series& series : plot.series) {
    for (const auto& [x, y] : series.points) {
      out.low = std::min(out.low, x);
      out.high = std::max(out.high, x);
    }
  }
  if (out.high <= out.low) out.high = out.low + 1;
  return out;
}

Axis y_axis(const Plot& plot) {
  Axis out{.low = std::numeric_limits<double>::max(),
           .high = 0,
           .from = kHeight - kBottom,
           .to = kTop,
           .logarithmic = plot.log_y};
  for (const Series& series : plot.series) {
    for (const auto& [x, y] : series.points) {
      if (y > 0) out.low = std::min(out.low, y);
      out.high = std::max(out.high, y);
    }
  }
  if (out.high <= 0) out.high = 1;
  if (!plot.log_y) {
    out.low = 0;
    const auto ticks = round_ticks(0, out.high * 1.05, 4);
    out.high = std::max(out.high * 1.05, ticks.empty() ? 1 : ticks.back().at);
    return out;
  }
  out.low = std::pow(10, std::floor(std::log10(std::min(out.low, out.high))));
  out.high = std::max(out.low * 10, std::pow(10, std::ceil(std::log10(out.high))));
  return out;
}

void append_text(std::string& out, double x, double y, std::string_view anchor, std::string_view css,
                 std::string_view text) {
  out += fmt::format(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="{}" class="{}">{}</text>)", x, y, anchor, css,
                     escape_html(text));
}

void append_axes(std::string& out, const Plot& plot, const Axis& x, const Axis& y) {
  for (const Tick& tick : plot.log_y ? decades(y.low, y.high) : round_ticks(y.low, y.high, 4)) {
    const double at = y.place(tick.at);
    out += fmt::format(R"(<line x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}" class="grid"/>)", kLeft, kWidth - kRight, at,
                       at);
    append_text(out, kLeft - 6, at + 4, "end", "tick", tick.label);
  }
  for (const Tick& tick : plot.x_ticks.empty() ? round_ticks(x.low, x.high, 7) : plot.x_ticks) {
    if (tick.at < x.low || tick.at > x.high) continue;
    append_text(out, x.place(tick.at), kHeight - kBottom + 16, "middle", "tick", tick.label);
  }
  append_text(out, kLeft, 16, "start", "title", plot.title);
  append_text(out, kLeft - 6, 34, "end", "tick", plot.y_label);
  append_text(out, kWidth - kRight, kHeight - 6, "end", "tick", plot.x_label);
}

void append_series(std::string& out, const Series& series, const Axis& x, const Axis& y) {
  out += fmt::format(R"(<polyline class="{}" points=")", series.css_class);
  for (const auto& [at, value] : series.points) out += fmt::format("{:.1f},{:.1f} ", x.place(at), y.place(value));
  out += R"("/>)";
  if (series.points.size() != 1) return;  // a line of one point is invisible
  out += fmt::format(R"(<circle class="{}" cx="{:.1f}" cy="{:.1f}" r="3"/>)", series.css_class,
                     x.place(series.points[0].first), y.place(series.points[0].second));
}

void append_legend(std::string& out, const Plot& plot) {
  double at = kLeft;
  for (const Series& series : plot.series) {
    out +=
        fmt::format(R"(<line x1="{:.0f}" x2="{:.0f}" y1="30" y2="30" class="{}"/>)", at, at + 16, series.css_class);
    append_text(out, at + 20, 34, "start", "tick", series.label);
    at += 34 + 6.6 * static_cast<double>(series.label.size());
  }
}

// Columns that show a note under the pointer, each as wide as it is far to its neighbours.
void append_notes(std::string& out, const Plot& plot, const Axis& x) {
  for (std::size_t i = 0; i < plot.notes.size(); i++) {
    const double at = x.place(plot.notes[i].at);
    const double before = i > 0 ? (x.place(plot.notes[i - 1].at) + at) / 2 : x.from;
    const double after = i + 1 < plot.notes.size() ? (x.place(plot.notes[i + 1].at) + at) / 2 : x.to;
    out += fmt::format(R"(<rect class="note" x="{:.1f}" y="{}" width="{:.1f}" height="{}"><title>{}</title></rect>)",
                       before, kTop, std::max(0.0, after - before), kHeight - kTop - kBottom,
                       escape_html(plot.notes[i].label));
  }
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::vector<Tick> round_ticks(double low, double high, std::size_t count) {
  if (!(high > low) || count == 0) return {};
  const double rough = (high - low) / static_cast<double>(count);
  const double power = std::pow(10, std::floor(std::log10(rough)));
  const double ratio = rough / power;
  const double step = power * (ratio <= 1 ? 1 : ratio <= 2 ? 2 : ratio <= 5 ? 5 : 10);
  std::vector<Tick> out;
  for (double at = std::ceil(low / step) * step; at <= high + step * 1e-6; at += step) {
    const double shown = std::abs(at) < step * 1e-6 ? 0 : at;
    out.push_back({shown, number(shown)});
  }
  return out;
}

std::string svg_of(const Plot& plot) {
  const bool empty =
      std::all_of(plot.series.begin(), plot.series.end(), [](const Series& s) { return s.points.empty(); });
  if (empty) return "";
  const Axis x = x_axis(plot), y = y_axis(plot);
  std::string out = fmt::format(R"(<svg viewBox="0 0 {} {}" role="img" aria-label="{}">)", kWidth, kHeight,
                                escape_html(plot.title));
  for (const auto& [from, to] : plot.bands) {
    out += fmt::format(R"(<rect class="band" x="{:.1f}" y="{}" width="{:.1f}" height="{}"/>)", x.place(from), kTop,
                       std::max(1.0, x.place(to) - x.place(from)), kHeight - kTop - kBottom);
  }
  append_axes(out, plot, x, y);
  for (const Series& series : plot.series) append_series(out, series, x, y);
  append_legend(out, plot);
  append_notes(out, plot, x);
  return out += "</svg>\n";
}

}  // namespace wsf::load
