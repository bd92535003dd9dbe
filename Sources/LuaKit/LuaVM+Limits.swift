import CLuaKit

extension LuaVM {
  /// What a VM may hold; 0 for no limit. Bytes.
  public struct Capacity: Sendable {
    public var memory: Int
    public var block: Int
    public var source: Int
    /// Entries of the largest table with keys that are no list's, a power of two: those that a script
    /// chose to collide cost time in the square of their number, in one step that nothing cuts off.
    public var entries: Int
    /// How many values a call of the host may bring.
    public var arguments: Int

    public init(memory: Int, block: Int, source: Int, entries: Int = 0, arguments: Int = 64) {
      self.memory = memory
      self.block = block
      self.source = source
      self.entries = entries
      self.arguments = arguments
    }

    var limits: lk_limits {
      lk_limits(
        memory: memory, block: block, entries: entries, source: source,
        arguments: UInt32(arguments), fail_at: 0)
    }

    public static let rule = Capacity(
      memory: 8 << 20, block: 1 << 20, source: 64 << 10, entries: 1 << 14, arguments: 16)
    /// Policies query; reports gather.
    public static let policy = Capacity(
      memory: 32 << 20, block: 4 << 20, source: 64 << 10, entries: 1 << 15, arguments: 16)
    public static let report = Capacity(
      memory: 64 << 20, block: 16 << 20, source: 256 << 10, arguments: 16)
    /// One instance sees a whole file go by.
    public static let importer = Capacity(memory: 256 << 20, block: 64 << 20, source: 256 << 10)
    /// A plan of 100,000 carts takes about 300 MB.
    public static let console = Capacity(memory: 512 << 20, block: 64 << 20, source: 4 << 20)
    public static let script = console
  }

  /// What one run may use; 0 for no limit.
  public struct Budget: Sendable {
    public var instructions: UInt64
    /// Nanoseconds.
    public var cpu: UInt64
    /// Nanoseconds.
    public var wall: UInt64
    /// Bytes that `print` may write.
    public var output: UInt64

    public init(
      instructions: UInt64 = 0, cpu: UInt64 = 0, wall: UInt64 = 0, output: UInt64 = .max
    ) {
      self.instructions = instructions
      self.cpu = cpu
      self.wall = wall
      self.output = output
    }

    init(_ left: lk_budget) {
      (instructions, cpu, wall) = (left.instructions, left.cpu, left.wall)
      output = left.output
    }

    var limits: lk_budget {
      lk_budget(instructions: instructions, cpu: cpu, wall: wall, output: output)
    }

    /// The smaller of each limit, of this one and of what another has left.
    public func within(_ other: Budget) -> Budget {
      func smaller(_ a: UInt64, _ b: UInt64) -> UInt64 { a == 0 ? b : b == 0 ? a : min(a, b) }
      return Budget(
        instructions: smaller(instructions, other.instructions), cpu: smaller(cpu, other.cpu),
        wall: smaller(wall, other.wall), output: min(output, other.output))
    }

    /// One verdict of one rule; also what loading a file of rules or reports may use.
    public static let rule = Budget(instructions: 1_000_000, cpu: 100_000_000, output: 64 << 10)
    public static let policy = Budget(
      instructions: 20_000_000, cpu: 2_000_000_000, output: 64 << 10)
    public static let report = Budget(
      instructions: 200_000_000, cpu: 20_000_000_000, output: 64 << 10)
    /// One row of a file.
    public static let importer = Budget(
      instructions: 1_000_000, cpu: 1_000_000_000, output: 64 << 10)
    /// Without limit: Ctrl-C, `--timeout` and `--memory` bound them.
    public static let script = Budget()
    public static let console = Budget()
  }

  /// What scripts have.
  public enum Profile: Sendable {
    /// Neither metatables nor coroutines nor `load`.
    case rule
    /// Those too, hardened.
    case console
  }
}
