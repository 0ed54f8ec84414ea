#include "hub/frame.hpp"

#include "base/check.hpp"

#include <limits>
#include <new>

namespace wsf::hub {

FramePtr Frame::make(std::string_view header, std::string_view payload, const FrameSubject& subject) {
  const std::size_t size = header.size() + payload.size();
  base::check(size <= std::numeric_limits<std::uint32_t>::max(), "a frame is below 4 GiB");
  void* memory = ::operator new(sizeof(Frame) + size);
  auto* frame = new (memory) Frame(subject, static_cast<std::uint32_t>(size));
  char* bytes = reinterpret_cast<char*>(frame + 1);
  header.copy(bytes, header.size());  // unlike memcpy, copies nothing from a null view without complaint
  payload.copy(bytes + header.size(), payload.size());
  return FramePtr(frame);
}

FramePtr Frame::make_twin(const FramePtr& plain, std::string_view header, std::string_view payload) {
  FramePtr twin = make(header, payload, plain->subject());
  if (plain->relative()) twin->plain_ = plain;
  return twin;
}

void Frame::destroy(Frame* f) {
  f->~Frame();
  ::operator delete(f);
}

}  // namespace wsf::hub
