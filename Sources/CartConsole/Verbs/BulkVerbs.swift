import CartApplication
import CartEngine
import CartExchange
import CartModel
import CartReports
import CartStorage
import CartSupport

/// Verbs over many carts.
struct BulkVerbs: VerbGroup {
  let workspace: Workspace
  init(_ workspace: Workspace) { self.workspace = workspace }

  static let all: [Verb] = [
    Verb(
      "each", "WHERE… : VERB… [confirm=N]", 2...600, options: ["confirm"], kind: .filter,
      "Does a verb to each matching cart: .each country=DE : coupon SAVE10", BulkVerbs.each),
    Verb(
      "export",
      Export.Kind.allCases.map(\.rawValue).joined(separator: "|")
        + " [WHERE… columns= format= output=]", 1...300,
      options: ["columns", "format", "output"], kind: .filter,
      "Writes carts, lines, events, orders, products, customers or a list to a file, or to the screen, "
        + "as the command export does.", BulkVerbs.export),
    JobVerbs.jobs,
  ]

  private func export(_ call: VerbCall) throws {
    func read<Value: RawRepresentable & CaseIterable>(_ word: String, _ what: String) throws
      -> Value
    where Value.RawValue == String {
      if let value = Value(rawValue: word) { return value }
      let known = Value.allCases.map(\.rawValue)
      throw ConsoleError.usage(
        "export: \(what)expected one of \(known.joined(separator: ", ")), got \(quoted(word))"
          + didYouMean(word, among: known))
    }
    var export = DataExport(try read(call[0], ""), messages: io.messages)
    if let format = call.options["format"] { export.format = try read(format, "format: ") }
    export.columns = call.options["columns"]
    export.path = call.options["output"]
    try export.run(
      Array(call.typed.dropFirst()), application,
      screen: { OutputFile(showing: io.output, isTerminal: io.terminal.width != nil) },
      as: call.line)
  }

  private func each(_ call: VerbCall) throws {
    guard let colon = call.typed.firstIndex(of: TypedWord(":")), colon + 1 < call.typed.count
    else {
      throw ConsoleError.usage("each: expected WHERE… : VERB…, got no ' : ' and verb")
    }
    let rest = Array(call.typed[(colon + 1)...])
    let name = rest[0].text.hasPrefix(".") ? String(rest[0].text.dropFirst()) : rest[0].text
    guard let change = ChangeVerbs.byName[name] else {
      let known = ChangeVerbs.byName.keys.sorted()
      throw ConsoleError.usage(
        "each: expected one of \(known.joined(separator: ", ")), got \(quoted(name))"
          + didYouMean(name, among: known))
    }
    try each(call, call.typed[..<colon], change, rest.dropFirst())
  }

  private func each(
    _ call: VerbCall, _ wanted: ArraySlice<TypedWord>, _ change: CartChange,
    _ words: ArraySlice<TypedWord>
  ) throws {
    // The cart stands before its words.
    var (plain, options) = try change.verb.split([TypedWord("@")] + words)
    plain.removeFirst()
    guard change.verb.words.contains(plain.count + 1) else {
      throw ConsoleError.usage(
        "each: .\(change.verb.name): expected \(change.verb.line), without the ID")
    }
    try perform(call.line) { run in
      if let reason = options["reason"] { try run.note(reason: reason) }
      let filter = try filter(wanted, [.sort, .limit], for: "each")
      try application.say(missingIn: filter)
      let keys = try handler.reader.keys(matching: filter)
      try handler.confirmer.confirm(
        change.verb.name, ofEach: keys, isFinal: change.verb.isFinal, given: call.options["confirm"]
      )
      let body = change.body(workspace)
      let (done, failed) = try run.jobs.each(keys) { key in
        guard let cart = try handler.reader.cart(key) else { return }
        var own = VerbCall(
          line: call.line, typed: [TypedWord(quoting: cart.id)] + plain, options: options)
        own.isBulk = true
        _ = try body(run, own, cart)
      }
      if done + failed == 0 { try CartList(workspace).say(nothingFor: filter) }
      let same = done - run.changedCarts
      if same > 0 {
        io.messages("\(CountText.carts(same)) \(same == 1 ? "is" : "are") so already")
      }
    }
  }
}
