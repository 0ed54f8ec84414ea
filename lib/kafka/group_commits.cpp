#include "kafka/group_commits.hpp"

#include "kafka/client.hpp"

#include <fmt/format.h>

namespace wsf::kafka {

void GroupCommits::send(const rd_kafka_topic_partition_list_t& positions, Clock::time_point now) {
  next_ = now + options_.commit_every;
  changed_ = false;
  if (positions.cnt == 0) return;
  rd_kafka_commit(&client_, &positions, 1);
}

// rd_kafka_commit() itself would wait for a broker that is gone as long as its socket timeout.
void GroupCommits::send_last(const rd_kafka_topic_partition_list_t& positions) {
  if (positions.cnt == 0) return;
  const QueuePtr answers(rd_kafka_queue_new(&client_));
  rd_kafka_commit_queue(&client_, &positions, answers.get(), nullptr, nullptr);
  const EventPtr answer(rd_kafka_queue_poll(answers.get(), static_cast<int>(kLastPatience.count())));
  if (answer) on_answer(rd_kafka_event_error(answer.get()));
}

void GroupCommits::on_answer(rd_kafka_resp_err_t error) {
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
    acknowledged_.store(count() + 1, std::memory_order_relaxed);
    return;
  }
  if (error == RD_KAFKA_RESP_ERR__NO_OFFSET) return;
  changed_ = true;
  log_of(client_).write(
      4, "COMMIT",
      fmt::format("positions of group {} are not committed: {}", options_.group, rd_kafka_err2str(error)));
}

}  // namespace wsf::kafka
