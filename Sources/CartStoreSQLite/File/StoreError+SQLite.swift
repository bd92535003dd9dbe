import CartModel
import CartStorage
import GRDB
import GRDBSQLite
import Glibc

extension StoreError {
  /// What an error of SQLite means and what to do: the one place that says it.
  ///
  /// - Parameters:
  ///   - code: SQLite's extended result code.
  ///   - text: SQLite's own words for it.
  ///   - path: of the database.
  ///   - system: `errno` of the call that failed; 0 where it is not known.
  init(sqlite code: Int32, _ text: String, path: String, system: Int32 = 0) {
    if let error = StoreError(system: system, path: path) {
      self = error
      return
    }
    switch code & 0xff {
    case SQLITE_BUSY, SQLITE_LOCKED: self = .busy
    case SQLITE_FULL: self = .full
    case SQLITE_IOERR: self.init(ioError: code, text, path: path)
    case SQLITE_READONLY: self = .notWritable(path)
    case SQLITE_CANTOPEN: self = .cannotOpen(path)
    case SQLITE_PERM, SQLITE_AUTH:
      self.init(.permission, "database: no permission to open \(path)")
    case SQLITE_CORRUPT: self.init(.unsound, text)
    case SQLITE_NOTADB: self = .notOurs(path)
    case SQLITE_INTERRUPT: self.init(.interrupted, "interrupted")
    case SQLITE_NOMEM: self.init(.other, "database: not enough memory")
    default: self.init(.other, "database: \(text)")
    }
  }

  static var busy: StoreError {
    StoreError(.busy, "database: another process has been writing for more than 5 s; try again")
  }

  private static var full: StoreError {
    StoreError(.full, "database: the disk is full; nothing of this was saved")
  }

  private static var quota: StoreError {
    StoreError(
      .full,
      "database: the disk quota of this user or group is used up; nothing of this was saved")
  }

  /// Causes that the system itself names.
  init?(system: Int32, path: String) {
    switch system {
    case ENOSPC: self = .full
    case EDQUOT: self = .quota
    case EMFILE, ENFILE:
      self.init(
        .other,
        "database: cannot open \(path): no file descriptor is free; close files, or raise "
          + "'ulimit -n'")
    case EROFS:
      self.init(.readOnly, "database: \(path) is on a read-only file system; nothing was changed")
    default: return nil
    }
  }

  private enum Access { case read, write, lock }

  /// `SQLITE_IOERR_READ` and the like, which are macros that Swift does not import; by their numbers.
  private init(ioError code: Int32, _ text: String, path: String) {
    let access: Access =
      switch code >> 8 {
      // READ, SHORT_READ, FSTAT, ACCESS, SEEK, MMAP, DATA, CORRUPTFS
      case 1, 2, 7, 13, 22, 24, 32, 33: .read
      // UNLOCK, RDLOCK, BLOCKED, CHECKRESERVEDLOCK, LOCK, SHMLOCK
      case 8, 9, 11, 14, 15, 20: .lock
      default: .write
      }
    switch access {
    case .read: self = .unreadable(path)
    // The index beside the log, which reading needs too, is made without a note of what failed.
    case .write where FileAccess.isFull(FileAccess.folder(path)): self = .full
    case .write:
      self.init(
        .io,
        "database: cannot write \(path) (I/O error); nothing of this was saved; try again, then run "
          + "'cartio check'")
    case .lock:
      self.init(
        .io, "database: cannot lock \(path) (\(text)); a network file system may not support locks")
    }
  }

  static func notOurs(_ path: String) -> StoreError {
    StoreError(.notADatabase, "database: \(path) is not a Cartio database")
  }

  static func unreadable(_ path: String) -> StoreError {
    StoreError(
      .io,
      "database: cannot read \(path) (I/O error); nothing was changed; try again, then run "
        + "'cartio check'")
  }

  static func damaged(_ path: String, _ finding: String) -> StoreError {
    StoreError(
      .corrupt,
      "database: \(path) is damaged (\(finding)); put a backup in its place: cartio restore BACKUP")
  }

