#pragma once
// A Kafka broker inside this process, for trying out: librdkafka's mock cluster. A real Kafka endpoint for other
// processes on this machine (loopback only). It keeps about 5 MiB a partition, in memory, and nothing across a
// restart.

#include <memory>
#include <string>
#include <vector>

namespace wsf::kafka {

class EmbeddedBroker {
 public:
  // Throws base::StartupError(runtime) when it cannot be started.
  EmbeddedBroker(const std::vector<std::string>& topics, int partitions);
  ~EmbeddedBroker();
  EmbeddedBroker(const EmbeddedBroker&) = delete;
  EmbeddedBroker& operator=(const EmbeddedBroker&) = delete;

  std::string brokers() const;  // 127.0.0.1:PORT

  // For tests: a broker that goes away, comes back, and gets another topic.
  void set_down();
  void set_up();
  void create_topic(const std::string& topic, int partitions);
  void set_missing(const std::string& topic, bool missing);  // its metadata say that there is no such topic

 private:
  class Cluster;
  std::unique_ptr<Cluster> cluster_;
};

}  // namespace wsf::kafka
