extension StringProtocol {
  /// Its lines, empty ones too; their ends are LF or CR LF, as editors of all systems write them.
  ///
  /// CR LF is one character, which is not the character LF.
  public var lines: [SubSequence] {
    split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
  }
}