  /// Why a database that is there cannot be written.
  static func notWritable(_ path: String) -> StoreError {
    let folder = FileAccess.folder(path)
    let cause =
      access(path, W_OK) != 0
      ? errno == EROFS
        ? "it is on a read-only file system" : "no write permission on the file"
      : access(folder, W_OK) != 0
        ? "the folder \(folder) is not writable" : "it was opened only to read"
    return StoreError(.readOnly, "database: cannot write \(path): \(cause); nothing was changed")
  }

  /// Why a database cannot be opened, or made where no file exists.
  static func cannotOpen(_ path: String) -> StoreError {
    let folder = FileAccess.folder(path)
    if FileAccess.isFolder(path) {
      return StoreError(.missing, "database: cannot open \(path): it is a folder")
    }
    if access(path, F_OK) == 0 {
      return StoreError(
        .permission,
        access(path, R_OK) != 0
          ? "database: cannot read \(path): no read permission on the file"
          : "database: cannot open \(path): the folder \(folder) is not writable")
    }
    if errno == EACCES {
      return StoreError(
        .permission, "database: cannot open \(path): no permission to search the folder \(folder)")
    }
    if FileAccess.isFolder(folder), access(folder, W_OK) != 0 {
      return StoreError(
        .permission, "database: cannot make \(path): the folder \(folder) is not writable")
    }
    return StoreError(
      .missing, "database: cannot open \(path); expected a file, or a folder to make it in")
  }

  /// Any error, as this target throws it.
  ///
  /// - Parameters:
  ///   - path: of the database.
  ///   - system: `errno` of the call that its connection last failed with.
  init(_ error: any Error, path: String, system: Int32 = 0) {
    switch error {
    case let error as StoreError: self = error
    case let error as ModelError: self.init(.other, of: error)
    case let error as DatabaseError:
      self.init(
        sqlite: error.extendedResultCode.rawValue, error.message ?? error.description, path: path,
        system: Self.isOfSystem(error.resultCode.rawValue) ? system : 0)
    default: self.init(.other, "database: \(error)")
    }
  }

  /// What a connection failed with.
  init(_ connection: OpaquePointer, _ code: Int32) {
    let path = sqlite3_db_filename(connection, "main").map { String(cString: $0) } ?? ""
    self.init(
      sqlite: sqlite3_extended_errcode(connection) & 0xff == code & 0xff
        ? sqlite3_extended_errcode(connection) : code,
      String(cString: sqlite3_errmsg(connection)), path: path,
      system: Self.isOfSystem(code & 0xff) ? SystemError.latest(connection) : 0)
  }

  /// Whether a system call failed, so that `errno` says why.
  private static func isOfSystem(_ code: Int32) -> Bool {
    [SQLITE_IOERR, SQLITE_CANTOPEN].contains(code)
  }
}

/// What the system said of a call that failed.
enum SystemError {
  /// `errno` of the call that a connection last failed with; 0 where it is not known.
  ///
  /// SQLite looks at `errno` late, when other calls may have set it: that a write failed for want of
  /// room is known by the file that was written.
  static func latest(_ connection: OpaquePointer?) -> Int32 {
    let files = [SQLITE_FCNTL_FILE_POINTER, SQLITE_FCNTL_JOURNAL_POINTER].map { operation in
      var file: UnsafeMutablePointer<sqlite3_file>?
      return sqlite3_file_control(connection, "main", operation, &file) == SQLITE_OK ? file : nil
    }
    for case let file? in files {
      var code: Int32 = 0
      guard let methods = file.pointee.pMethods,
        methods.pointee.xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &code) == SQLITE_OK
      else { continue }
      if code == EDQUOT || code == ENOSPC { return code }
    }
    return sqlite3_system_errno(connection)
  }
}

/// Questions about paths.
enum FileAccess {
  /// Whether the file system of a folder has no room for the index of a log: 32 KiB.
  static func isFull(_ folder: String) -> Bool {
    var info = statvfs()
    guard statvfs(folder, &info) == 0 else { return false }
    return UInt64(info.f_bavail) * UInt64(info.f_frsize) < 32_768
  }

  static func folder(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  static func isFolder(_ path: String) -> Bool {
    var info = stat()
    return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
  }
}
