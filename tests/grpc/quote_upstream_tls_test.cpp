#include "base/exit_codes.hpp"
#include "fakes/scratch_folder.hpp"
#include "fakes/test_certificates.hpp"
#include "grpc/quote_upstream.hpp"
#include "recording_sink.hpp"
#include "scripted_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::grpc {
namespace {

struct QuoteUpstreamTlsTest : ::testing::Test {
  UpstreamOptions trusting(const TestAuthority& other) const {
    auto options = server.options();
    options.tls = true;
    options.ca_file = folder.file("ca.pem");
    write_file(options.ca_file, other.certificate());
    return options;
  }

  const ScratchFolder folder;
  const TestAuthority authority;
  const TestAuthority::Pem pem = authority.sign();
  RecordingSink sink;
  ScriptedServer server{{pem.certificate, pem.key}};
};

TEST_F(QuoteUpstreamTlsTest, trusts_a_server_of_the_authority_in_its_file) {
  QuoteUpstream upstream(trusting(authority), sink);
  upstream.subscribe("AAPL");
  ASSERT_TRUE(server.wait_for_requests(1));
  EXPECT_TRUE(sink.wait_for_ups(1));
}

TEST_F(QuoteUpstreamTlsTest, trusts_no_server_of_another_authority) {
  const TestAuthority other;
  QuoteUpstream upstream(trusting(other), sink);
  ASSERT_TRUE(sink.wait_for_downs(1));
  EXPECT_EQ(upstream.counters().streams, 0U);
}

TEST_F(QuoteUpstreamTlsTest, a_file_without_an_authority_is_refused_at_start) {
  auto options = trusting(authority);
  write_file(options.ca_file, "nothing");
  EXPECT_THROW(QuoteUpstream(options, sink), base::StartupError);
}

}  // namespace
}  // namespace wsf::grpc
