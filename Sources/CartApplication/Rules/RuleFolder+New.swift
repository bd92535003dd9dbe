import CartEngine
import CartModel
import CartScripting
import CartSupport
import LuaKit

/// New files of rules.
extension RuleFolder {
  /// Makes the file of a new rule.
  ///
  /// - Returns: its path.
  /// - Throws: `usage` for a name that no rule may have; `file` where the file exists; `refused` where
  ///   nothing is recorded; `conflict` where another file defines the rule.
  public func write(_ name: String, _ text: String) throws -> String {
    let path = "\(home.rulesFolder)/\(name).lua"
    guard !name.isEmpty, name.utf8.count <= 60, !name.hasPrefix("-"),
      name.utf8.allSatisfy({
        (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d || $0 == 0x5f
      })
    else {
      throw ApplicationError.usage(
        "rule \(quoted(name)): expected a name of small letters, digits, - and _")
    }
    guard !Files.exists(path) else {
      throw EngineError(.file, "file \(path): is there already")
    }
    guard canRecord else {
      throw EngineError(.refused, "rule \(name): is written in live mode only, and not read-only")
    }
    if let known = try? application.book.rule(name) {
      throw EngineError(
        .conflict, "rule \(name): \(known.newest.file) defines it already; choose another name")
    }
    try Files.makeFolder(home.rulesFolder)
    let file = try OutputFile(path)
    try file.write(text)
    try file.commit()
    return path
  }

  /// Makes the file of a new rule that matches carts with many pieces, to be changed.
  ///
  /// - Returns: its path.
  public func writeSample(_ name: String) throws -> String {
    try write(
      name,
      """
      -- In shadow until `cartio rules enforce \(name)`: what it would do is counted, nothing is done.
      rule "\(name)" {
        params = { max = 50 },
        reason = "more pieces than a shopper buys",
        when = function(c, p)
          return c.quantity > p.max
        end,
      }

      """)
  }

  /// Makes the file of a new rule whose condition is that of a listing of carts.
  ///
  /// How the list is ordered, grouped and shown does not matter to one cart; its length does.
  /// - Returns: its path.
  /// - Throws: `usage` for a filter with a limit, and for one that no rule can have.
  public func write(_ name: String, matching filter: Filter) throws -> String {
    guard filter.limit == nil else {
      throw ApplicationError.usage("watch: a rule judges each cart by itself; leave out limit=")
    }
    var filter = filter
    (filter.sort, filter.page, filter.by, filter.columns) = (Filter.newest, nil, nil, [])
    let condition = try FilterCondition.lua(filter)
    let wanted = filter.texts
    let shown = wanted.isEmpty ? "any cart" : wanted.joined(separator: " ")
    let time = application.shop.zone.text(application.handler.now)
    return try write(
      name,
      """
      -- What .carts \(printable(wanted.joined(separator: " "))) listed at \(time).
      -- In shadow until `cartio rules enforce \(name)`: what it would do is counted, nothing is done.
      rule "\(name)" {
        reason = \(luaLiteral(shown)),
        when = function(c)
          return \(condition)
        end,
      }

      """)
  }
}
