#include "kafka/embedded_broker.hpp"

#include "base/exit_codes.hpp"
#include "kafka/client.hpp"
// After the library's own header, on which it depends.
#include <librdkafka/rdkafka_mock.h>

namespace wsf::kafka {

using MockPtr = std::unique_ptr<rd_kafka_mock_cluster_t, Destroy<rd_kafka_mock_cluster_destroy>>;

class EmbeddedBroker::Cluster : private ClientWatcher {
 public:
  Cluster()
      : client_(make_client(RD_KAFKA_PRODUCER, {}, {{"log_level", "3"}}, {}, *this)),
        mock_(rd_kafka_mock_cluster_new(client_.get(), 1)) {
    if (!mock_) throw base::StartupError(base::Exit::runtime, "cannot start the embedded Kafka broker on loopback");
  }

  std::string brokers() const { return rd_kafka_mock_cluster_bootstraps(mock_.get()); }
  rd_kafka_mock_cluster_t* mock() { return mock_.get(); }

 private:
  ClientPtr client_;
  MockPtr mock_;
};

EmbeddedBroker::EmbeddedBroker(const std::vector<std::string>& topics, int partitions)
    : cluster_(std::make_unique<Cluster>()) {
  for (const std::string& topic : topics) create_topic(topic, partitions);
}
EmbeddedBroker::~EmbeddedBroker() = default;

std::string EmbeddedBroker::brokers() const {
  return cluster_->brokers();
}
void EmbeddedBroker::set_down() {
  rd_kafka_mock_broker_set_down(cluster_->mock(), -1);
}
void EmbeddedBroker::set_up() {
  rd_kafka_mock_broker_set_up(cluster_->mock(), -1);
}

void EmbeddedBroker::set_missing(const std::string& topic, bool missing) {
  rd_kafka_mock_topic_set_error(cluster_->mock(), topic.c_str(),
                                missing ? RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART : RD_KAFKA_RESP_ERR_NO_ERROR);
}

void EmbeddedBroker::create_topic(const std::string& topic, int partitions) {
  const auto error = rd_kafka_mock_topic_create(cluster_->mock(), topic.c_str(), partitions, 1);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return;
  throw base::StartupError(base::Exit::runtime,
                           "embedded Kafka broker: cannot make topic '" + topic + "': " + rd_kafka_err2str(error));
}

}  // namespace wsf::kafka
