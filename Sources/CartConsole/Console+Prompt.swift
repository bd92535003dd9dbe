import CartApplication
import CartEngine
import CartModel
import CartSupport
import Glibc
import LineEditor
import LuaKit

/// Reading lines: from a terminal, a pipe, a file.
extension Console {
  /// Whether the database was restored since: what this console knows of it is no longer true.
  public var isOutdated: Bool { shop.store.failure?.code == .restored }

  /// Reads lines from the terminal until the end, or until the database was restored.
  public func converse(_ editor: LineEditor) {
    editor.complete = { [unowned self] line in
      Completer(workspace).completion(of: line, after: isContinuing ? chunk : "")
    }
    while !wantsToQuit, !isOutdated, !InterruptFlag.isEnding {
      switch idle({ editor.read(prompt) }) {
      case .end:
        if isContinuing { _ = finish() }
        io.output("\n")
        return
      case .interrupted:
        guard !InterruptFlag.isEnding else { return }
        drop()
        io.output("^C\n")
      case .line(let line):
        screen.sink.measure()
        let before = chunk
        takeAll(line)
        if !isContinuing {
          editor.remember(before.isEmpty ? line : (before + "\n" + line).oneLine)
        }
      }
    }
  }

  private func idle<T>(_ body: () -> T) -> T {
    screen.interrupt.map { $0.idle(body) } ?? body()
  }

  /// Runs the lines of the start file, where there is one; a line that fails is named and left.
  func runStartFile() throws {
    guard Files.exists(home.startPath) else { return }
    let lines = try Files.text(home.startPath).split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (number, line) in lines.enumerated() where !take(String(line)) {
      io.messages("  (\(printable(home.startPath)), line \(number + 1))")
    }
    _ = finish()
    workspace.exit = .done
  }

  /// Runs what was typed or pasted in one go: verbs line by line, the Lua between them as chunks.
  ///
  /// What comes after a failure is not run.
  func takeAll(_ text: String) {
    var chunk: [Substring] = []
    for line in text.lines {
      let isBare = Self.bareWords[String(line)] != nil
      if !isContinuing, isBare || Self.isVerb(String(line.drop(while: \.isWhitespace))) {
        if !chunk.isEmpty, !take(chunk.joined(separator: "\n")) { return }
        chunk = []
        guard take(String(line)) else { return }
      } else {
        chunk.append(line)
      }
    }
    if !chunk.isEmpty { take(chunk.joined(separator: "\n")) }
  }

  /// The store's name and the mode, or where a chunk goes on.
  var prompt: String {
    let name = shop.isPractice ? "Practice" : printable(String(shop.settings.name.prefix(20)))
    let mode =
      handler.mode == .live && shop.store.isReadOnly ? "read-only" : handler.mode.rawValue
    let head = "\(name) (\(mode))"
    return isContinuing
      ? String(repeating: " ", count: max(0, CellWidth.of(head) - 2)) + "..> " : head + "> "
  }

  /// Runs lines that come from a pipe or a file, and stops at the first error unless told not to.
  public func consume(_ reader: LineReader, keepGoing: Bool) throws {
    while let line = try reader.next() {
      guard let text = line.text else {
        report(EngineError(.malformed, "line \(line.number): not UTF-8; save it as UTF-8"))
        if keepGoing { continue }
        return
      }
      if !take(text), !keepGoing || io.failure() != nil { return }
      if wantsToQuit || isOutdated { return }
    }
    _ = finish()
  }
}

extension String {
  /// A chunk of several lines as one entry of the history; not where a comment would swallow it, or
  /// a text have other lines.
  fileprivate var oneLine: String {
    let isBound = ["--", "[[", "[=", "\\\n", "\n."].contains { contains($0) }
    return isBound ? self : split(separator: "\n").joined(separator: " ")
  }
}
