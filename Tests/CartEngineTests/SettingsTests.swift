import CartEngine
import CartModel
import CartSupport
import Testing

struct SettingsTests {
  private func message(_ json: String) -> String {
    do {
      _ = try StoreSettings(try JSONParser.parse(json))
      return "accepted"
    } catch { return EngineError(error).message }
  }

  @Test func readsWhatItWrites() throws {
    let json = """
      {"name":"Tea","currency":"JPY","timezone":"Asia/Tokyo","tax":{"rate":"10","included":false},\
      "shipping":{"fee":"500","free_from":"5000"},"coupons":{"A":{"percent":"7.5","minimum":"100",\
      "skus":["T-*"]},"B":{"fixed":"300"},"C":{"free_shipping":true}},"abandoned_after":"7200s",\
      "expires_after":"864000s","confirm_above":3}
      """
    let settings = try StoreSettings(try JSONParser.parse(json))
    #expect(settings.json == json)
    #expect(settings.shipping.fee == 500 && settings.coupons.count == 3)
  }

  @Test func taxAndShippingByWhereItGoes() throws {
    let json = """
      {"name":"Tea","currency":"EUR","timezone":"UTC","tax":{"rate":"19","included":true,\
      "countries":{"AT":{"rate":"20"},"US":{"rate":"0","included":false,"regions":{"ca":"7.25",\
      "new york":"8.875"}}}},"shipping":{"fee":"9.00","methods":{"alps":{"fee":"7.90",\
      "free_from":"100.00","countries":["AT","CH"]},"freight":{"by_amount":[{"from":"0.00",\
      "fee":"25.00"},{"from":"50.00","fee":"12.00"}],"countries":["US"]}}},"coupons":{},\
      "abandoned_after":"3600s","expires_after":"2592000s","confirm_above":25,"claim_for":"600s"}
      """
    let settings = try StoreSettings(try JSONParser.parse(json))
    #expect(settings.json == json)
    let short = try JSONParser.parse(
      #"{"tax":{"rate":"19","countries":{"AT":"20"}},"shipping":{"methods":{"post":{"fee":"4"}}}}"#)
    #expect(try StoreSettings(short).tax(in: .init(country: "AT")).rate.description == "20")
    #expect(settings.tax(in: .init(country: "US", region: "CA")).rate.description == "7.25")
    #expect(settings.tax(in: .init(country: "US", region: "NEW York")).included == false)
    #expect(settings.shipping(4999, to: .init(country: "US")) == (2500, "freight"))
    #expect(settings.shipping(5000, to: .init(country: "US")) == (1200, "freight"))
    #expect(settings.shipping(9999, to: .init(country: "CH")) == (790, "alps"))
    #expect(settings.shipping(10000, to: .init(country: "CH")) == (0, "alps"))
    #expect(settings.shipping(1, to: .init(country: "FR")) == (900, ""))
    #expect(
      message(#"{"tax":{"countries":{"UK":"20"}}}"#)
        == "store.lua: tax: countries: country: expected two capital letters of ISO 3166-1, got "
        + "'UK'; did you mean 'GB'?")
    #expect(
      message(#"{"tax":{"countries":{"US":{"rates":"1"}}}}"#)
        == "store.lua: tax: countries: US: no setting 'rates'; did you mean 'rate'? (it takes rate, "
        + "included, regions)")
    #expect(
      message(#"{"tax":{"countries":{"US":{"regions":{"CA":"x"}}}}}"#).hasPrefix(
        "store.lua: tax: countries: US: regions: CA: "))
    #expect(
      message(#"{"shipping":{"methods":{"post":{}}}}"#)
        == "store.lua: shipping: methods: post: expected fee or by_amount, got neither")
    #expect(
      message(#"{"shipping":{"methods":{"post":{"by_amount":[{"fee":"1"},{"fee":"2"}]}}}}"#)
        == "store.lua: shipping: methods: post: by_amount: two steps begin at 0.00")
    #expect(
      message(#"{"shipping":{"methods":{"post":{"by_amount":[{"from":"5","fee":"1"}]}}}}"#)
        == "store.lua: shipping: methods: post: by_amount: expected a step from 0, got 5.00 as the "
        + "first")
    #expect(
      message(#"{"shipping":{"methods":{"post":{"fee":"1","countries":["DE","XX"]}}}}"#).hasPrefix(
        "store.lua: shipping: methods: post: country: expected two capital letters"))
    #expect(message(#"{"claim_for":"8d"}"#).hasPrefix("store.lua: claim_for: expected more than 0"))
  }

  @Test func aConnectionHasSettings() throws {
    let settings = try StoreSettings(
      json: #"{"store":{"quota":"50","beacon_consent":"functional"}}"#)
    #expect(settings.connection.quota == 50 && settings.connection.beaconConsent == .functional)
    #expect(try StoreSettings(json: settings.json) == settings)
    #expect(!StoreSettings().json.contains("store\":"))
    #expect(
      message(#"{"store":{"writes":"on"}}"#)
        == "store.lua: store: writes: expected \"off\": sending changes to a store is not supported "
        + "yet, got 'on'")
    #expect(
      message(#"{"store":{"quota":"0"}}"#).hasPrefix(
        "store.lua: store: quota: expected whole percent"))
    #expect(message(#"{"store":{"writs":"on"}}"#).hasPrefix("store.lua: store: no setting 'writs'"))
  }

  @Test func refusalsNameTheKey() {
    #expect(
      message(#"{"curency":"EUR"}"#)
        == "store.lua: no setting 'curency'; did you mean 'currency'? (it takes name, currency, timezone, "
        + "tax, shipping, coupons, abandoned_after, expires_after, confirm_above, claim_for, lists, "
        + "rules, synchronous, store)")
    #expect(
      message(#"{"tax":{"rate":"190"}}"#)
        == "store.lua: tax: rate: expected at most 100, got '190'")
    #expect(
      message(#"{"coupons":{"X":{"percent":"10","expire":"2026-11-28"}}}"#)
        == "store.lua: coupon 'X': no setting 'expire'; did you mean 'expires'? (it takes percent, fixed, "
        + "free_shipping, minimum, skus, starts, expires, uses, per_customer)")
    #expect(
      message(#"{"coupons":{"X":{"percent":"10","expires":"soon"}}}"#)
        == "store.lua: coupon 'X': expires: expected a time as 2026-11-28 or 2026-11-28 14:00, got 'soon'"
    )
    #expect(
      message(#"{"coupons":{"X":{"percent":"10","uses":0}}}"#)
        == "store.lua: coupon 'X': uses: expected a whole number from 1, got '0'")
    #expect(
      message(#"{"coupons":{"X":{"percent":"10","starts":"2026-12-01","expires":"2026-11-30"}}}"#)
        == "store.lua: coupon 'X': expires: expected a time after starts, got '2026-12-01 00:00:00'"
    )
    #expect(
      message(#"{"currency":"EUS"}"#)
        == "store.lua: currency: expected a code of ISO 4217, got 'EUS'; did you mean 'EUR'?")
    #expect(message(#"{"tax":5}"#) == "store.lua: tax: expected a table, got the number 5")
    #expect(
      message(#"{"tax":{"rate":"-1"}}"#)
        == "store.lua: tax: rate: expected 0 or more, got '-1'")
    #expect(
      message(#"{"coupons":{"X":{}}}"#)
        == "store.lua: coupon 'X': expected one of percent, fixed, free_shipping, got 0")
    #expect(
      message(#"{"coupons":{"X":{"percent":"120"}}}"#)
        == "store.lua: coupon 'X': percent: expected at most 100, got '120'")
    #expect(
      message(#"{"abandoned_after":"soon"}"#).hasPrefix("store.lua: abandoned_after: duration"))
    #expect(
      message(#"{"confirm_above":-1}"#)
        == "store.lua: confirm_above: expected a whole number, got '-1'")
  }
}
