// Sessions whose socket refuses, rung by rung: kept, conflated, paused, closed.

#include "sessions_fixture.hpp"

#include <algorithm>

namespace wsf::ws {
namespace {

using hub::BreakerState;

class SlowSession : public SessionsTest {};
INSTANTIATE_TEST_SUITE_P(SendsTogether, SlowSession, testing::Values(1, 2, 256));

TEST_P(SlowSession, a_socket_busy_for_a_moment_loses_nothing) {
  open();
  kernel[kFd].takes = 0;
  for (int i = 0; i < 4; ++i) publish(1, std::to_string(i));
  EXPECT_EQ(kernel[kFd].interest, Interest::both);
  unblock();
  EXPECT_EQ(frames(), "0 1 2 3");
  EXPECT_EQ(kernel[kFd].interest, Interest::read);
  EXPECT_EQ(sessions.counters().conflated.value(), 0u);
}

TEST_P(SlowSession, a_slow_session_keeps_only_the_newest_value_of_each_pair) {
  open();
  kernel[kFd].takes = 0;
  publish(1, "a1");
  publish(2, "b1");
  pass(250);
  publish(1, "a2");
  publish(2, "b2");
  publish(1, "a3");
  unblock();
  EXPECT_EQ(frames(), "a3 b2");
  EXPECT_EQ(sessions.counters().conflated.value(), 3u);
}

TEST_P(SlowSession, too_many_waiting_bytes_conflate_before_any_time_has_passed) {
  open();
  kernel[kFd].takes = 0;
  for (int i = 0; i < 5; ++i) publish(1, std::string(60, static_cast<char>('a' + i)));
  unblock();
  EXPECT_EQ(frames(), std::string(60, 'e'));
}

TEST_P(SlowSession, a_session_that_stays_blocked_is_closed_as_a_slow_consumer_and_can_read_why) {
  open();
  kernel[kFd].takes = 1;
  publish(1, "begun");
  publish(2, "dropped");
  pass(700);
  EXPECT_EQ(frames(), "begun close 4000 slow consumer");
  EXPECT_EQ(sessions.counters().slow_closed.value(), 1u);
}

TEST_P(SlowSession, a_slow_session_does_not_hold_up_another) {
  open(5);
  open(6);
  kernel[5].takes = 0;
  publish(1, "x", 0);
  publish(1, "x", 1);
  EXPECT_EQ(frames(6), "x");
}

TEST_P(SlowSession, is_no_different_from_others_once_it_has_caught_up) {
  open();
  kernel[kFd].takes = 0;
  publish(1, "a");
  pass(250);
  EXPECT_EQ(sessions.counters().conflating_sessions.value(), 1);
  unblock();
  pass(50);
  EXPECT_EQ(sessions.counters().conflating_sessions.value(), 0);
  kernel[kFd].takes = 0;
  publish(1, "b");
  publish(1, "c");
  unblock();
  EXPECT_EQ(frames(), "a b c");
}

// Four sessions, of which each flush serves another one first.
TEST_P(SlowSession, each_of_many_is_served_first_in_its_turn) {
  constexpr int kCount = 4;
  for (int i = 0; i < kCount; ++i) open(kFd + i);
  std::vector<int> firsts;
  for (int round = 0; round < kCount; ++round) {
    for (Slot slot = 0; slot < kCount; ++slot) sessions.publish(slot, update(1, "x"));
    sessions.flush();
    int first = 0;
    for (int i = 1; i < kCount; ++i) {
      if (kernel[kFd + i].sent_at < kernel[kFd + first].sent_at) first = i;
    }
    firsts.push_back(first);
  }
  std::ranges::sort(firsts);
  EXPECT_EQ(firsts, (std::vector{0, 1, 2, 3}));
}

struct PatientLimits : Limits {
  PatientLimits() {
    outbox.outbox_age_ms = 60'000;
    outbox.outbox_bytes = 1'000;
    outbox.breaker = {.write_timeout_ms = 100, .failures = 3, .open_ms = 1'500, .probes = 2};
  }
};

class PausedSession : public SessionsTest {
 protected:
  PausedSession() : SessionsTest(PatientLimits()) {}

