#include "ws/query.hpp"

#include <boost/url/parse_query.hpp>

namespace wsf::ws {

std::vector<std::string> query_values(std::string_view query, std::string_view name) {
  std::vector<std::string> out;
  const std::string ended(query);  // Boost 1.81 reads on to a NUL, past the end of what it was given
  const auto parameters = boost::urls::parse_query(boost::core::string_view(ended.data(), ended.size()));
  if (!parameters) return out;
  for (const boost::urls::param_pct_view parameter : *parameters) {
    if (parameter.key.decode() == name) out.push_back(parameter.value.decode());
  }
  return out;
}

}  // namespace wsf::ws
