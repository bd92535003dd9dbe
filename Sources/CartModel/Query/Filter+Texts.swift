extension Filter {
  /// The filter as words that `FilterParser` reads, each by itself; times in UTC.
  public var texts: [String] {
    var texts = conditions.map(\.text) + words
    if anyStatus { texts.append("status=any") }
    if sort != Filter().sort {
      texts.append("sort=\(sort.descending ? "-" : "")\(sort.field.rawValue)")
    }
    if let limit { texts.append("limit=\(limit)") }
    if let at { texts.append("at=\(at)") }
    return texts
  }
}

extension Filter.Condition {
  fileprivate var text: String {
    field.rawValue + comparison.rawValue
      + operands.map { $0.text(field) }.joined(separator: ",")
  }
}

extension Filter.Operand {
  fileprivate func text(_ field: FilterField) -> String {
    switch self {
    case .text(let text), .glob(_, let text), .block(_, let text): text
    case .number(let number): field == .idle ? "\(number / 1000)s" : String(number)
    case .amount(let price): DecimalText.print(price.mantissa, scale: price.scale)
    case .time(let time): time.description
    case .status(let status): status.rawValue
    }
  }
}

extension FilterField {
  /// A value to compare with in the form in which it is stored: e-mails and domains.
  func normalised(_ text: String, isPattern: Bool) -> String {
    switch self {
    case .email where isPattern: EmailPattern.normalised(glob: text)
    case .email: EmailAddress.normalised(text) ?? text
    case .domain: DomainName.ascii(text)
    default: text
    }
  }
}
