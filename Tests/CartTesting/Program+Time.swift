import CartModel
import Glibc
import ProgramTesting

extension Program {
  /// When the tests begin, by the program's clock.
  public static let start = Timestamp(milliseconds: startSeconds * 1000)

  /// The program's time of day.
  public static func now() -> Timestamp {
    Timestamp(milliseconds: (Int64(time(nil)) + shift) * 1000)
  }
}
