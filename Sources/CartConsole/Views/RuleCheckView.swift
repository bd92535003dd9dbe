import CartApplication
import CartSupport

/// Shows what `rules check` finds, a line each.
enum RuleCheckView {
  static func show(_ line: RuleCheck.Line, _ io: ConsoleIO) {
    let text = "\(line.place)\(line.isError ? "error" : "warning"): \(line.message)"
    io.output(safe(printable(text), io) + "\n")
  }

  /// - Returns: `failed` where there are errors.
  static func conclude(_ check: RuleCheck, _ io: ConsoleIO) -> ConsoleError.Exit {
    io.messages(
      "\(CountText.count(check.files, "file")): \(CountText.count(check.errors, "error")), "
        + CountText.count(check.warnings, "warning"))
    return check.errors == 0 ? .done : .failed
  }
}
