/// A currency of ISO 4217, with the number of decimals of its minor unit.
///
/// A store may give one other decimals than the standard. Such a one is a currency of its own: amounts of
/// both are neither added nor compared.
public struct Currency: Hashable, Sendable, CustomStringConvertible {
  /// The three-digit number of ISO 4217, and 1000 × (decimals + 1) more where these are not the standard's.
  public let number: UInt16

  /// Finds a currency by its three capital letters; nil for what the standard does not list.
  public init?(code: some StringProtocol) {
    guard let number = Self.numbers[String(code)] else { return nil }
    self.number = number
  }

  /// Finds a currency by its three capital letters, with the decimals that its store gives it.
  ///
  /// Nil for what the standard does not list, and for decimals other than 0 … 4.
  public init?(code: some StringProtocol, decimals: Int) {
    guard let number = Self.numbers[String(code)], (0...Self.mostDecimals).contains(decimals) else {
      return nil
    }
    let isStandard = Self.entries[Int(number)]?.decimals == decimals
    self.number = isStandard ? number : number + UInt16(1000 * (decimals + 1))
  }

  /// Finds a currency by its ``number``.
  public init?(number: Int) {
    guard number >= 0, number < Self.numberLimit, let entry = Self.entries[number % 1000],
      number < 1000 || entry.decimals != number / 1000 - 1
    else { return nil }
    self.number = UInt16(number)
  }

  /// The three capital letters.
  public var code: String { Self.entries[Int(number % 1000)]?.code ?? "" }

  /// Decimals of the minor unit: 2 for EUR, 0 for JPY, 3 for KWD, if the store says nothing else.
  public var decimals: Int {
    number < 1000 ? Self.entries[Int(number)]?.decimals ?? 2 : Int(number) / 1000 - 1
  }

  /// Whether the decimals are those of ISO 4217.
  public var isStandard: Bool { number < 1000 }

  /// The most decimals that a currency can have.
  public static let mostDecimals = 4

  /// All numbers are below it.
  public static let numberLimit = 1000 * (mostDecimals + 2)

  public var description: String { code }

  public static let eur = Currency(listed: 978)
  public static let usd = Currency(listed: 840)
  public static let jpy = Currency(listed: 392)

  private init(listed number: UInt16) { self.number = number }

  /// All codes, sorted.
  public static var codes: [String] { numbers.keys.sorted() }

  /// The numbers of all currencies that have so many decimals by the standard.
  public static func numbers(decimals: Int) -> [Int] {
    entries.indices.filter { entries[$0]?.decimals == decimals }
  }

  private static let entries: [(code: String, decimals: Int)?] = {
    var entries = [(code: String, decimals: Int)?](repeating: nil, count: 1000)
    for word in iso4217.split(whereSeparator: \.isWhitespace) {
      let code = String(word.prefix(3))
      guard let number = Int(word.dropFirst(3).prefix(3)) else { continue }
      entries[number] = (code, Int(word.dropFirst(6)) ?? 2)
    }
    return entries
  }()

  private static let numbers: [String: UInt16] = {
    var numbers: [String: UInt16] = [:]
    for (number, entry) in entries.enumerated() {
      if let entry { numbers[entry.code] = UInt16(number) }
    }
    return numbers
  }()

  /// Code, number, then the decimals where they are not 2 (ISO 4217:2015, table A.1, funds left out).
  private static let iso4217 = """
    AED784 AFN971 ALL008 AMD051 ANG532 AOA973 ARS032 AUD036 AWG533 AZN944 BAM977 BBD052 BDT050
    BGN975 BHD0483 BIF1080 BMD060 BND096 BOB068 BRL986 BSD044 BTN064 BWP072 BYN933 BZD084 CAD124
    CDF976 CHF756 CLP1520 CNY156 COP170 CRC188 CUP192 CVE132 CZK203 DJF2620 DKK208 DOP214 DZD012
    EGP818 ERN232 ETB230 EUR978 FJD242 FKP238 GBP826 GEL981 GHS936 GIP292 GMD270 GNF3240 GTQ320
    GYD328 HKD344 HNL340 HTG332 HUF348 IDR360 ILS376 INR356 IQD3683 IRR364 ISK3520 JMD388 JOD4003
    JPY3920 KES404 KGS417 KHR116 KMF1740 KPW408 KRW4100 KWD4143 KYD136 KZT398 LAK418 LBP422 LKR144
    LRD430 LSL426 LYD4343 MAD504 MDL498 MGA969 MKD807 MMK104 MNT496 MOP446 MRU929 MUR480 MVR462
    MWK454 MXN484 MYR458 MZN943 NAD516 NGN566 NIO558 NOK578 NPR524 NZD554 OMR5123 PAB590 PEN604
    PGK598 PHP608 PKR586 PLN985 PYG6000 QAR634 RON946 RSD941 RUB643 RWF6460 SAR682 SBD090 SCR690
    SDG938 SEK752 SGD702 SHP654 SLE925 SOS706 SRD968 SSP728 STN930 SVC222 SYP760 SZL748 THB764
    TJS972 TMT934 TND7883 TOP776 TRY949 TTD780 TWD901 TZS834 UAH980 UGX8000 USD840 UYU858 UZS860
    VED926 VES928 VND7040 VUV5480 WST882 XAF9500 XCD951 XOF9520 XPF9530 YER886 ZAR710 ZMW967 ZWG924
    CLF9904 UYW9274
    """
}

/// By code; of one code the standard's first.
extension Currency: Comparable {
  public static func < (a: Currency, b: Currency) -> Bool {
    a.number % 1000 == b.number % 1000 ? a.number < b.number : a.code < b.code
  }
}
