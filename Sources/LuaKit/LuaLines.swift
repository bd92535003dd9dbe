import CLuaKit

/// Which lines of a chunk ran.
public final class LuaLines {
  private let lines: UnsafeMutableBufferPointer<UInt8>
  private let source: UnsafeMutablePointer<CChar>

  /// - Parameters:
  ///   - name: of the chunk, as it was compiled: `@hoard.lua`.
  ///   - count: how many lines it has.
  public init(of name: String, count: Int) {
    lines = .allocate(capacity: max(count, 1))
    lines.initialize(repeating: 0)
    let bytes = name.utf8CString
    source = .allocate(capacity: bytes.count)
    for (index, byte) in bytes.enumerated() { source[index] = byte }
  }

  deinit {
    lines.deallocate()
    source.deallocate()
  }

  /// From 1, in their order.
  public var numbers: [Int] { lines.indices.filter { lines[$0] != 0 }.map { $0 + 1 } }

  fileprivate func start(_ vm: OpaquePointer) {
    lk_note_lines(vm, source, lines.baseAddress, UInt32(lines.count))
  }

  fileprivate func add(linesOf function: Int32, _ vm: OpaquePointer) -> lk_status {
    lk_active_lines(vm, function, lines.baseAddress, UInt32(lines.count))
  }
}

extension LuaVM {
  /// Notes which lines of a chunk run, from the next budget on; it must outlive the VM's runs.
  public func note(_ lines: LuaLines) { lines.start(vm) }

  /// Adds the lines of a function that can run.
  public func addLines(of function: LuaFunction, to lines: LuaLines) throws(LuaFailure) {
    try check(lines.add(linesOf: function.reference, vm))
  }
}
