import CartModel
import CartSupport

/// Tax and shipping in `store.lua`: by country and region, by country and amount.
extension StoreSettings {
  mutating func read(tax reader: SettingsReader) throws(EngineError) {
    try reader.allow("rate", "included", "countries")
    if let rate = try reader.text("rate") { tax.rate = try reader.percent("rate", rate) }
    tax.included = try reader.bool("included") ?? true
    guard let countries = try reader.object("countries") else { return }
    for member in countries.members {
      try countries.check(country: member.key)
      // A rate alone, or a table of it.
      if let rate = member.value.scalar {
        tax.countries[member.key] = .init(rate: try countries.percent(member.key, rate))
        continue
      }
      let own = try SettingsReader(member.value, "\(countries.name): \(member.key)")
      try own.allow("rate", "included", "regions")
      var country = Tax.Country(rate: tax.rate)
      if let rate = try own.text("rate") { country.rate = try own.percent("rate", rate) }
      country.included = try own.bool("included")
      if let regions = try own.object("regions") {
        for member in regions.members {
          guard let rate = member.value.scalar else {
            throw regions.failure(member.key, "a rate in percent", member.value.kind)
          }
          let region = member.key.lowercased()
          guard country.regions[region] == nil else {
            throw EngineError(
              .malformed, "\(regions.name): \(quoted(member.key)) stands there twice, in any case")
          }
          country.regions[region] = try regions.percent(member.key, rate)
        }
      }
      tax.countries[member.key] = country
    }
  }

  func write(tax writer: inout JSONWriter) {
    writer.string("rate", tax.rate.description)
    writer.bool("included", tax.included)
    guard !tax.countries.isEmpty else { return }
    writer.object("countries") { writer in
      for (code, country) in tax.countries.sorted(by: { $0.key < $1.key }) {
        writer.object(code) { writer in
          writer.string("rate", country.rate.description)
          if let included = country.included { writer.bool("included", included) }
          guard !country.regions.isEmpty else { return }
          writer.object("regions") { writer in
            let regions = country.regions.sorted {
              $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
            }
            for (name, rate) in regions { writer.string(name, rate.description) }
          }
        }
      }
    }
  }

  mutating func read(shipping reader: SettingsReader) throws(EngineError) {
    try reader.allow("fee", "free_from", "methods")
    shipping.fee = try reader.amount("fee", self) ?? 0
    shipping.freeFrom = try reader.amount("free_from", self)
    guard let methods = try reader.object("methods") else { return }
    for member in methods.members {
      let own = try SettingsReader(member.value, "\(methods.name): \(member.key)")
      shipping.methods.append(try method(member.key, own))
    }
    shipping.methods.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  private func method(_ name: String, _ reader: SettingsReader) throws(EngineError)
    -> Shipping.Method
  {
    try reader.allow("fee", "free_from", "countries", "by_amount")
    var fees: [(from: Int64, fee: Int64)] = []
    if let fee = try reader.amount("fee", self) { fees.append((0, fee)) }
    if let table = reader.json["by_amount"] {
      guard case .array(let steps) = table else {
        throw reader.failure("by_amount", "a list of {from=, fee=}", table.kind)
      }
      guard fees.isEmpty else {
        throw EngineError(.malformed, "\(reader.name): expected fee or by_amount, got both")
      }
      for (number, step) in steps.enumerated() {
        let own = try SettingsReader(step, "\(reader.name): by_amount: \(number + 1)")
        try own.allow("from", "fee")
        guard let fee = try own.amount("fee", self) else {
          throw own.failure("fee", "an amount", "nothing")
        }
        fees.append((try own.amount("from", self) ?? 0, fee))
      }
      fees.sort { $0.from < $1.from }
      if let first = fees.first, first.from != 0 {
        throw EngineError(
          .malformed,
          "\(reader.name): by_amount: expected a step from 0, got "
            + "\(Money(minor: first.from, currency)) as the first")
      }
      for (step, next) in zip(fees, fees.dropFirst()) where step.from == next.from {
        throw EngineError(
          .malformed,
          "\(reader.name): by_amount: two steps begin at \(Money(minor: step.from, currency))")
      }
    }
    guard !fees.isEmpty else {
      throw EngineError(.malformed, "\(reader.name): expected fee or by_amount, got neither")
    }
    var method = Shipping.Method(name: name, fees: fees)
    method.freeFrom = try reader.amount("free_from", self)
    guard let list = reader.json["countries"] else { return method }
    guard case .array(let items) = list, !items.isEmpty else {
      throw reader.failure("countries", "a list of countries", list.kind)
    }
    for item in items {
      guard let code = item.scalar else {
        throw reader.failure("countries", "texts", item.kind)
      }
      try reader.check(country: code)
      method.countries.insert(code)
    }
    return method
  }

  func write(shipping writer: inout JSONWriter) {
    func amount(_ minor: Int64) -> String { Money(minor: minor, currency).description }
    writer.string("fee", amount(shipping.fee))
    if let from = shipping.freeFrom { writer.string("free_from", amount(from)) }
    guard !shipping.methods.isEmpty else { return }
    writer.object("methods") { writer in
      for method in shipping.methods {
        writer.object(method.name) { writer in
          if method.fees.count == 1, let only = method.fees.first, only.from == 0 {
            writer.string("fee", amount(only.fee))
          } else {
            writer.array("by_amount") { writer in
              for step in method.fees {
                writer.object {
                  $0.string("from", amount(step.from))
                  $0.string("fee", amount(step.fee))
                }
              }
            }
          }
          if let from = method.freeFrom { writer.string("free_from", amount(from)) }
          guard !method.countries.isEmpty else { return }
          writer.array("countries") {
            for code in method.countries.sorted() { $0.string(nil, code) }
          }
        }
      }
    }
  }
}

extension SettingsReader {
  fileprivate func check(country code: String) throws(EngineError) {
    do throws(ModelError) { try Country.check(code) } catch {
      throw EngineError(.malformed, in: name, error)
    }
  }
}
