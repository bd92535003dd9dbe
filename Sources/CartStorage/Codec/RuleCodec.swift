import CartModel

/// How versions and settings of rules become bytes. Tags are for ever: never change or reuse one.
enum RuleCodec {
  static func write(_ version: RuleVersion, _ writer: inout ByteWriter) {
    writer.text(1, version.rule)
    writer.int(2, Int64(version.kind.rawValue))
    writer.int(3, version.number)
    writer.text(4, version.file)
    for source in version.sources {
      writer.group(5) {
        $0.text(1, source.path)
        $0.text(2, source.digest)
      }
    }
    for parameter in version.parameters {
      writer.group(6) {
        $0.text(1, parameter.name)
        $0.text(2, parameter.value)
      }
    }
  }

  static func write(_ setting: RuleSetting, _ writer: inout ByteWriter) {
    writer.text(1, setting.rule)
    writer.int(2, Int64(setting.mode.rawValue))
    writer.int(3, setting.version)
    if let band = setting.band { writer.int(4, band.millionths) }
    writer.text(5, setting.reason)
  }

  typealias Fields = [(tag: UInt8, field: ByteReader.Field)]

  static func version(_ fields: Fields) throws(StoreError) -> RuleVersion {
    var version = RuleVersion(rule: "", kind: .rule, number: 0, file: "", sources: [])
    for (tag, field) in fields {
      switch tag {
      case 1: version.rule = field.text
      case 2: version.kind = .init(rawValue: UInt8(clamping: field.number)) ?? .rule
      case 3: version.number = field.number
      case 4: version.file = field.text
      case 5:
        let (path, digest) = try texts(field.group)
        version.sources.append(.init(path: path, digest: digest))
      case 6:
        let (name, value) = try texts(field.group)
        version.parameters.append(.init(name: name, value: value))
      default: break
      }
    }
    return version
  }

  static func setting(_ fields: Fields) throws(StoreError) -> RuleSetting {
    var setting = RuleSetting(rule: "", mode: .shadow)
    for (tag, field) in fields {
      switch tag {
      case 1: setting.rule = field.text
      case 2: setting.mode = .init(rawValue: UInt8(clamping: field.number)) ?? .shadow
      case 3: setting.version = field.number
      case 4: setting.band = Percent(millionths: field.number)
      case 5: setting.reason = field.text
      default: break
      }
    }
    return setting
  }

  private static func texts(_ reader: ByteReader) throws(StoreError) -> (String, String) {
    var (reader, first, second) = (reader, "", "")
    while let (tag, field) = try reader.next() {
      if tag == 1 { first = field.text } else if tag == 2 { second = field.text }
    }
    return (first, second)
  }
}
