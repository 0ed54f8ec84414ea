#include "trace/otlp_json.hpp"

#include "trace/traceparent.hpp"

#include <nlohmann/json.hpp>

#include <charconv>

namespace wsf::trace {
namespace {

using nlohmann::json;

constexpr int kStatusError = 2;

json attribute(std::string_view name, std::string_view text) {
  return {{"key", name}, {"value", {{"stringValue", text.substr(0, kMaxTextBytes)}}}};
}

json attribute(const Attribute& one) {
  if (const auto* text = std::get_if<std::string>(&one.value)) return attribute(one.name, *text);
  return {{"key", one.name}, {"value", {{"intValue", std::to_string(std::get<std::int64_t>(one.value))}}}};
}

json to_json(const Span& span) {
  json out{{"traceId", hex(span.context.trace)},
           {"spanId", hex(span.context.span)},
           {"name", span.name},
           {"kind", static_cast<int>(span.kind)},
           {"startTimeUnixNano", std::to_string(span.start_ns)},
           {"endTimeUnixNano", std::to_string(span.end_ns)},
           {"status", json::object()}};
  if (span.parent != SpanId{}) out["parentSpanId"] = hex(span.parent);
  if (span.failed) out["status"]["code"] = kStatusError;
  for (const Attribute& one : span.attributes) out["attributes"].push_back(attribute(one));
  return out;
}

// The proto3 mapping writes 64-bit numbers as text; either may come.
std::uint64_t count_of(const json& value) {
  if (value.is_number_unsigned()) return value.get<std::uint64_t>();
  if (!value.is_string()) return 0;
  const auto& text = value.get_ref<const std::string&>();
  std::uint64_t count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return count;
}

}  // namespace

std::string export_request(const Resource& resource, std::span<const Span> spans) {
  json list = json::array();
  for (const Span& span : spans) list.push_back(to_json(span));
  const json scope{{"name", "wsfanout"}, {"version", resource.version}};
  const json of_resource{
      {"attributes",
       {attribute("service.name", resource.service), attribute("service.version", resource.version),
        attribute("service.instance.id", resource.instance)}}};
  json of_scope = json::object();
  of_scope["scope"] = scope;
  of_scope["spans"] = std::move(list);
  json of_all = json::object();
  of_all["resource"] = of_resource;
  of_all["scopeSpans"] = json::array({std::move(of_scope)});
  json request = json::object();
  request["resourceSpans"] = json::array({std::move(of_all)});
  return request.dump(-1, ' ', false, json::error_handler_t::replace);
}

ExportAnswer parse_export_answer(std::string_view body) {
  const json answer = json::parse(body, nullptr, false);
  if (!answer.is_object()) return {};
  const auto partial = answer.find("partialSuccess");
  if (partial == answer.end() || !partial->is_object()) return {};
  ExportAnswer out;
  if (const auto rejected = partial->find("rejectedSpans"); rejected != partial->end())
    out.rejected = count_of(*rejected);
  if (const auto message = partial->find("errorMessage"); message != partial->end() && message->is_string())
    out.message = message->get<std::string>();
  return out;
}

}  // namespace wsf::trace
