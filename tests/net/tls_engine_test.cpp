#include "net/tls_engine.hpp"

#include "net/tls_pair.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

namespace wsf::net {
namespace {

using Kind = TlsFault::Kind;

struct Talk {
  explicit Talk(const TlsPair& pair) : Talk(pair, *pair.client) {}
  Talk(const TlsPair& pair, const ClientTls& as)
      : client(as.new_session("localhost")), server(pair.server->new_session()) {}

  void shake(std::size_t piece = SIZE_MAX) {
    client.begin();
    converse(client, server, piece);
  }

  TlsEnd client, server;
};

TEST(tls_engine, both_ends_understand_each_other) {
  TlsPair pair;
  Talk talk(pair);
  talk.shake();
  ASSERT_TRUE(talk.client.engine.established());
  ASSERT_TRUE(talk.server.engine.established());
  talk.client.say("question");
  converse(talk.client, talk.server);
  talk.server.say("answer");
  converse(talk.client, talk.server);
  EXPECT_EQ(talk.server.heard, "question");
  EXPECT_EQ(talk.client.heard, "answer");
}

TEST(tls_engine, a_handshake_may_come_byte_by_byte) {
  TlsPair pair;
  Talk talk(pair);
  talk.shake(1);
  talk.client.say("hello");
  converse(talk.client, talk.server, 1);
  EXPECT_EQ(talk.server.heard, "hello");
}

TEST(tls_engine, a_message_of_many_records_comes_whole) {
  TlsPair pair;
  Talk talk(pair);
  talk.shake();
  std::string large(100'000, 'x');
  large.back() = 'y';
  talk.server.say(large);
  const std::string sent = talk.server.take_out();
  for (std::size_t at = 0; at < sent.size(); at += 40'000)
    talk.client.hear(std::string_view(sent).substr(at, 40'000));
  EXPECT_EQ(talk.client.heard, large);
}

TEST(tls_engine, a_record_has_at_most_the_bytes_that_are_named) {
  TlsPair pair;
  Talk talk(pair);
  talk.shake();
  talk.server.say(std::string(TlsEngine::kMaxPlainBytes, 'x'));
  EXPECT_LE(talk.server.out.size(), TlsEngine::kMaxRecordBytes);
}

TEST(tls_engine, tells_the_goodbye_of_the_other_end_behind_its_last_words) {
  TlsPair pair;
  Talk talk(pair);
  talk.shake();
  talk.client.say("last");
  talk.client.engine.finish(talk.client.out);
  converse(talk.client, talk.server);
  EXPECT_EQ(talk.server.heard, "last");
  EXPECT_TRUE(talk.server.ended);
  EXPECT_FALSE(talk.server.fault);
  EXPECT_TRUE(talk.server.say("after"));
}

TEST(tls_engine, takes_no_forged_byte) {
  TlsPair pair;
  Talk talk(pair);
  talk.shake();
  talk.client.say("hello");
  talk.client.out.back() ^= 1;
  converse(talk.client, talk.server);
  EXPECT_EQ(talk.server.heard, "");
  EXPECT_TRUE(talk.server.fault);
}

TEST(tls_engine, refuses_to_negotiate_again) {
  TlsPair pair;
  Talk talk(pair);
  SSL_set_max_proto_version(talk.client.ssl, TLS1_2_VERSION);
  SSL_clear_options(talk.client.ssl, SSL_OP_NO_RENEGOTIATION);
  talk.shake();
  ASSERT_STREQ(SSL_get_version(talk.client.ssl), "TLSv1.2");
  ASSERT_EQ(SSL_renegotiate(talk.client.ssl), 1);
  talk.client.begin();
  converse(talk.client, talk.server);
  EXPECT_EQ(SSL_get_secure_renegotiation_support(talk.server.ssl), 1);
  EXPECT_TRUE(talk.client.fault);
}

TEST(tls_engine, refuses_tls_below_1_2) {
  TlsPair pair;
  Talk talk(pair);
  SSL_set_security_level(talk.client.ssl, 0);
  SSL_set_min_proto_version(talk.client.ssl, TLS1_VERSION);
  SSL_set_max_proto_version(talk.client.ssl, TLS1_1_VERSION);
  talk.shake();
  ASSERT_TRUE(talk.server.fault);
  EXPECT_EQ(talk.server.fault->kind, Kind::no_common_version);
}

TEST(tls_engine, speaks_http_1_1_and_refuses_who_offers_other_protocols_alone) {
  TlsPair pair;
  Talk both(pair);
  const auto offer = [](TlsEnd& client, const std::string& protocols) {
    SSL_set_alpn_protos(client.ssl, reinterpret_cast<const unsigned char*>(protocols.data()),
                        static_cast<unsigned>(protocols.size()));
  };
  offer(both.client, "\x02h2\x08http/1.1");
  both.shake();
  const unsigned char* chosen = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(both.client.ssl, &chosen, &size);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(chosen), size), "http/1.1");
  Talk other(pair);
  offer(other.client, "\x02h2");
  other.shake();
  EXPECT_TRUE(other.server.fault);
}

TEST(tls_engine, a_client_that_comes_back_resumes_by_its_ticket) {
  TlsPair pair;
  Talk first(pair);
  first.shake();
  SSL_SESSION* session = SSL_get1_session(first.client.ssl);
  Talk second(pair);
  SSL_set_session(second.client.ssl, session);
  SSL_SESSION_free(session);
  second.shake();
  EXPECT_TRUE(second.server.engine.established());
  EXPECT_TRUE(second.server.engine.resumed());
}

TEST(tls_engine, where_it_is_required_nobody_gets_in_without_a_good_certificate) {
  TlsPair pair(ClientAuth::required);
  Talk without(pair);
  without.shake();
  EXPECT_TRUE(without.server.fault);
  ASSERT_TRUE(without.client.fault);
  EXPECT_EQ(without.client.fault->kind, Kind::certificate_wanted);

  Talk with(pair, *pair.client_with(pair.authority));
  with.shake();
  EXPECT_TRUE(with.server.engine.established());

  const TestAuthority foreign("foreign");
  Talk stranger(pair, *pair.client_with(foreign));
  stranger.shake();
  EXPECT_TRUE(stranger.server.fault);
  ASSERT_TRUE(stranger.client.fault);
  EXPECT_EQ(stranger.client.fault->kind, Kind::certificate_refused);
}

TEST(tls_engine, where_it_is_optional_a_bad_certificate_is_refused_and_none_is_not) {
  TlsPair pair(ClientAuth::optional);
  Talk without(pair);
  without.shake();
  EXPECT_TRUE(without.server.engine.established());
  const TestAuthority foreign("foreign");
  Talk stranger(pair, *pair.client_with(foreign));
  stranger.shake();
  EXPECT_TRUE(stranger.server.fault);
}

TEST(tls_engine, follows_an_update_of_the_keys) {
  TlsPair pair;
  Talk talk(pair);
  talk.shake();
  ASSERT_EQ(SSL_key_update(talk.client.ssl, SSL_KEY_UPDATE_REQUESTED), 1);
  talk.client.say("after the update");
  converse(talk.client, talk.server);
  EXPECT_EQ(talk.server.heard, "after the update");
  EXPECT_TRUE(talk.server.say("still here"));
  converse(talk.client, talk.server);
  EXPECT_EQ(talk.client.heard, "still here");
}

}  // namespace
}  // namespace wsf::net
