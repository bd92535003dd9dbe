import BigCommerce
import CartModel
import CartSupport
import Synchronization

/// A file of a recording, which is written as it goes: an interrupted one is of use, too.
final class Recorder: Sendable {
  let recording: TrafficRecording

  /// - Parameter folder: is made where it is missing.
  init(_ folder: String, at time: Timestamp) throws {
    try Files.makeFolder(folder)
    let name = time.description.filter { $0 != ":" }
    let path = "\(folder)/\(name).jsonl"
    let lock = Mutex(())
    try Files.append([], to: path)
    recording = TrafficRecording { line in
      lock.withLock { _ in
        do throws(SupportError) { try Files.append(Array((line + "\n").utf8), to: path) } catch {
          Terminal.say("warning: \(error.message); this answer is not in the recording")
        }
      }
    }
    Terminal.say("Recording to \(path)")
  }
}