  // Opened, then stalled until the breaker has had enough; "stalled" waits.
  void pause_it() {
    open();
    kernel[kFd].takes = 0;
    publish(1, "stalled");
    pass(350);
    ASSERT_EQ(sessions_in(BreakerState::open), 1);
  }
  std::int64_t sessions_in(BreakerState state) {
    return sessions.counters().breaker_sessions[static_cast<std::size_t>(state)].value();
  }
  std::uint64_t moves_to(BreakerState state) {
    return sessions.counters().breaker_transitions[static_cast<std::size_t>(state)].value();
  }
};
INSTANTIATE_TEST_SUITE_P(SendsTogether, PausedSession, testing::Values(1, 2, 256));

TEST_P(PausedSession, comes_of_write_deadlines_missed_in_a_row) {
  open();
  kernel[kFd].takes = 0;
  publish(1, "x");
  pass(250);
  EXPECT_EQ(sessions.counters().write_deadlines_missed.value(), 2u);
  EXPECT_EQ(sessions_in(BreakerState::closed), 1);
  pass(100);
  EXPECT_EQ(sessions_in(BreakerState::open), 1);
  EXPECT_EQ(sessions_in(BreakerState::closed), 0);
  EXPECT_EQ(moves_to(BreakerState::open), 1u);
}

TEST_P(PausedSession, comes_of_an_outbox_that_outgrows_its_limit_again_and_again) {
  open();
  for (int i = 0; i < 3; ++i) {
    kernel[kFd].takes = 1;
    for (hub::KeyId key = 0; key < 12; ++key) publish(key, std::string(100, 'x'));
    unblock(400);
  }
  EXPECT_EQ(sessions_in(BreakerState::open), 1);
}

TEST_P(PausedSession, a_socket_that_takes_a_little_in_time_misses_no_deadline) {
  open();
  kernel[kFd].takes = 0;
  publish(1, std::string(200, 'x'));
  for (int i = 0; i < 20; ++i) {
    pass(50);
    unblock(1);
  }
  EXPECT_EQ(sessions.counters().write_deadlines_missed.value(), 0u);
}

TEST_P(PausedSession, is_left_alone_although_its_socket_has_room_again) {
  pause_it();
  EXPECT_EQ(kernel[kFd].interest, Interest::read);
  const int before = kernel.operations();
  publish(1, "news");
  unblock();
  pass(1'000);
  EXPECT_EQ(kernel.operations(), before);
}

TEST_P(PausedSession, then_gets_the_newest_value_of_each_pair_and_is_as_good_as_new) {
  pause_it();
  publish(1, "a1");
  publish(2, "b1");
  publish(1, "a2");
  publish(2, "b2");
  EXPECT_EQ(sessions.counters().paused.value(), 4u);
  kernel[kFd].takes = SIZE_MAX;
  pass(1'600);
  EXPECT_EQ(frames(), "a2 b2");
  EXPECT_EQ(sessions_in(BreakerState::closed), 1);
  EXPECT_EQ(moves_to(BreakerState::half_open), 1u);
  EXPECT_EQ(moves_to(BreakerState::closed), 1u);
  publish(1, "a3");
  publish(1, "a4");
  EXPECT_EQ(frames(), "a3 a4");
}

TEST_P(PausedSession, is_probed_with_few_frames_before_the_rest_follows) {
  pause_it();
  for (hub::KeyId key = 2; key <= 5; ++key) publish(key, std::to_string(key));
  const int before = kernel.operations();
  kernel[kFd].takes = SIZE_MAX;
  pass(1'600);
  EXPECT_EQ(kernel.operations() - before, 2);
  EXPECT_EQ(frames(), "stalled 2 3 4 5");
}

TEST_P(PausedSession, that_takes_only_a_part_of_the_probe_is_paused_again) {
  pause_it();
  publish(2, "second");
  kernel[kFd].takes = 9;
  pass(1'500);
  EXPECT_EQ(frames(), "stalled");
  EXPECT_EQ(kernel[kFd].interest, Interest::both);  // half open, and a deadline runs
  pass(200);
  EXPECT_EQ(sessions_in(BreakerState::open), 1);
  EXPECT_EQ(moves_to(BreakerState::open), 2u);
  kernel[kFd].takes = SIZE_MAX;
  pass(1'600);
  EXPECT_EQ(frames(), "second");
}

TEST_P(PausedSession, without_anything_to_say_is_probed_by_what_comes_next) {
  pause_it();
  sessions.drop_key(0, 1);
  kernel[kFd].takes = SIZE_MAX;
  pass(1'600);
  EXPECT_EQ(sessions_in(BreakerState::half_open), 1);
  publish(2, "next");
  EXPECT_EQ(frames(), "next");
  EXPECT_EQ(sessions_in(BreakerState::closed), 1);
}

TEST_P(PausedSession, is_closed_like_any_other_when_something_has_waited_too_long) {
  pause_it();
  for (int i = 0; i < 600; ++i) {
    pass(100);
    publish(1, "news");
  }
  pass(500);
  EXPECT_EQ(frames(), "close 4000 slow consumer");
  EXPECT_EQ(sessions_in(BreakerState::open), 0);
}

TEST_P(PausedSession, is_not_blamed_for_pings_that_it_never_got) {
  pause_it();
  pass(1'400);
  kernel[kFd].takes = SIZE_MAX;
  pass(200);
  EXPECT_EQ(frames(), "stalled");
  pass(1'000);
  EXPECT_EQ(frames(), "ping");
}

TEST_P(PausedSession, gets_the_answers_to_its_own_pings_after_the_pause) {
  pause_it();
  receive(masked(Opcode::ping, "p"));
  EXPECT_EQ(frames(), "");
  kernel[kFd].takes = SIZE_MAX;
  pass(1'600);
  EXPECT_EQ(frames(), "stalled pong:p");
}

TEST_P(PausedSession, that_is_to_be_closed_is_tried_at_once) {
  pause_it();
  sessions.close(0, protocol::CloseCause::service_restart);
  sessions.flush();
  EXPECT_EQ(kernel[kFd].interest, Interest::both);
  unblock();
  EXPECT_EQ(frames(), "stalled close 1012 service restart");
}

TEST_P(PausedSession, that_says_goodbye_itself_is_answered_at_once) {
  pause_it();
  kernel[kFd].takes = SIZE_MAX;
  receive(masked_close(1000));
  EXPECT_EQ(kernel[kFd].interest, Interest::both);
  unblock();
  EXPECT_EQ(frames(), "stalled close 1000 bye");
}

TEST_P(PausedSession, that_is_lost_leaves_no_trace_in_the_gauges) {
  pause_it();
  kernel[kFd].peer_ended = true;
  receive("");
  for (const stats::Gauge& gauge : sessions.counters().breaker_sessions) EXPECT_EQ(gauge.value(), 0);
  pass(50);
  EXPECT_EQ(sessions.counters().conflating_sessions.value(), 0);
}

}  // namespace
}  // namespace wsf::ws
