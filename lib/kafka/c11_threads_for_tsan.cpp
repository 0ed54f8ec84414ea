// The thread sanitizer of g++ 12 knows pthreads, not the C11 threads that librdkafka is built on, and crashes in a
// thread that it did not see starting. These definitions come before glibc's and lead to the pthread functions that
// it knows. Linked in the tsan build alone.

#include <pthread.h>
#include <sched.h>
#include <threads.h>

#include <cerrno>
#include <cstdint>

namespace {

static_assert(sizeof(mtx_t) >= sizeof(pthread_mutex_t) && sizeof(cnd_t) >= sizeof(pthread_cond_t));

pthread_mutex_t* mutex(mtx_t* m) {
  return reinterpret_cast<pthread_mutex_t*>(m);
}
pthread_cond_t* condition(cnd_t* c) {
  return reinterpret_cast<pthread_cond_t*>(c);
}
int result(int error) {
  return error == 0 ? thrd_success : error == ETIMEDOUT ? thrd_timedout : thrd_error;
}

struct Start {
  thrd_start_t run;
  void* argument;
};

void* run(void* opaque) {
  const Start start = *static_cast<Start*>(opaque);
  delete static_cast<Start*>(opaque);
  return reinterpret_cast<void*>(static_cast<std::intptr_t>(start.run(start.argument)));
}

}  // namespace

extern "C" {

// The library is not instrumented: its atomics are invisible, and what they order looks like races where it calls
// memcpy or free. Our own code, called back from it or not, is watched all the same.
const char* __tsan_default_suppressions();
const char* __tsan_default_suppressions() {
  return "called_from_lib:librdkafka.so\n"
         "race:^mtx_\n"  // nobody but the library uses these
         "race:^cnd_\n";
}

int thrd_create(thrd_t* thread, thrd_start_t function, void* argument) {
  return result(pthread_create(thread, nullptr, run, new Start{function, argument}));
}

int thrd_join(thrd_t thread, int* code) {
  void* value = nullptr;
  const int error = pthread_join(thread, &value);
  if (code != nullptr) *code = static_cast<int>(reinterpret_cast<std::intptr_t>(value));
  return result(error);
}

int mtx_init(mtx_t* m, int type) noexcept {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  if ((type & mtx_recursive) != 0) pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
  const int error = pthread_mutex_init(mutex(m), &attributes);
  pthread_mutexattr_destroy(&attributes);
  return result(error);
}

int mtx_lock(mtx_t* m) {
  return result(pthread_mutex_lock(mutex(m)));
}
int mtx_unlock(mtx_t* m) noexcept {
  return result(pthread_mutex_unlock(mutex(m)));
}
void mtx_destroy(mtx_t* m) noexcept {
  pthread_mutex_destroy(mutex(m));
}

int cnd_init(cnd_t* c) noexcept {
  return result(pthread_cond_init(condition(c), nullptr));
}
int cnd_signal(cnd_t* c) noexcept {
  return result(pthread_cond_signal(condition(c)));
}
int cnd_broadcast(cnd_t* c) noexcept {
  return result(pthread_cond_broadcast(condition(c)));
}
int cnd_wait(cnd_t* c, mtx_t* m) {
  return result(pthread_cond_wait(condition(c), mutex(m)));
}
int cnd_timedwait(cnd_t* c, mtx_t* m, const struct timespec* until) {
  return result(pthread_cond_timedwait(condition(c), mutex(m), until));
}
void cnd_destroy(cnd_t* c) noexcept {
  pthread_cond_destroy(condition(c));
}

}  // extern "C"
