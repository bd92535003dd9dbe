import Glibc

extension Files {
  /// The error of a failed system call on a file: what was tried, the file, the cause in `errno`.
  package static func failure(_ verb: String, _ path: String) -> SupportError {
    failure(verb, path, errno)
  }

  static func failure(_ verb: String, _ path: String, _ code: Int32) -> SupportError {
    SupportError(.file, "file \(path): cannot \(verb) it: \(cause(code, of: path))")
  }

  /// The words for an error number, and what is behind it where the number alone does not tell.
  static func cause(_ code: Int32, of path: String) -> String {
    let words = String(cString: strerror(code))
    switch code {
    case ENOENT, ENOTDIR:
      let folder = folder(path)
      return exists(folder) ? words : words + " (the folder \(folder) does not exist)"
    case EMFILE:
      var limit = rlimit()
      getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
      return words
        + " (no file descriptor is free; the limit is \(limit.rlim_cur), ulimit -n raises it)"
    case ENFILE: return words + " (no file descriptor is free on this system)"
    case EACCES:
      let folder = folder(path)
      return access(folder, X_OK) == 0 ? words : words + " (the folder \(folder) cannot be entered)"
    case EFBIG: return words + " (the limit of this process or of the file system; see ulimit -f)"
    case ENXIO:
      return words + " (a pipe that no program reads, or a socket; start its reader first)"
    default: return words
    }
  }
}
