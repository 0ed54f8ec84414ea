#include "load/recording.hpp"

#include "base/exit_codes.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <unordered_map>

namespace wsf::load {
namespace {

constexpr std::size_t kChunkBytes = 1 << 20;

std::string last_error() {
  return std::generic_category().message(errno);
}

}  // namespace

// The file's lines one after the other, and any of its bytes again.
class Recording::File {
 public:
  explicit File(int fd) : fd_(fd) {}
  ~File() { ::close(fd_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  enum class Got { line, cut_off /* the last one, without its end */, nothing, too_long, failed };
  Got next(std::string_view& line);
  std::uint64_t line_offset() const { return line_offset_; }

  bool read_at(std::uint64_t offset, std::string& out) const {
    return ::pread(fd_, out.data(), out.size(), static_cast<off_t>(offset)) == static_cast<ssize_t>(out.size());
  }

 private:
  std::string_view take(std::size_t bytes, std::size_t end_bytes) {
    const auto line = std::string_view(buffer_).substr(from_, bytes);
    line_offset_ = buffer_offset_ + from_;
    from_ += bytes + end_bytes;
    return line;
  }
  ssize_t read_more();

  int fd_;
  std::string buffer_;
  std::size_t from_ = 0;  // what lies before it in the buffer was taken
  std::uint64_t buffer_offset_ = 0;
  std::uint64_t line_offset_ = 0;
};

ssize_t Recording::File::read_more() {
  buffer_offset_ += from_;
  buffer_.erase(0, from_);
  from_ = 0;
  const std::size_t had = buffer_.size();
  buffer_.resize(had + kChunkBytes);
  const ssize_t more = ::read(fd_, buffer_.data() + had, kChunkBytes);
  buffer_.resize(had + static_cast<std::size_t>(std::max<ssize_t>(more, 0)));
  return more;
}

Recording::File::Got Recording::File::next(std::string_view& line) {
  std::size_t searched = from_;
  for (;;) {
    const std::size_t end = buffer_.find('\n', searched);
    if (end != buffer_.npos) {
      line = take(end - from_, 1);
      return Got::line;
    }
    if (buffer_.size() - from_ > kMaxLineBytes) return Got::too_long;
    searched = buffer_.size() - from_;  // where it will lie after reading more
    const ssize_t more = read_more();
    if (more < 0) return Got::failed;
    if (more > 0) continue;
    if (buffer_.empty()) return Got::nothing;
    line = take(buffer_.size(), 0);
    return Got::cut_off;
  }
}

// Puts records into the order in which they are replayed.
class Recording::Index {
 public:
  // In the order of the file.
  void add(const RecordedEvent& event, std::uint64_t offset, std::size_t bytes) {
    std::int64_t& newest = newest_ms_.try_emplace(event.partition, event.timestamp_ms).first->second;
    newest = std::max(newest, event.timestamp_ms);
    places_.push_back({newest, offset, static_cast<std::uint32_t>(bytes)});
  }
  std::size_t size() const { return places_.size(); }
  std::vector<Place> sorted() && {
    std::stable_sort(places_.begin(), places_.end(),
                     [](const Place& a, const Place& b) { return a.time_ms < b.time_ms; });
    return std::move(places_);
  }

 private:
  std::unordered_map<std::int32_t, std::int64_t> newest_ms_;  // of each partition
  std::vector<Place> places_;
};

Recording::Recording(std::string path, std::unique_ptr<File> file, std::vector<Place> places)
    : path_(std::move(path)), file_(std::move(file)), places_(std::move(places)) {}
Recording::Recording(Recording&&) noexcept = default;
Recording& Recording::operator=(Recording&&) noexcept = default;
Recording::~Recording() = default;

base::Result<Recording> Recording::open(const std::string& path) {
  const auto failed = [&] { return base::Error{fmt::format("cannot read {}: {}", path, last_error())}; };
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return failed();
  auto file = std::make_unique<File>(fd);
  struct stat about {};
  if (::fstat(fd, &about) == 0 && !S_ISREG(about.st_mode))
    return base::Error{fmt::format("cannot replay {}: only a regular file can be read at any place", path)};
  Index index;
  std::string_view line;
  for (std::size_t number = 1;; number++) {
    const auto wrong = [&](std::string_view why) {
      return base::Error{fmt::format("{}:{}: {}; a line of ratepub --record is expected", path, number, why)};
    };
    const auto got = file->next(line);
    if (got == File::Got::failed) return failed();
    if (got == File::Got::too_long) return wrong("longer than 64 MiB");
    if (got == File::Got::nothing) break;
    if (index.size() == kMaxRecords) return wrong(fmt::format("more than {} records", kMaxRecords));
    const auto event = parse_recorded(line);
    if (!event) return wrong(got == File::Got::cut_off ? "cut off" : event.error().message);
    index.add(*event, file->line_offset(), line.size());
  }
  if (index.size() == 0) return base::Error{fmt::format("{} holds no records", path)};
  return Recording(path, std::move(file), std::move(index).sorted());
}

std::chrono::milliseconds Recording::at(std::size_t index) const {
  return std::chrono::milliseconds(places_[index].time_ms - places_[0].time_ms);
}

RecordedEvent Recording::read(std::size_t index) const {
  const Place& place = places_[index];
  std::string line(place.bytes, '\0');
  if (file_->read_at(place.offset, line)) {
    if (auto event = parse_recorded(line)) return *std::move(event);
  }
  throw base::StartupError(base::Exit::runtime, fmt::format("{} has changed while it was replayed", path_));
}

}  // namespace wsf::load
