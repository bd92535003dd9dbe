/// An import that rejected a line.
///
/// Lines that an import rejected keep their identity: importing a file again must not accept a line
/// only because what stood behind it is there by now.
public struct Rejection: Equatable, Sendable {
  public var operation: Int64
  /// The last event of the log when the import ended; 0 where it was interrupted.
  public var last: Int64

  public init(operation: Int64, last: Int64) { (self.operation, self.last) = (operation, last) }
}
