import Glibc

/// Which file is at a path, and when it was last changed, as stat(2) says.
public struct FileStamp: Equatable, Sendable {
  private let device: UInt64
  package let inode: UInt64
  package let size: Int64
  /// Nanoseconds of the epoch; a rename changes it too on the usual file systems.
  package let changed: Int64

  /// Nil where there is no file, or its folder cannot be searched.
  public init?(_ path: String) {
    var info = stat()
    guard stat(path, &info) == 0 else { return nil }
    device = UInt64(info.st_dev)
    inode = UInt64(info.st_ino)
    size = Int64(info.st_size)
    changed = Int64(info.st_ctim.tv_sec) &* 1_000_000_000 &+ Int64(info.st_ctim.tv_nsec)
  }

  package func isSameFile(as other: FileStamp) -> Bool {
    device == other.device && inode == other.inode
  }

  /// Where a file that this process has open is now; nil where it has no name any more.
  ///
  /// Linux only: reads `/proc/self/fd`.
  package var openPath: String? {
    guard let folder = opendir("/proc/self/fd") else { return nil }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      let link = "/proc/self/fd/" + name
      guard let stamp = FileStamp(link), stamp.isSameFile(as: self) else { continue }
      var bytes = [CChar](repeating: 0, count: 4096)
      let count = readlink(link, &bytes, bytes.count)
      guard count > 0 else { return nil }
      let path = String(decoding: bytes[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
      // A removed file's link ends in " (deleted)" and leads nowhere.
      return FileStamp(path)?.isSameFile(as: self) == true ? path : nil
    }
    return nil
  }
}
