import CartSupport

/// The countries of ISO 3166-1, by their two letters.
public enum Country {
  /// - Throws: `malformed` for what is no officially assigned code, with a suggestion.
  public static func check(_ text: String) throws(ModelError) {
    guard !codes.contains(text) else { return }
    let capitals = text.uppercased()
    let meant = codes.contains(capitals) ? capitals : often[capitals]
    throw ModelError(
      .malformed,
      "country: expected two capital letters of ISO 3166-1, got \(quoted(text))"
        + (meant.map { "; did you mean '\($0)'?" } ?? ""))
  }

  private static let often = [
    "UK": "GB", "EN": "GB", "EL": "GR", "GERMANY": "DE", "FRANCE": "FR", "USA": "US", "GER": "DE",
    "SPAIN": "ES", "ITALY": "IT", "AUSTRIA": "AT", "POLAND": "PL", "SP": "ES", "SUI": "CH",
  ]

  public static let codes = Set(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS
    BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE
    EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM
    HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC
    LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA
    NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW
    SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO
    TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
    """.split(whereSeparator: \.isWhitespace).map(String.init))
}
