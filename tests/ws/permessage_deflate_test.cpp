#include "ws/permessage_deflate.hpp"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

namespace wsf::ws {
namespace {

// The answer to offers; "declined" where no extension is named.
std::string answer_to(std::string_view offers) {
  const auto agreement = accept_deflate(offers);
  return agreement ? deflate_answer(*agreement) : "declined";
}

struct Row {
  std::string name;
  std::string offers;
  std::string answer;

  friend std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.offers; }
};

class PermessageDeflate : public testing::TestWithParam<Row> {};

TEST_P(PermessageDeflate, is_agreed_on_as_rfc_7692_says) {
  EXPECT_EQ(answer_to(GetParam().offers), GetParam().answer);
}

const std::string kAgreed = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
const std::string kDeclined = "declined";

const std::vector<Row> kRows{
    {"not_offered", "", kDeclined},
    {"other_extension", "x-webkit-deflate-frame", kDeclined},
    {"bare", "permessage-deflate", kAgreed},
    {"any_case", "PerMessage-Deflate", kAgreed},
    {"chromium", "permessage-deflate; client_max_window_bits", kAgreed},
    {"all", "permessage-deflate; server_no_context_takeover; client_no_context_takeover; client_max_window_bits=9",
     kAgreed},
    {"window", "permessage-deflate; server_max_window_bits=10", kAgreed + "; server_max_window_bits=10"},
    {"least_window", "permessage-deflate; server_max_window_bits=8", kAgreed + "; server_max_window_bits=8"},
    {"most_window", "permessage-deflate; server_max_window_bits=\"15\"", kAgreed + "; server_max_window_bits=15"},
    {"window_too_small", "permessage-deflate; server_max_window_bits=7", kDeclined},
    {"window_too_large", "permessage-deflate; server_max_window_bits=16", kDeclined},
    {"window_with_zero_in_front", "permessage-deflate; server_max_window_bits=09", kDeclined},
    {"window_no_number", "permessage-deflate; server_max_window_bits=1x", kDeclined},
    {"window_without_value", "permessage-deflate; server_max_window_bits", kDeclined},
    {"clients_window_bad", "permessage-deflate; client_max_window_bits=16", kDeclined},
    {"takeover_with_value", "permessage-deflate; server_no_context_takeover=1", kDeclined},
    {"clients_takeover_with_value", "permessage-deflate; client_no_context_takeover=true", kDeclined},
    {"unknown_parameter", "permessage-deflate; server_no_context_takeover; speed=9", kDeclined},
    {"repeated_parameter", "permessage-deflate; client_max_window_bits; client_max_window_bits=10", kDeclined},
    {"second_offer", "permessage-deflate; speed=9, permessage-deflate; server_max_window_bits=12",
     kAgreed + "; server_max_window_bits=12"},
    {"first_of_two", "permessage-deflate; server_max_window_bits=9, permessage-deflate",
     kAgreed + "; server_max_window_bits=9"},
    {"beside_others", "permessage-bzip2, permessage-deflate", kAgreed},
    {"malformed", "permessage-deflate; =", kDeclined},
};

INSTANTIATE_TEST_SUITE_P(rows, PermessageDeflate, testing::ValuesIn(kRows),
                         [](const auto& row) { return row.param.name; });

TEST(PermessageDeflateClient, takes_only_an_answer_to_what_it_offered) {
  EXPECT_EQ(judge_deflate_answer(""), DeflateAnswer::none);
  EXPECT_EQ(judge_deflate_answer(kAgreed), DeflateAnswer::granted);
  EXPECT_EQ(judge_deflate_answer(kAgreed + "; server_max_window_bits=10"), DeflateAnswer::granted);
  EXPECT_EQ(judge_deflate_answer("permessage-deflate"), DeflateAnswer::unacceptable) << "it would keep a context";
  EXPECT_EQ(judge_deflate_answer(kAgreed + "; client_max_window_bits=10"), DeflateAnswer::unacceptable);
  EXPECT_EQ(judge_deflate_answer(kAgreed + ", " + kAgreed), DeflateAnswer::unacceptable);
  EXPECT_EQ(judge_deflate_answer("x-other"), DeflateAnswer::unacceptable);
  EXPECT_EQ(judge_deflate_answer(";"), DeflateAnswer::unacceptable);
}

}  // namespace
}  // namespace wsf::ws
