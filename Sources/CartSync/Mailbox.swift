import Glibc

/// A queue between threads whose reader waits.
final class Mailbox<Letter: Sendable>: @unchecked Sendable {
  // Guarded by the mutex.
  private var letters: [Letter] = []
  private var isNudged = false
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    // A change of the wall clock must not end a wait, or make it last.
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(condition)
    mutex.deallocate()
    condition.deallocate()
  }

  func send(_ letter: Letter) {
    locked { letters.append(letter) }
    pthread_cond_signal(condition)
  }

  /// Ends a wait without a letter.
  func nudge() {
    locked { isNudged = true }
    pthread_cond_signal(condition)
  }

  var count: Int { locked { letters.count } }

  /// Takes letters, the oldest first.
  ///
  /// - Parameters:
  ///   - limit: takes at most so many.
  ///   - wait: how long one is waited for; milliseconds, nil for ever.
  func receive(limit: Int = .max, wait: Int64?) -> [Letter] {
    locked {
      var deadline = timespec()
      if let wait {
        clock_gettime(CLOCK_MONOTONIC, &deadline)
        let nanoseconds = deadline.tv_nsec + Int(clamping: max(wait, 0) % 1000) * 1_000_000
        deadline.tv_sec += Int(clamping: max(wait, 0) / 1000) + nanoseconds / 1_000_000_000
        deadline.tv_nsec = nanoseconds % 1_000_000_000
      }
      while letters.isEmpty, !isNudged {
        guard wait != nil else {
          pthread_cond_wait(condition, mutex)
          continue
        }
        if pthread_cond_timedwait(condition, mutex, &deadline) == ETIMEDOUT { break }
      }
      // A nudge is for a wait that finds no letter.
      if letters.isEmpty { isNudged = false }
      let taken = Array(letters.prefix(limit))
      letters.removeFirst(taken.count)
      return taken
    }
  }

  private func locked<T>(_ body: () -> T) -> T {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }
}
