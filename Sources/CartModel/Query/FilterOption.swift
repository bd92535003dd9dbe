import CartSupport

/// What a filter says beside its tests: how carts are ordered, cut and shown, and as of when.
public enum FilterOption: String, CaseIterable, Sendable {
  case sort, limit, page, by, columns, at

  /// What stands behind its name, for messages.
  var example: String {
    switch self {
    case .sort: "sort=-total"
    case .limit: "limit=20"
    case .page: "page=2"
    case .by: "by=country"
    case .columns: "columns=id,email,total"
    case .at: "at=2h"
    }
  }
}

extension Filter {
  /// - Parameters:
  ///   - options: those that have a meaning where the filter is used.
  ///   - place: names what takes the filter.
  /// - Throws: `malformed` for an option that would have no effect.
  public func check(_ options: Set<FilterOption>, _ place: String) throws(ModelError) {
    guard
      let other = FilterOption.allCases.first(where: { given.contains($0) && !options.contains($0) }
      )
    else { return }
    let known = FilterOption.allCases.filter(options.contains).map { $0.rawValue + "=" }
    throw ModelError(
      .malformed,
      "\(place): takes no \(other.rawValue)="
        + (known.isEmpty ? "" : "; it takes \(known.joined(separator: ", "))"))
  }
}

extension FilterParser {
  func set(_ option: FilterOption, _ value: String, in filter: inout Filter) throws(ModelError) {
    guard filter.given.insert(option).inserted else {
      throw ModelError(.malformed, "filter: \(option.rawValue)= is given twice")
    }
    switch option {
    case .sort: filter.sort = try sort(value)
    case .limit: filter.limit = try count(value, option)
    case .page: filter.page = try count(value, option)
    case .by:
      guard (try? CartField.named(value)) != nil else {
        throw ModelError(
          .malformed,
          "by: expected a field, got \(quoted(value))\(didYouMean(value, among: CartField.names))")
      }
      filter.by = value
    case .columns:
      var columns: [CartField] = []
      for name in value.split(separator: ",", omittingEmptySubsequences: false) {
        let field = try CartField.named(String(name))
        guard !columns.contains(field) else {
          throw ModelError(.malformed, "columns: \(quoted(field.name)) is given twice")
        }
        columns.append(field.headed(String(name)))
      }
      filter.columns = columns
    case .at:
      let moment = try reader.read(value)
      guard moment.start <= now else {
        throw ModelError(.outOfRange, "at: \(zone.text(moment.start)) is not over yet")
      }
      filter.at = moment
    }
  }

  private func sort(_ text: String) throws(ModelError) -> Filter.Sort {
    let descending = text.hasPrefix("-")
    let name = descending || text.hasPrefix("+") ? String(text.dropFirst()) : text
    return Filter.Sort(field: try CartField.named(name), descending: descending)
  }

  private func count(_ text: String, _ option: FilterOption) throws(ModelError) -> Int {
    guard let number = Int(text), number > 0 else {
      throw ModelError(
        .malformed, "\(option.rawValue): expected a whole number from 1, got \(quoted(text))")
    }
    return number
  }
}
